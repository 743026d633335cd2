"""A process is killed in the middle of a refresh: the last good snapshot answers, and another process takes the work up."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indexing.indexing_run import RunState
from indexing.models import RankingMode, SearchQuery
from tests.faults.child_process import a_child
from tests.faults.refreshing_service import Desk
from tests.indexing.refreshing import many_articles

SERVICE = "tests.faults.refreshing_service"
PATIENCE_S = 60


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """One policy, indexed; a second one of several batches is published and the refresh asked for."""
    desk = Desk(tmp_path)
    desk.documents.add(many_articles(1, articles=10))
    desk.index.request("zhang.san", "第一次")
    desk.work.run_waiting(desk.tasks)
    second = many_articles(2, articles=900)
    desk.documents.add(replace(second, document_id="d-second", metadata=replace(second.metadata, title="示范市停车管理办法")))
    return desk


def wait_until_done(desk: Desk, run_id: int) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not desk.index.get(run_id).state.is_over:
        assert time.monotonic() < give_up, desk.index.get(run_id)
        time.sleep(0.05)


def found(desk: Desk) -> set[str]:
    query = SearchQuery("停车管理办法 申领居住证应当提交材料", date(2024, 6, 1), limit=50)
    return {hit.passage.document_id for hit in desk.searcher().search(query, RankingMode.LEXICAL).hits}


@pytest.mark.parametrize("seed", range(4))
def test_another_process_takes_up_what_was_cut_off(desk: Desk, tmp_path: Path, seed: int) -> None:
    before = desk.snapshots.current_id()
    run = desk.index.request("zhang.san", "第二次")
    with a_child(SERVICE, tmp_path) as first:
        first.wait_for("embedding")
        first.kill(within_s=0.8, seed=seed)
    after = desk.index.get(run.id)
    assert found(desk)
    with a_child(SERVICE, tmp_path) as second:
        second.wait_for("ready")
        wait_until_done(desk, run.id)
        said = second.stop()
    assert desk.index.get(run.id).state is RunState.DONE
    assert desk.index.get(run.id).asked_by == "zhang.san"
    assert desk.snapshots.current_id() != before
    assert found(desk) >= {"d-second"}
    assert len(desk.index.history()) == 2
    if after.state is not RunState.DONE:
        # 900 texts are four batches; what was saved is not embedded again.
        assert len([line for line in said if line.startswith("embedding")]) <= 4
    assert desk.work_store.pending() == ()


def test_a_process_that_lives_is_not_robbed_of_its_work(desk: Desk, tmp_path: Path) -> None:
    run = desk.index.request("zhang.san", "第二次")
    with a_child(SERVICE, tmp_path) as first:
        first.wait_for("embedding")
        assert desk.work.run_waiting(desk.tasks) == 0
        assert [work.attempts for work in desk.work_store.pending()] == [1]
        wait_until_done(desk, run.id)


def test_work_that_was_told_to_stop_is_finished_first_or_begun_again(desk: Desk, tmp_path: Path) -> None:
    run = desk.index.request("zhang.san", "第二次")
    with a_child(SERVICE, tmp_path) as first:
        first.wait_for("embedding")
        first.stop()
    desk.work.run_waiting(desk.tasks)
    assert desk.index.get(run.id).state is RunState.DONE
    assert desk.work_store.pending() == ()
