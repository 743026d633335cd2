"""Leave every host its pause between two requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

_SLICE_S = 5.0


class PoliteRate:
    """`now` counts seconds, `pause` waits so many; a long wait is told of every few seconds. Safe from many threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep) -> None:
        self._now, self._pause = now, pause
        self._lock = Lock()
        self._last: dict[str, float] = {}

    def wait(self, host: str, delay_s: float, still_waiting: Callable[[], None]) -> None:
        """Until `delay_s` after the last request to this host; the first is not delayed. Runs that meet on a host take turns."""
        while (left := self._left(host, delay_s)) > 0:
            self._pause(min(left, _SLICE_S))
            if left > _SLICE_S:
                still_waiting()

    def _left(self, host: str, delay_s: float) -> float:
        """Seconds to wait; at 0 the turn is taken."""
        with self._lock:
            last, now = self._last.get(host), self._now()
            left = 0.0 if last is None else last + delay_s - now
            if left <= 0:
                self._last[host] = now
            return left
