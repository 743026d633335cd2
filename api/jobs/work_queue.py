"""Work that a request starts and that outlives it: reading a file, refreshing the index, fetching a source, a backup."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol


def _forget(_argument: str) -> None:
    """Nothing is to be noted."""


@dataclass(frozen=True)
class BackgroundTask:
    """`run` gets the argument and returns a Chinese sentence for the log. It may be cut off at any moment and begin again.

    `alone`: never two of this name at once, in any process; else never two with the same argument. `give_up` gets the argument of what
    was cut off again and again, as it ended its process each time, and will not be begun any more.
    """

    name: str
    label: str
    run: Callable[[str], str]
    alone: bool = False
    give_up: Callable[[str], None] = _forget


class WorkQueue(Protocol):
    """Tasks by the names of `background_tasks.py`. A task notes its own progress and result where its matter belongs."""

    def submit(self, task: str, argument: str = "") -> None:
        """Durable on return: it runs soon, in one process, after a restart too.

        What waits already under the same name and argument is not added again; one that is running does not keep another from waiting.
        Raises StoreUnavailable.
        """


class BackgroundWork(WorkQueue, Protocol):
    """The queue with its workers. Several processes may start them; each piece of work is done by one."""

    def start(self, tasks: Mapping[str, BackgroundTask]) -> None:
        """Begins to work, on threads of its own, until `stop`."""

    def stop(self) -> None:
        """Lets running work finish for a short while; what is not done by then is done again by the next to start."""

    def waiting(self) -> int:
        """Pieces of work that wait or are being done, of all processes. Raises StoreUnavailable."""

    def run_waiting(self, tasks: Mapping[str, BackgroundTask]) -> int:
        """Does here and now what waits and nobody else does; returns how many pieces."""
