"""Leave every host its pause between two requests."""

from __future__ import annotations

import time
from collections.abc import Callable

_SLICE_S = 5.0


class PoliteRate:
    """`now` counts seconds, `pause` waits so many; a long wait is told of every few seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep) -> None:
        self._now, self._pause = now, pause
        self._last: dict[str, float] = {}

    def wait(self, host: str, delay_s: float, still_waiting: Callable[[], None]) -> None:
        """Until `delay_s` after the last request to this host; the first is not delayed."""
        last = self._last.get(host)
        if last is not None:
            while (left := last + delay_s - self._now()) > 0:
                self._pause(min(left, _SLICE_S))
                if left > _SLICE_S:
                    still_waiting()
        self._last[host] = self._now()
