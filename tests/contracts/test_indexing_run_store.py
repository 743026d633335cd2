"""What every IndexingRunStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexing.adapters.sql import SqlIndexingRunStore, prepare_indexing
from indexing.indexing_run import ContentMark, IndexingRunStore, RunCounts, RunState
from tests.conftest import STORE_KINDS
from tests.factories import a_moment
from tests.fakes.indexing_run_store import MemoryIndexingRunStore


@pytest.fixture(params=STORE_KINDS)
def runs(request: pytest.FixtureRequest) -> IndexingRunStore:
    if request.param == "memory":
        return MemoryIndexingRunStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_indexing(engine)
    return SqlIndexingRunStore(engine)


def test_what_was_asked_for_waits(runs: IndexingRunStore) -> None:
    run = runs.add("zhang.san", "发布政策", a_moment(), compare=True)
    assert (run.state, run.why, run.asked_by, run.asked_at, run.compare) == (RunState.WAITING, "发布政策", "zhang.san", a_moment(), True)
    assert runs.get(run.id) == run


def test_everything_that_is_saved_comes_back(runs: IndexingRunStore) -> None:
    run = replace(
        runs.add("zhang.san", "发布政策", a_moment()),
        state=RunState.DONE,
        started_at=a_moment(),
        ended_at=a_moment(),
        snapshot_before="s1",
        snapshot_after="s2",
        counts=RunCounts(1, 2, 3, 4, 5, 6),
        content=ContentMark(7, "abc"),
        sentence="已切换。",
    )
    runs.save(run)
    assert runs.get(run.id) == run


def test_a_run_nobody_knows_is_none(runs: IndexingRunStore) -> None:
    assert runs.get(404) is None


def test_progress_is_kept_and_answers_whether_to_stop(runs: IndexingRunStore) -> None:
    run = runs.add("zhang.san", "", a_moment())
    assert runs.note_progress(run.id, "计算向量", 3, 9) == ""
    runs.ask_to_stop(run.id, "li.si")
    assert runs.note_progress(run.id, "计算向量", 4, 9) == "li.si"
    kept = runs.get(run.id)
    assert kept is not None
    assert (kept.step, kept.done, kept.total, kept.stop_asked_by) == ("计算向量", 4, 9, "li.si")


def test_saving_does_not_take_back_a_wish_to_stop(runs: IndexingRunStore) -> None:
    run = runs.add("zhang.san", "", a_moment())
    runs.ask_to_stop(run.id, "li.si")
    runs.save(replace(run, state=RunState.RUNNING))
    assert runs.note_progress(run.id, "", 0, 0) == "li.si"


def test_the_history_begins_with_the_newest_and_states_with_the_oldest(runs: IndexingRunStore) -> None:
    first, second, third = (runs.add("zhang.san", why, a_moment()) for why in "abc")
    runs.save(replace(second, state=RunState.DONE))
    assert [run.why for run in runs.newest(2)] == ["c", "b"]
    assert [run.why for run in runs.in_states({RunState.WAITING})] == ["a", "c"]
    assert runs.in_states({RunState.RUNNING}) == ()
    assert {first.id, second.id, third.id} == {run.id for run in runs.newest(10)}


def test_a_snapshot_is_traced_to_the_newest_run_that_names_it(runs: IndexingRunStore) -> None:
    for why in "ab":
        runs.save(replace(runs.add("zhang.san", why, a_moment()), snapshot_after="s1"))
    made = runs.made("s1")
    assert made is not None
    assert made.why == "b"
    assert runs.made("s2") is None
