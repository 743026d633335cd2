"""What every CallBudget promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from assistant.adapters.sql import SqlCallBudget, prepare_conversations
from assistant.ports import CallBudget
from tests.conftest import STORE_KINDS
from tests.fakes.call_budget import MemoryCallBudget

TODAY = date(2026, 11, 22)


@pytest.fixture(params=STORE_KINDS)
def budget(request: pytest.FixtureRequest) -> CallBudget:
    if request.param == "memory":
        return MemoryCallBudget()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return SqlCallBudget(engine)


def test_a_day_allows_so_many_calls_and_no_more(budget: CallBudget) -> None:
    assert [budget.take(TODAY, 2) for _ in range(4)] == [True, True, False, False]
    assert budget.taken(TODAY) == 2


def test_every_day_begins_anew(budget: CallBudget) -> None:
    assert budget.take(TODAY, 1)
    assert budget.taken(TODAY + timedelta(days=1)) == 0
    assert budget.take(TODAY + timedelta(days=1), 1)


def test_a_budget_of_nothing_allows_nothing(budget: CallBudget) -> None:
    assert not budget.take(TODAY, 0)
    assert budget.taken(TODAY) == 0


def test_those_who_ask_at_once_share_one_budget(budget: CallBudget) -> None:
    with ThreadPoolExecutor(8) as threads:
        allowed = list(threads.map(lambda _: budget.take(TODAY, 5), range(20)))
    assert allowed.count(True) == 5


def test_a_budget_in_a_database_outlives_the_process(sqlite_engine: object) -> None:
    prepare_conversations(sqlite_engine)  # type: ignore[arg-type]  # the fixture's engine
    assert SqlCallBudget(sqlite_engine).take(TODAY, 1)  # type: ignore[arg-type]  # the same engine
    assert not SqlCallBudget(sqlite_engine).take(TODAY, 1)  # type: ignore[arg-type]  # the same engine
