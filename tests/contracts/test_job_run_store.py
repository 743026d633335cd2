"""What every JobRunStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from assistant.adapters.sql import SqlJobRunStore, prepare_conversations
from assistant.job_runs import JobRun, JobRunStore
from tests.conftest import STORE_KINDS
from tests.factories import a_moment
from tests.fakes.job_run_store import MemoryJobRunStore

LATER = a_moment() + timedelta(minutes=1)


@pytest.fixture(params=STORE_KINDS)
def runs(request: pytest.FixtureRequest) -> JobRunStore:
    if request.param == "memory":
        return MemoryJobRunStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return SqlJobRunStore(engine)


def test_a_period_begins_once(runs: JobRunStore) -> None:
    assert runs.begin("escalate", 100, a_moment())
    assert not runs.begin("escalate", 100, a_moment())
    assert runs.begin("escalate", 101, LATER)


def test_a_period_that_is_over_does_not_begin_again(runs: JobRunStore) -> None:
    assert runs.begin("escalate", 101, a_moment())
    assert not runs.begin("escalate", 100, LATER)


def test_each_job_has_periods_of_its_own(runs: JobRunStore) -> None:
    assert runs.begin("escalate", 100, a_moment())
    assert runs.begin("deliver", 100, a_moment())


def test_of_many_who_ask_at_once_exactly_one_begins(runs: JobRunStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        for slot in range(5):
            assert sum(pool.map(lambda _, slot=slot: runs.begin("escalate", slot, a_moment()), range(8))) == 1


def test_after_the_clock_was_set_back_the_job_goes_on(runs: JobRunStore) -> None:
    assert runs.begin("escalate", 100_000, a_moment())
    assert runs.begin("escalate", 100, a_moment())


def test_runs_say_when_they_began_and_ended_and_why_they_failed(runs: JobRunStore) -> None:
    assert runs.all() == ()
    runs.begin("escalate", 100, a_moment())
    runs.begin("deliver", 7, a_moment())
    runs.end("deliver", LATER, "磁盘空间已满。")
    assert runs.all() == (
        JobRun("deliver", 7, a_moment(), LATER, "磁盘空间已满。"),
        JobRun("escalate", 100, a_moment(), None, ""),
    )


def test_a_failure_is_forgotten_when_the_job_succeeds(runs: JobRunStore) -> None:
    runs.begin("deliver", 1, a_moment())
    runs.end("deliver", a_moment(), "失败")
    runs.begin("deliver", 2, LATER)
    assert runs.all() == (JobRun("deliver", 2, LATER, None, "失败"),)
    runs.end("deliver", LATER)
    assert runs.all() == (JobRun("deliver", 2, LATER, LATER, ""),)
