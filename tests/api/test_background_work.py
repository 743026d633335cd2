"""Work in the background: on one process of several, alone where it must be, again where it was cut off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from api.jobs.holders import Holders
from api.jobs.huey_queue import MOST_ATTEMPTS, HueyQueue
from api.jobs.pending_work import PendingWork, choose_work
from api.jobs.work_queue import BackgroundTask
from knowledge_base.errors import StoreUnavailable
from tests.fakes.work_store import MemoryWorkStore

PATIENCE_S = 30


class Slow:
    """A task that waits to be let go; says how many of it ran at once."""

    def __init__(self, alone: bool) -> None:
        self.go, self.begun = threading.Event(), threading.Semaphore(0)
        self.at_once = self.most = self.done = 0
        self._lock = threading.Lock()
        self.tasks = {"slow": BackgroundTask("slow", "慢", self._run, alone=alone)}

    def _run(self, _argument: str) -> str:
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        self.begun.release()
        self.go.wait(PATIENCE_S)
        with self._lock:
            self.at_once -= 1
            self.done += 1
        return ""


@pytest.fixture
def queues(tmp_path: Path) -> Iterator[list[HueyQueue]]:
    """Two processes' worth over one store."""
    store = MemoryWorkStore()
    made = [HueyQueue(store, tmp_path, tick_s=1) for _ in range(2)]
    yield made
    for queue in made:
        queue.stop()


@pytest.mark.parametrize(("alone", "most"), [(True, 1), (False, 2)])
def test_no_more_run_at_once_than_may_in_all_processes(queues: list[HueyQueue], alone: bool, most: int) -> None:
    slow = Slow(alone)
    for queue in queues:
        queue.start(slow.tasks)
    for number in range(4):
        queues[0].submit("slow", str(number))
    for _ in range(most):
        assert slow.begun.acquire(timeout=PATIENCE_S)
    assert not slow.begun.acquire(timeout=1.5)
    slow.go.set()
    for _ in range(4 - most):
        assert slow.begun.acquire(timeout=PATIENCE_S)
    assert slow.most == most


def test_one_kind_of_work_does_not_hold_up_another(queues: list[HueyQueue]) -> None:
    slow, quick = Slow(alone=True), threading.Event()
    queues[0].start(slow.tasks | {"quick": BackgroundTask("quick", "快", lambda _argument: quick.set() or "")})
    queues[1].start({})
    queues[0].submit("slow")
    assert slow.begun.acquire(timeout=PATIENCE_S)
    queues[0].submit("quick")
    assert quick.wait(PATIENCE_S)
    slow.go.set()


def test_a_failing_task_stops_neither_the_others_nor_itself_and_is_logged_without_its_words(tmp_path: Path) -> None:
    queue, ran = HueyQueue(MemoryWorkStore(), tmp_path), []

    def fail(_argument: str) -> str:
        raise ValueError("张三 13800138000")

    tasks = {"bad": BackgroundTask("bad", "坏", fail), "good": BackgroundTask("good", "好", lambda argument: ran.append(argument) or "")}
    queue.submit("bad")
    queue.submit("good", "a")
    with structlog.testing.capture_logs() as lines:
        assert queue.run_waiting(tasks) == 2
    assert ran == ["a"]
    assert "work_failed" in {line["event"] for line in lines}
    assert "张三" not in str(lines)


def test_what_ended_its_process_again_and_again_is_given_up(tmp_path: Path) -> None:
    store, given_up = MemoryWorkStore(), []
    store.add("deadly", "a")
    for _ in range(MOST_ATTEMPTS):
        store.claim(lambda pending: pending[0], "dead", 0.0)
    task = BackgroundTask("deadly", "致命", lambda _argument: pytest.fail("begun once more"), give_up=given_up.append)
    HueyQueue(store, tmp_path).run_waiting({"deadly": task})
    assert (given_up, store.pending()) == (["a"], ())


def test_work_waits_where_nobody_can_be_woken(tmp_path: Path) -> None:
    store, home = MemoryWorkStore(), tmp_path / "a file"
    home.write_text("no folder can be made here")
    HueyQueue(store, home).submit("read", "a")
    assert [work.argument for work in store.pending()] == ["a"]


def test_what_cannot_be_kept_is_told_to_whoever_submits(tmp_path: Path) -> None:
    class FullStore(MemoryWorkStore):
        def add(self, task: str, argument: str) -> None:
            raise StoreUnavailable("磁盘空间已满。")

    with pytest.raises(StoreUnavailable):
        HueyQueue(FullStore(), tmp_path).submit("read")


class TestHolders:
    def test_one_that_works_is_alive_and_one_that_has_left_is_not_known(self, tmp_path: Path) -> None:
        working, looking = Holders(tmp_path), Holders(tmp_path)
        working.enter()
        assert looking.is_alive(working.name) is True
        working.leave()
        assert looking.is_alive(working.name) is None

    def test_a_lock_nobody_holds_any_more_says_dead_as_often_as_one_asks(self, tmp_path: Path) -> None:
        (tmp_path / "123-dead.lock").touch()
        assert [Holders(tmp_path).is_alive("123-dead") for _ in range(2)] == [False, False]


TASKS = {name: BackgroundTask(name, name, str, alone=name == "alone") for name in ("alone", "read")}


class TestChoice:
    def choose(self, *pending: PendingWork) -> int | None:
        chosen = choose_work(pending, TASKS, lambda work: work.holder == "dead")
        return chosen.id if chosen else None

    def test_the_oldest_first(self) -> None:
        assert self.choose(PendingWork(1, "read", "a"), PendingWork(2, "read", "b")) == 1

    def test_what_was_cut_off_before_what_came_later(self) -> None:
        assert self.choose(PendingWork(1, "read", "a", "dead"), PendingWork(2, "read", "b")) == 1

    def test_never_two_with_the_same_argument(self) -> None:
        assert self.choose(PendingWork(1, "read", "a", "alive"), PendingWork(2, "read", "a")) is None

    def test_never_two_of_a_kind_that_is_alone(self) -> None:
        assert self.choose(PendingWork(1, "alone", "a", "alive"), PendingWork(2, "alone", "b"), PendingWork(3, "read", "")) == 3
