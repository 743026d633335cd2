"""Several processes over one queue in Valkey: periodic jobs run once, work is done once, and a lost Valkey is only a pause."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from api.jobs.background import BackgroundJobs
from api.jobs.huey_places import MakeHuey, huey_in_valkey
from api.jobs.huey_queue import HueyQueue
from api.jobs.work_queue import BackgroundTask
from api.settings import Settings
from api.wiring.valkey import valkey_of
from tests.api.test_jobs import PATIENCE_S, AskedRuns, Counted, a_job
from tests.fakes.containers import NOW
from tests.fakes.job_run_store import MemoryJobRunStore
from tests.fakes.work_store import MemoryWorkStore
from tests.valkey_server import ValkeyThatEnds

Running = list[BackgroundJobs | HueyQueue]


@pytest.fixture
def stopped_after() -> Iterator[Running]:
    running: Running = []
    yield running
    for each in running:
        each.stop()


def huey_at(url: str) -> MakeHuey:
    valkey = valkey_of(Settings(_env_file=None, valkey_url=url))
    assert valkey is not None
    return huey_in_valkey(valkey.jobs)


def test_of_several_processes_one_runs_a_job_in_each_period(valkey_url: str, stopped_after: Running) -> None:
    runs, job = AskedRuns(times=4), Counted()
    for _ in range(2):
        jobs = BackgroundJobs((a_job(job),), runs, huey_at(valkey_url), lambda: NOW, tick_s=1)
        jobs.start()
        stopped_after.append(jobs)
    assert job.ran.wait(PATIENCE_S)
    assert runs.asked.wait(PATIENCE_S)
    assert job.runs == 1


def test_work_submitted_in_one_process_is_done_once_in_one_of_them(valkey_url: str, tmp_path: Path, stopped_after: Running) -> None:
    store, done, three = MemoryWorkStore(), list[str](), threading.Semaphore(0)

    def run(argument: str) -> str:
        done.append(argument)
        three.release()
        return ""

    queues = [HueyQueue(store, tmp_path, huey=huey_at(valkey_url), tick_s=1) for _ in range(2)]
    for queue in queues:
        queue.start({"read": BackgroundTask("read", "读文件", run)})
        stopped_after.append(queue)
    for argument in ("a", "b", "c"):
        queues[0].submit("read", argument)
    assert all(three.acquire(timeout=PATIENCE_S) for _ in range(3))
    assert sorted(done) == ["a", "b", "c"]


def test_submitting_needs_no_valkey_and_the_work_is_done_when_it_is_back(
    valkey_that_ends: ValkeyThatEnds, tmp_path: Path, stopped_after: Running
) -> None:
    done = threading.Event()
    queue = HueyQueue(MemoryWorkStore(), tmp_path, huey=huey_at(valkey_that_ends.url), tick_s=1)
    queue.start({"read": BackgroundTask("read", "读文件", lambda _argument: done.set() or "")})
    stopped_after.append(queue)
    valkey_that_ends.stop()
    queue.submit("read", "a")
    assert queue.waiting() == 1
    valkey_that_ends.start()
    assert done.wait(PATIENCE_S)


def test_while_valkey_is_lost_no_period_is_used_up(valkey_that_ends: ValkeyThatEnds, stopped_after: Running) -> None:
    """A job of every night that was noted as begun and handed to nobody would not run before the next night."""
    runs, job = MemoryJobRunStore(), Counted()
    valkey_that_ends.stop()
    jobs = BackgroundJobs((a_job(job),), runs, huey_at(valkey_that_ends.url), lambda: NOW, tick_s=1)
    jobs.start()
    stopped_after.append(jobs)
    assert not job.ran.wait(1.5)
    assert runs.all() == ()
    valkey_that_ends.start()
    assert job.ran.wait(PATIENCE_S)


def test_what_stands_in_the_queue_is_plain_text(valkey_url: str) -> None:
    """Reading a pickle that somebody else wrote would run what stands in it."""
    huey = huey_at(valkey_url)("work")
    huey.periodic_task(lambda _moment: False, name="work", expires=5)(lambda: None)()
    (message,) = Redis.from_url(valkey_url).lrange("huey.redis.zhengwen_work", 0, -1)  # type: ignore[misc]  # not its asynchronous form
    assert json.loads(message)[1].endswith(".work")
    assert huey.dequeue().expires_resolved is not None
