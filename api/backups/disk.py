"""Makes what was written durable."""

from __future__ import annotations

import os
from pathlib import Path


def flush(path: Path) -> None:
    """A file or a folder: its content, or the names in it, outlive a power cut on return. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
