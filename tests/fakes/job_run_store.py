"""A JobRunStore in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from threading import Lock

from assistant.job_runs import JobRun


class MemoryJobRunStore:
    def __init__(self) -> None:
        self._runs: dict[str, JobRun] = {}
        self._lock = Lock()

    def begin(self, name: str, slot: int, at: datetime) -> bool:
        with self._lock:
            known = self._runs.get(name)
            if known is not None and known.slot >= slot and known.slot <= slot + 10:
                return False
            self._runs[name] = JobRun(name, slot, at, None, known.failure if known else "")
            return True

    def end(self, name: str, at: datetime, failure: str = "") -> None:
        with self._lock:
            self._runs[name] = replace(self._runs[name], ended_at=at, failure=failure)

    def all(self) -> tuple[JobRun, ...]:
        with self._lock:
            return tuple(self._runs[name] for name in sorted(self._runs))
