"""What every WorkStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.jobs.adapters.sql import SqlWorkStore, prepare_work
from api.jobs.pending_work import PendingWork, WorkStore
from tests.conftest import STORE_KINDS
from tests.fakes.work_store import MemoryWorkStore


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> WorkStore:
    if request.param == "memory":
        return MemoryWorkStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_work(engine)
    return SqlWorkStore(engine)


def first(pending: Sequence[PendingWork]) -> PendingWork | None:
    return next((work for work in pending if not work.holder), None)


def test_work_waits_in_the_order_it_came(store: WorkStore) -> None:
    for argument in ("b", "a", "c"):
        store.add("read", argument)
    assert [(work.task, work.argument, work.holder, work.attempts) for work in store.pending()] == [
        ("read", "b", "", 0),
        ("read", "a", "", 0),
        ("read", "c", "", 0),
    ]


def test_the_same_waits_once(store: WorkStore) -> None:
    for _ in range(3):
        store.add("refresh", "")
    assert len(store.pending()) == 1


def test_what_runs_does_not_keep_the_same_from_waiting(store: WorkStore) -> None:
    store.add("refresh", "")
    store.claim(first, "one", 10.0)
    store.add("refresh", "")
    store.add("refresh", "")
    assert [work.holder for work in store.pending()] == ["one", ""]


def test_what_is_claimed_names_its_holder_and_counts_the_attempt(store: WorkStore) -> None:
    store.add("refresh", "")
    claimed = store.claim(first, "one", 10.0)
    assert claimed is not None
    assert store.pending() == (claimed,)
    assert (claimed.holder, claimed.leased_until, claimed.attempts) == ("one", 10.0, 1)
    assert store.claim(first, "two", 10.0) is None


def test_of_many_who_claim_at_once_exactly_one_gets_it(store: WorkStore) -> None:
    store.add("refresh", "")
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda number: store.claim(first, str(number), 10.0), range(8)))
    assert sum(claim is not None for claim in claims) == 1


def test_a_lease_is_renewed_by_its_holder_alone(store: WorkStore) -> None:
    store.add("refresh", "")
    claimed = store.claim(first, "one", 10.0)
    assert claimed is not None
    store.renew([claimed.id], "two", 30.0)
    store.renew([claimed.id], "one", 20.0)
    assert store.pending()[0].leased_until == 20.0


def test_what_is_finished_is_forgotten(store: WorkStore) -> None:
    store.add("refresh", "")
    claimed = store.claim(first, "one", 10.0)
    assert claimed is not None
    store.finish(claimed)
    assert store.pending() == ()


def test_what_another_has_taken_over_is_not_finished_by_the_first(store: WorkStore) -> None:
    store.add("refresh", "")
    claimed = store.claim(first, "one", 10.0)
    assert claimed is not None
    taken = store.claim(lambda pending: pending[0], "two", 20.0)
    store.finish(claimed)
    assert store.pending() == (taken,)
    assert taken is not None
    assert taken.attempts == 2


def test_claiming_the_waiting_twin_of_what_was_cut_off_does_both(store: WorkStore) -> None:
    store.add("refresh", "")
    store.claim(first, "dead", 10.0)
    store.add("refresh", "")
    claimed = store.claim(first, "two", 20.0)
    assert store.pending() == (claimed,)
