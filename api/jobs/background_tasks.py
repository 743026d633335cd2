"""The list of work that requests start. To add some: one entry here, its function where the matter belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.container import Container


@dataclass(frozen=True)
class BackgroundTask:
    """`run` gets the argument and returns a Chinese sentence for the log. It may be cut off at any moment and begin again.

    `alone`: never two of this name at once, in any process; else never two with the same argument.
    """

    name: str
    label: str
    run: Callable[[str], str]
    alone: bool = False


def background_tasks(container: Container) -> Mapping[str, BackgroundTask]:
    """By name."""
    tasks: tuple[BackgroundTask, ...] = ()
    return {task.name: task for task in tasks}
