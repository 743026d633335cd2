"""The list of work that requests start. To add some: one entry here, its function where the matter belongs."""

from __future__ import annotations

from collections.abc import Mapping

from api.container import Container
from api.jobs.work_queue import BackgroundTask


def background_tasks(container: Container) -> Mapping[str, BackgroundTask]:
    """By name."""
    tasks: tuple[BackgroundTask, ...] = ()
    return {task.name: task for task in tasks}
