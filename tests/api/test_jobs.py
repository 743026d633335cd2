"""Background jobs: once per period however many processes run, each on its own, stopped with the server."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from fastapi.testclient import TestClient

from api.app import create_app
from api.jobs.background import BackgroundJobs
from api.jobs.embedded_consumer import LostQueueOnce
from api.jobs.huey_places import huey_in_file
from api.jobs.lifespan import jobs_of
from api.jobs.periodic_jobs import PeriodicJob, periodic_jobs
from assistant.hotline.errors import SealBroken
from knowledge_base.errors import StoreUnavailable
from tests.fakes.containers import NOW, a_container
from tests.fakes.job_run_store import MemoryJobRunStore
from tests.hotline_factories import A_CONTACT, a_draft

FOR_EVER_S = 10**10
"""A period so long that the test falls into one."""
PATIENCE_S = 30
Started = Callable[..., BackgroundJobs]


class Counted:
    """A job that counts its runs and can be waited for."""

    def __init__(self, error: Exception | None = None) -> None:
        self.runs, self.ran, self._error = 0, threading.Event(), error

    def __call__(self) -> int:
        self.runs += 1
        self.ran.set()
        if self._error:
            raise self._error
        return 1


class AskedRuns(MemoryJobRunStore):
    """Can be waited for until it was asked `times`; its first `failures` answers fail."""

    def __init__(self, times: int, failures: int = 0) -> None:
        super().__init__()
        self.asked, self._left, self._failures = threading.Event(), times, failures

    def begin(self, name: str, slot: int, at: datetime) -> bool:
        if self._failures:
            self._failures -= 1
            raise StoreUnavailable("数据库正被另一个程序占用。请等它完成后重试。")
        begun = super().begin(name, slot, at)
        self._left -= 1
        if self._left <= 0:
            self.asked.set()
        return begun


def a_job(run: Callable[[], int], name: str = "count", every_s: int = FOR_EVER_S) -> PeriodicJob:
    return PeriodicJob(name, "数数", every_s, run)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Started]:
    """Starts jobs that look at the clock every second; stops them after the test."""
    running: list[BackgroundJobs] = []

    def started(*jobs: PeriodicJob, runs: MemoryJobRunStore) -> BackgroundJobs:
        running.append(BackgroundJobs(jobs, runs, huey_in_file(tmp_path / "home" / "jobs.sqlite3"), lambda: NOW, tick_s=1))
        running[-1].start()
        return running[-1]

    yield started
    for each in running:
        each.stop()


def test_of_several_processes_one_runs_a_job_in_each_period(start: Started) -> None:
    runs, job = AskedRuns(times=4), Counted()
    for _ in range(2):
        start(a_job(job), runs=runs)
    assert job.ran.wait(PATIENCE_S)
    assert runs.asked.wait(PATIENCE_S)
    assert job.runs == 1


def test_a_job_runs_again_in_the_next_period(start: Started) -> None:
    ran = threading.Semaphore(0)

    def job() -> int:
        ran.release()
        return 0

    start(a_job(job, every_s=1), runs=MemoryJobRunStore())
    assert all(ran.acquire(timeout=PATIENCE_S) for _ in range(2))


def test_a_failing_job_stops_neither_the_others_nor_itself(start: Started) -> None:
    bad, good = Counted(ValueError("张三 13800138000")), Counted()
    start(a_job(bad, "bad", every_s=1), a_job(good, "good"), runs=MemoryJobRunStore())
    assert good.ran.wait(PATIENCE_S)
    assert bad.ran.wait(PATIENCE_S)
    bad.ran.clear()
    assert bad.ran.wait(PATIENCE_S)


def test_a_database_away_for_a_moment_does_not_end_the_scheduler(start: Started) -> None:
    job = Counted()
    start(a_job(job), runs=AskedRuns(times=1, failures=2))
    assert job.ran.wait(PATIENCE_S)


def test_a_slow_job_does_not_hold_up_another(start: Started) -> None:
    release, quick = threading.Event(), Counted()
    start(a_job(lambda: release.wait(PATIENCE_S), "slow"), a_job(quick, "quick"), runs=MemoryJobRunStore())
    try:
        assert quick.ran.wait(PATIENCE_S)
    finally:
        release.set()


def test_stopping_lets_a_running_job_finish(start: Started) -> None:
    begun, finished = threading.Event(), threading.Event()

    def job() -> int:
        begun.set()
        stopping.wait(PATIENCE_S)
        finished.set()
        return 0

    stopping = threading.Event()
    jobs = start(a_job(job), runs=MemoryJobRunStore())
    assert begun.wait(PATIENCE_S)
    threading.Timer(0.1, stopping.set).start()
    jobs.stop()
    assert finished.is_set()
    assert [thread.name for thread in threading.enumerate() if thread.name in {"jobs", "Scheduler", "Worker-1"}] == []


def test_signals_stay_with_the_web_server(start: Started) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    start(a_job(Counted()), runs=MemoryJobRunStore())
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_failures_are_logged_and_noted_without_what_people_wrote(tmp_path: Path) -> None:
    runs = MemoryJobRunStore()
    jobs = (a_job(Counted(ValueError("张三 13800138000")), "bad"), a_job(Counted(SealBroken()), "sealed"), a_job(Counted(), "good"))
    with structlog.testing.capture_logs() as lines:
        failures = BackgroundJobs(jobs, runs, huey_in_file(tmp_path / "jobs.sqlite3"), lambda: NOW).run_all()
    assert set(failures) == {"bad", "sealed"}
    assert "密钥" in failures["sealed"]
    assert [run.failure for run in runs.all()] == [failures["bad"], "", failures["sealed"]]
    assert {line["event"] for line in lines} == {"job_failed", "job_done"}
    assert "张三" not in str(lines) + str(failures)


def test_jobs_start_and_end_with_the_server(tmp_path: Path) -> None:
    runs = AskedRuns(times=1)
    container = replace(a_container(home=tmp_path, jobs="embedded"), job_runs=runs)
    with TestClient(create_app(container)) as client:
        assert runs.asked.wait(PATIENCE_S)
        assert client.get("/healthz").status_code == 200
    assert "jobs" not in [thread.name for thread in threading.enumerate()]


def test_switched_off_they_do_not_start(tmp_path: Path) -> None:
    container = a_container(home=tmp_path, jobs="off")
    with TestClient(create_app(container)):
        assert container.job_runs.all() == ()
    assert list(tmp_path.iterdir()) == []


def test_an_order_near_its_deadline_is_escalated_by_the_clock_of_the_container(tmp_path: Path) -> None:
    now = [NOW]
    container = a_container(home=tmp_path, clock=lambda: now[0])
    order = container.work_orders.submit(a_draft(), A_CONTACT, by="系统").order
    assert jobs_of(container).run_all() == {}
    assert container.work_orders.get(order.number).escalations == 0
    now[0] += timedelta(days=60)
    assert jobs_of(container).run_all() == {}
    assert container.work_orders.get(order.number).escalations > 0


def test_every_job_has_a_name_of_its_own_and_a_period_the_scheduler_can_keep() -> None:
    jobs = periodic_jobs(a_container())
    assert len({job.name for job in jobs}) == len(jobs)
    assert all(job.every_s >= 5 and job.label for job in jobs)


def test_webhooks_are_delivered_only_where_there_is_somebody_to_tell() -> None:
    assert "deliver_webhooks" not in {job.name for job in periodic_jobs(a_container())}


def test_jobs_run_in_a_process_of_their_own_until_told_to_stop(tmp_path: Path) -> None:
    variables = {**os.environ, "ZHENGWEN_HOME": str(tmp_path), "ZHENGWEN_JOBS": "off", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", "from api.cli import create_cli; from api.commands.console import run; run(create_cli())", "jobs"]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        assert "定时任务正在运行" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0


def test_a_queue_that_cannot_be_read_is_said_once_a_minute_and_in_one_line() -> None:
    moment = 0.0
    passes = LostQueueOnce(lambda: moment)

    def said(words: str) -> logging.LogRecord | None:
        record = logging.LogRecord("huey.consumer.Worker", logging.ERROR, "", 0, words, None, (OSError, OSError(), None))
        return record if passes.filter(record) else None

    first = said("Error reading from queue")
    assert first is not None
    assert first.exc_info is None
    assert said("Error reading from queue") is None
    other = said("Something else")
    assert other is not None
    assert other.exc_info is not None
    moment = 61.0
    assert said("Error reading from queue") is not None
