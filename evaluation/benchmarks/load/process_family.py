"""Memory and processor time of a process and all its children, while they work."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

_PROCESSES = Path("/proc")
_LOOK_EVERY_S = 1.0
_SHARE = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


@dataclass
class Peak:
    """`mib` is 0 where the system does not tell."""

    mib: int = 0


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """The most at any look; nothing for process 0. Pages that processes share, those of mapped files among them, are counted once."""
    peak, over = Peak(), Event()

    def look() -> None:
        while True:
            peak.mib = max(peak.mib, memory_mib(pid))
            if over.wait(_LOOK_EVERY_S):
                return

    watcher = Thread(target=look, name="memory", daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def memory_mib(pid: int) -> int:
    """Proportional set size of the process and its descendants now; 0 where the system does not tell, and for process 0."""
    return sum(_share_kb(each) for each in _family(pid) if each) // 1024


def processor_s(pid: int) -> float:
    """Seconds of processor time of the process and its living descendants; 0 where the system does not tell, and for process 0."""
    return sum(_ticks(each) for each in _family(pid) if each) / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.0


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for task in (_PROCESSES / str(pid) / "task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from _family(int(child))


def _share_kb(pid: int) -> int:
    # A process may end between two looks.
    with suppress(OSError):
        found = _SHARE.search((_PROCESSES / str(pid) / "smaps_rollup").read_text(encoding="ascii"))
        return int(found[1]) if found else 0
    return 0


def _ticks(pid: int) -> int:
    with suppress(OSError):
        # The name in brackets may hold anything; time in user and in system mode are the 14th and 15th field (proc(5)).
        fields = (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0
