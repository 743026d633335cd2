"""The list of work that requests start. To add some: one entry here, its function where the matter belongs."""

from __future__ import annotations

from collections.abc import Mapping

from api.container import Container
from api.jobs.work_queue import BackgroundTask


def background_tasks(container: Container) -> Mapping[str, BackgroundTask]:
    """By name."""
    backups = container.backups
    tasks: tuple[BackgroundTask, ...] = (
        BackgroundTask("backup", "备份", backups.run, alone=True),
        BackgroundTask("restore_backup", "从备份恢复", lambda argument: backups.restore(*argument.split(" ", 1)), alone=True),
    )
    return {task.name: task for task in tasks}
