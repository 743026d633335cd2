"""Whose work is whose: each process holds a file lock that dies with it, so that the others know at once what was cut off."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

_KEPT_S = 86_400


class Holders:
    """`folder` is one per machine. A holder on another machine has no file here; only its lease tells."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = f"{os.getpid()}-{uuid4().hex[:8]}"
        self._lock = FileLock(self._file(self.name), thread_local=False)

    def enter(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._clear_away()
        self._lock.acquire()

    def leave(self) -> None:
        self._lock.release()
        self._file(self.name).unlink(missing_ok=True)

    def is_alive(self, holder: str) -> bool | None:
        """None where that cannot be known here."""
        if holder == self.name:
            return self._lock.is_locked
        file = self._file(holder)
        if not file.exists():
            return None
        with suppress(Timeout), FileLock(file).acquire(timeout=0):
            return False
        return True

    def anybody(self) -> bool:
        """Whether another process of this machine is at work."""
        return any(self.is_alive(file.stem) for file in self._folder.glob("*.lock") if file.stem != self.name)

    def _clear_away(self) -> None:
        """Files of processes long gone; those of a moment ago still tell whose work was cut off."""
        for file in self._folder.glob("*.lock"):
            if file.stat().st_mtime < time.time() - _KEPT_S and self.is_alive(file.stem) is False:
                file.unlink(missing_ok=True)

    def _file(self, holder: str) -> Path:
        return self._folder / f"{holder}.lock"
