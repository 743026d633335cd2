"""Work that a request starts and that outlives it: reading a file, refreshing the index, fetching a source, a backup."""

from __future__ import annotations

from typing import Protocol


class WorkQueue(Protocol):
    """Tasks by the names of `background_tasks.py`. A task notes its own progress and result where its matter belongs."""

    def submit(self, task: str, argument: str = "") -> None:
        """Durable on return: it runs soon, in one process, after a restart too.

        What waits already under the same name and argument is not added again; one that is running does not keep another from waiting.
        Raises StoreUnavailable.
        """
