"""What every BackgroundWork promises to those who submit, whether it works by itself or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.jobs.huey_queue import HueyQueue
from api.jobs.work_queue import BackgroundTask, BackgroundWork
from tests.fakes.work_queue import RecordingQueue
from tests.fakes.work_store import MemoryWorkStore


@pytest.fixture(params=["recording", "huey"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> BackgroundWork:
    return RecordingQueue() if request.param == "recording" else HueyQueue(MemoryWorkStore(), tmp_path)


class Noted:
    """A task that notes its arguments."""

    def __init__(self, name: str = "read") -> None:
        self.arguments: list[str] = []
        self.tasks = {name: BackgroundTask(name, "读文件", self.run)}

    def run(self, argument: str) -> str:
        self.arguments.append(argument)
        return "读完了。"


def test_what_was_submitted_is_done_once_in_its_order(queue: BackgroundWork) -> None:
    noted = Noted()
    for argument in ("b", "a"):
        queue.submit("read", argument)
    assert queue.run_waiting(noted.tasks) == 2
    assert queue.run_waiting(noted.tasks) == 0
    assert noted.arguments == ["b", "a"]


def test_what_waits_already_is_not_added_again(queue: BackgroundWork) -> None:
    noted = Noted()
    for _ in range(3):
        queue.submit("read", "a")
    assert queue.run_waiting(noted.tasks) == 1


def test_what_is_done_may_be_submitted_again(queue: BackgroundWork) -> None:
    noted = Noted()
    for _ in range(2):
        queue.submit("read", "a")
        queue.run_waiting(noted.tasks)
    assert noted.arguments == ["a", "a"]


def test_a_task_may_submit_itself_while_it_runs(queue: BackgroundWork) -> None:
    seen: list[str] = []

    def run(argument: str) -> str:
        seen.append(argument)
        if len(seen) < 3:
            queue.submit("again", argument)
        return ""

    queue.submit("again", "a")
    assert queue.run_waiting({"again": BackgroundTask("again", "再来", run)}) == 3


def test_work_of_a_kind_not_known_here_stays(queue: BackgroundWork) -> None:
    noted = Noted()
    queue.submit("from_another_version", "a")
    assert queue.run_waiting(noted.tasks) == 0
    assert queue.run_waiting(Noted("from_another_version").tasks) == 1
