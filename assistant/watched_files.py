"""Files an administrator may edit while the service runs: read again only when they have changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

_Read = TypeVar("_Read")
_Stamp = tuple[tuple[int, int], ...]


class WatchedFiles(Generic[_Read]):
    """Calling it gives what `read` makes of the files, those that exist. Safe to share between threads: reading twice does no harm."""

    def __init__(self, read: Callable[..., _Read], *paths: Path) -> None:
        self._read, self._paths = read, paths
        self._kept: tuple[_Stamp, _Read] | None = None

    def __call__(self) -> _Read:
        """Raises what `read` raises; the files are then looked at again next time."""
        present = [path for path in self._paths if path.is_file()]
        stamp = tuple((path.stat().st_mtime_ns, path.stat().st_size) for path in present)
        kept = self._kept
        if kept is None or kept[0] != stamp:
            kept = stamp, self._read(*present)
            self._kept = kept
        return kept[1]
