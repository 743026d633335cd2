"""On what and from what a measurement was made."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from contextlib import suppress
from pathlib import Path

from evaluation.provenance import program_version

_ROOT = Path(__file__).parents[3]


def commit() -> str:
    """The short name of the commit; "" where this is no working copy."""
    command = ["git", "-C", str(_ROOT), "rev-parse", "--short", "HEAD"]
    with suppress(OSError):
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 (no part comes from outside)
    return ""


def surroundings() -> dict[str, object]:
    return {
        "processor": _first(Path("/proc/cpuinfo"), r"model name\s*:\s*(.+)") or platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(_first(Path("/proc/meminfo"), r"MemTotal:\s*(\d+)") or 0) / (1 << 20)),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "version": program_version(),
    }


def _first(path: Path, pattern: str) -> str:
    with suppress(OSError):
        found = re.search(pattern, path.read_text(encoding="utf-8"))
        return found[1].strip() if found else ""
    return ""
