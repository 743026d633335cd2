"""Work that is not done yet: its value, the port that keeps it, and the rule of who may begin what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from api.jobs.work_queue import BackgroundTask

AT_ONCE = 2
"""Pieces of one kind that are worked on at the same time, in all processes; one where the task is to be alone."""


@dataclass(frozen=True, slots=True)
class PendingWork:
    """`holder` "" while it waits. `attempts` counts how often it was begun; `leased_until` is in seconds since 1970."""

    id: int
    task: str
    argument: str
    holder: str = ""
    leased_until: float = 0.0
    attempts: int = 0


Choice = Callable[[Sequence[PendingWork]], PendingWork | None]


class WorkStore(Protocol):
    """Shared by all processes. Every method raises StoreUnavailable."""

    def add(self, task: str, argument: str) -> None:
        """Durable on return. Does nothing where the same waits already."""

    def pending(self) -> tuple[PendingWork, ...]:
        """Waiting and running, oldest first."""

    def claim(self, choice: Choice, holder: str, leased_until: float) -> PendingWork | None:
        """What `choice` picks of `pending()` becomes the holder's, counted as begun. Nobody else claims in between."""

    def renew(self, ids: Sequence[int], holder: str, leased_until: float) -> None: ...

    def finish(self, work: PendingWork) -> None:
        """Forgets it; not where another holds it by now."""


def choose_work(
    pending: Sequence[PendingWork], tasks: Mapping[str, BackgroundTask], is_cut_off: Callable[[PendingWork], bool]
) -> PendingWork | None:
    """The oldest piece that may begin: it waits or was cut off, its kind has room, and nobody works on the same argument."""
    running = [work for work in pending if work.holder and not is_cut_off(work)]
    begun = {(work.task, work.argument) for work in running}
    for work in pending:
        task = tasks.get(work.task)
        if task is None or work in running or (work.task, work.argument) in begun:
            continue
        if sum(1 for other in running if other.task == work.task) < (1 if task.alone else AT_ONCE):
            return work
    return None
