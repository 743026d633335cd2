"""Pending work in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import RLock

from api.jobs.pending_work import Choice, PendingWork


class MemoryWorkStore:
    def __init__(self) -> None:
        self._work: dict[int, PendingWork] = {}
        self._given, self._lock = 0, RLock()

    def add(self, task: str, argument: str) -> None:
        with self._lock:
            if not any((work.task, work.argument, work.holder) == (task, argument, "") for work in self._work.values()):
                self._given += 1
                self._work[self._given] = PendingWork(self._given, task, argument)

    def pending(self) -> tuple[PendingWork, ...]:
        with self._lock:
            return tuple(self._work[number] for number in sorted(self._work))

    def claim(self, choice: Choice, holder: str, leased_until: float) -> PendingWork | None:
        with self._lock:
            chosen = choice(self.pending())
            if chosen is None:
                return None
            claimed = replace(chosen, holder=holder, leased_until=leased_until, attempts=chosen.attempts + 1)
            for other in self.pending():
                if (other.task, other.argument) == (chosen.task, chosen.argument) and other.holder:
                    del self._work[other.id]
            self._work[claimed.id] = claimed
            return claimed

    def renew(self, ids: Sequence[int], holder: str, leased_until: float) -> None:
        with self._lock:
            for work in self.pending():
                if work.id in ids and work.holder == holder:
                    self._work[work.id] = replace(work, leased_until=leased_until)

    def finish(self, work: PendingWork) -> None:
        with self._lock:
            if work.id in self._work and self._work[work.id].holder == work.holder:
                del self._work[work.id]
