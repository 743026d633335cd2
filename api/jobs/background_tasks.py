"""The list of work that requests start. To add some: one entry here, its function where the matter belongs."""

from __future__ import annotations

from collections.abc import Mapping

from api.container import Container
from api.finding_issues import FIND_TASK, find_issues
from api.jobs.work_queue import BackgroundTask
from knowledge_base.intake.models import Upload
from knowledge_base.sources.models import SourceRun
from knowledge_base.sources.source_desk import FETCH_TASK


def background_tasks(container: Container) -> Mapping[str, BackgroundTask]:
    """By name."""
    backups, intake, sources = container.backups, container.intake, container.sources
    tasks: tuple[BackgroundTask, ...] = (
        BackgroundTask("refresh_index", "更新索引", container.index.run_waiting, alone=True, give_up=container.index.give_up),
        BackgroundTask("backup", "备份", backups.run, alone=True),
        BackgroundTask("restore_backup", "从备份恢复", lambda argument: backups.restore(*argument.split(" ", 1)), alone=True),
        BackgroundTask("read_upload", "读取上传的文件", lambda upload_id: _read(intake.read(upload_id))),
        BackgroundTask(FETCH_TASK, "获取来源", lambda source_id: _fetched(sources.run(source_id)), give_up=sources.give_up),
        BackgroundTask(FIND_TASK, "归并未答问题和热点诉求", lambda kind: find_issues(container, kind), alone=True),
    )
    return {task.name: task for task in tasks}


def resume_reading(container: Container) -> int:
    """Hands files whose reading was cut off to the queue again, at the start of a service. Returns how many."""
    unfinished = container.intake.unfinished()
    for upload in unfinished:
        container.work.submit("read_upload", upload.id)
    return len(unfinished)


def _fetched(run: SourceRun | None) -> str:
    return f"{run.state.label}，看了{run.counts.looked_at}项。" if run else "没有等待的获取。"


def _read(upload: Upload) -> str:
    # Neither the name nor the reason: both may repeat what stands in a file.
    return f"{upload.state.label}，草稿{len(upload.draft_ids)}份。"
