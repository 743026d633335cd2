"""How much memory a step took at most."""

from __future__ import annotations

import resource
from pathlib import Path


def peak_mib() -> float:
    """The most memory that this process has held so far. Linux hands what getrusage says on to the processes that one starts."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
