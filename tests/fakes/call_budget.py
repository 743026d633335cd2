"""A CallBudget in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from collections import Counter
from datetime import date
from threading import Lock


class MemoryCallBudget:
    def __init__(self) -> None:
        self._calls: Counter[date] = Counter()
        self._lock = Lock()

    def take(self, day: date, limit: int) -> bool:
        with self._lock:
            if self._calls[day] >= limit:
                return False
            self._calls[day] += 1
            return True

    def taken(self, day: date) -> int:
        with self._lock:
            return self._calls[day]
