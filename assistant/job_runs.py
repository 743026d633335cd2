"""When work that repeats by itself last ran: the value and the port. What the work is, api/jobs knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JobRun:
    """`slot` counts the job's periods since 1970. `ended_at` None while it runs. `failure` "" or why the last run failed, in Chinese."""

    name: str
    slot: int
    started_at: datetime
    ended_at: datetime | None
    failure: str


class JobRunStore(Protocol):
    """One row per job, shared by all processes."""

    def begin(self, name: str, slot: int, at: datetime) -> bool:
        """True for exactly one of those who ask for a slot; False where this slot or a later one has begun."""

    def end(self, name: str, at: datetime, failure: str = "") -> None: ...

    def all(self) -> tuple[JobRun, ...]:
        """By name."""
