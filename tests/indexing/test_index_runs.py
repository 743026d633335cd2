"""Work on the index as people see it."""

from __future__ import annotations

import errno
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indexing.errors import RefreshInProgress, RunNotReady, UnknownRun
from indexing.golden_questions import GoldenQuestion
from indexing.indexing_run import RunState
from indexing.run_progress import RunProgress
from indexing.verification import VerificationRules
from knowledge_base.errors import StoreUnavailable
from tests.factories import a_guide, a_revision
from tests.fakes.indexing_run_store import MemoryIndexingRunStore
from tests.indexing.index_desk import NOW, IndexDesk, some_policies

A_NEW_POLICY = a_revision("d-new", title="示范市共享单车管理办法", text="第一条　共享单车停放在划定区域。\n")


@pytest.fixture
def desk(tmp_path: Path) -> IndexDesk:
    """Ten policies, indexed."""
    desk = IndexDesk(tmp_path)
    desk.publish(*some_policies(10))
    desk.index.run_waiting()
    return desk


def test_a_run_tells_who_why_what_changed_and_what_answers_now(desk: IndexDesk) -> None:
    before = desk.store.current_id()
    desk.publish(A_NEW_POLICY)
    asked = desk.index.request("zhang.san", "发布《示范市共享单车管理办法》")
    assert (asked.state, desk.submitted) == (RunState.WAITING, 1)
    desk.index.run_waiting()
    run = desk.index.get(asked.id)
    assert (run.state, run.asked_by, run.snapshot_before, run.snapshot_after) == (
        RunState.DONE,
        "zhang.san",
        before,
        desk.store.current_id(),
    )
    assert (run.counts.added, run.counts.unchanged, run.counts.embedded) == (1, 20, 1)
    assert run.sentence.startswith("新增 1 段")


def test_unchanged_passages_are_not_embedded_again(desk: IndexDesk) -> None:
    known = desk.embedder.embedded
    desk.publish(A_NEW_POLICY)
    desk.index.run_waiting()
    assert desk.embedder.embedded - known == 1


def test_wishes_that_come_while_one_waits_are_one_run(desk: IndexDesk) -> None:
    first, second = desk.index.request("zhang.san", "发布一"), desk.index.request("li.si", "发布二")
    assert first.id == second.id
    assert desk.submitted == 2


def test_a_wish_that_comes_while_one_runs_is_a_run_of_its_own(desk: IndexDesk) -> None:
    asked: list[int] = []
    desk.publish(A_NEW_POLICY)
    desk.embedder.during = lambda: asked.append(desk.index.request("li.si", "发布二").id)
    first = desk.index.request("zhang.san", "发布一")
    desk.index.run_waiting()
    assert asked != [first.id]
    assert desk.index.get(asked[0]).state is RunState.WAITING


def test_a_wish_whose_run_is_over_is_not_run_again_though_the_queue_still_holds_it(desk: IndexDesk) -> None:
    run = desk.index.request("zhang.san", "")
    desk.index.run_waiting(desk.asked_with)
    assert desk.index.run_waiting(desk.asked_with) == "要求的更新已经做完。"
    assert desk.index.history()[0].id == run.id


def test_asked_by_nobody_it_says_so(desk: IndexDesk) -> None:
    desk.publish(A_NEW_POLICY)
    desk.index.run_waiting()
    assert (desk.index.history()[0].asked_by, desk.index.history()[0].why) == ("系统", "政策或内容有改动")


def test_a_run_that_waits_is_cancelled_at_once(desk: IndexDesk) -> None:
    run = desk.index.request("zhang.san", "")
    assert desk.index.cancel(run.id, "li.si").state is RunState.CANCELLED
    before = desk.store.current_id()
    desk.publish(A_NEW_POLICY)
    assert desk.index.get(run.id).sentence == "已由 li.si 取消，继续使用原来的索引。"
    assert desk.store.current_id() == before


def test_a_running_one_is_cancelled_before_its_next_step_and_the_old_snapshot_stays(desk: IndexDesk) -> None:
    before = desk.store.snapshot_ids()
    desk.publish(A_NEW_POLICY)
    run = desk.index.request("zhang.san", "")
    desk.embedder.during = lambda: desk.index.cancel(run.id, "li.si") and None
    desk.index.run_waiting()
    assert desk.index.get(run.id).state is RunState.CANCELLED
    assert (desk.store.snapshot_ids(), desk.store.current_id()) == (before, before[0])


def test_what_is_over_cannot_be_cancelled_and_says_so(desk: IndexDesk) -> None:
    with pytest.raises(RunNotReady, match="已完成"):
        desk.index.cancel(desk.index.history()[0].id, "li.si")
    with pytest.raises(UnknownRun):
        desk.index.cancel(404, "li.si")


def test_a_refresh_from_elsewhere_is_waited_for(desk: IndexDesk) -> None:
    run = desk.index.request("zhang.san", "")
    holding = desk.store.refreshing()
    holding.__enter__()
    object.__setattr__(desk.index, "wait", lambda _s: holding.__exit__(None, None, None))
    desk.index.run_waiting()
    assert desk.index.get(run.id).state is RunState.DONE


def test_waiting_for_another_refresh_can_be_cancelled(desk: IndexDesk) -> None:
    run = desk.index.request("zhang.san", "")
    object.__setattr__(desk.index, "wait", lambda _s: desk.index.runs.ask_to_stop(run.id, "li.si"))
    with desk.store.refreshing():
        desk.index.run_waiting()
    assert desk.index.get(run.id).state is RunState.CANCELLED


def test_on_the_command_line_a_second_one_is_refused(desk: IndexDesk) -> None:
    with desk.store.refreshing(), pytest.raises(RefreshInProgress):
        desk.index.run_now("命令行", "", lambda *_: None)


def test_what_was_cut_off_is_done_again(desk: IndexDesk) -> None:
    desk.publish(A_NEW_POLICY)
    cut_off = desk.index.request("zhang.san", "发布")
    desk.runs.save(replace(cut_off, state=RunState.RUNNING, step="计算向量"))
    desk.index.run_waiting()
    assert desk.index.get(cut_off.id).state is RunState.DONE


def test_a_command_line_refresh_that_was_killed_is_noted_by_the_next(desk: IndexDesk) -> None:
    killed = desk.index.request("命令行", "")
    desk.runs.save(replace(killed, state=RunState.RUNNING))
    desk.index.run_now("命令行", "", lambda *_: None)
    assert desk.index.get(killed.id).state is RunState.FAILED
    assert "中断" in desk.index.get(killed.id).sentence


def test_after_too_many_interruptions_it_says_so(desk: IndexDesk) -> None:
    run = desk.index.request("zhang.san", "")
    desk.index.give_up()
    assert (desk.index.get(run.id).state, "内存不足" in desk.index.get(run.id).sentence) == (RunState.FAILED, True)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreUnavailable("磁盘空间已满。请清理磁盘后重试；已经保存的内容没有丢失。"), "磁盘空间已满"),
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘空间已满"),
        (ValueError("张三"), "程序出错（ValueError）"),
    ],
)
def test_a_failure_is_noted_in_words_and_the_old_snapshot_answers(desk: IndexDesk, error: Exception, said: str) -> None:
    before = desk.store.current_id()
    desk.publish(A_NEW_POLICY)

    def fail() -> None:
        raise error

    desk.embedder.during = fail
    with pytest.raises(type(error)):
        desk.index.run_now("命令行", "", lambda *_: None)
    run = desk.index.history()[0]
    assert run.state is RunState.FAILED
    assert said in run.sentence
    assert "张三" not in run.sentence
    assert desk.store.current_id() == before


class TestVerification:
    def test_a_snapshot_that_cannot_find_its_own_titles_is_refused_and_kept_aside(self, tmp_path: Path) -> None:
        desk = IndexDesk(tmp_path, rules=VerificationRules(10, 0, 0.95))
        desk.publish(*some_policies(10))
        said = desk.index.run_waiting()
        assert "没有通过核对" in said
        assert "10 个找不到自己的文件" in said
        assert desk.store.current_id() is None
        assert desk.store.snapshot_ids() == (desk.index.history()[0].snapshot_after,)

    def test_refused_snapshots_do_not_pile_up(self, tmp_path: Path) -> None:
        desk = IndexDesk(tmp_path, rules=VerificationRules(10, 0, 0.95))
        desk.publish(*some_policies(10))
        for _ in range(3):
            desk.index.run_waiting()
        assert len(desk.store.snapshot_ids()) == 1

    def test_an_administrator_may_use_what_was_refused(self, tmp_path: Path) -> None:
        desk = IndexDesk(tmp_path, rules=VerificationRules(10, 0, 0.95))
        desk.publish(*some_policies(10))
        desk.index.run_waiting()
        refused = desk.store.snapshot_ids()[0]
        desk.index.use(refused, "zhang.san", "已经核对过")
        assert desk.store.current_id() == refused
        assert desk.index.pending().is_empty

    def test_an_empty_policy_base_passes(self, tmp_path: Path) -> None:
        desk = IndexDesk(tmp_path)
        desk.index.run_waiting()
        assert desk.store.current_id() is not None


class TestDecision:
    def test_a_run_to_compare_stops_before_the_switch(self, desk: IndexDesk) -> None:
        before = desk.store.current_id()
        desk.publish(A_NEW_POLICY)
        asked = desk.index.request("zhang.san", "", compare=True)
        desk.index.run_waiting()
        ready = desk.index.get(asked.id)
        assert (ready.state, desk.store.current_id()) == (RunState.READY, before)
        assert desk.index.switch(asked.id, "zhang.san").state is RunState.DONE
        assert desk.store.current_id() == ready.snapshot_after

    def test_what_is_discarded_is_gone(self, desk: IndexDesk) -> None:
        before = desk.store.snapshot_ids()
        desk.publish(A_NEW_POLICY)
        asked = desk.index.request("zhang.san", "", compare=True)
        desk.index.run_waiting()
        desk.index.discard(asked.id, "zhang.san")
        assert desk.store.snapshot_ids() == before
        with pytest.raises(RunNotReady):
            desk.index.switch(asked.id, "zhang.san")

    def test_a_later_refresh_takes_the_place_of_what_nobody_decided_on(self, desk: IndexDesk) -> None:
        desk.publish(A_NEW_POLICY)
        asked = desk.index.request("zhang.san", "", compare=True)
        desk.index.run_waiting()
        desk.index.run_waiting("每夜更新")
        assert desk.index.get(asked.id).state is RunState.CANCELLED
        assert desk.store.current_id() == desk.index.history()[0].snapshot_after

    def test_the_right_document_higher_is_better_and_lower_is_worse(self, desk: IndexDesk) -> None:
        desk.questions = (
            GoldenQuestion("共享单车停放", documents=("示范市共享单车管理办法",)),
            GoldenQuestion("居住证管理", documents=("d-0",)),
            GoldenQuestion("养犬", documents=()),
        )
        before = desk.store.current_id()
        desk.publish(A_NEW_POLICY)
        desk.index.run_waiting()
        after = desk.store.current_id()
        assert before is not None
        assert after is not None
        forth, back = desk.index.compare(before, after, date(2026, 11, 22)), desk.index.compare(after, before, date(2026, 11, 22))
        assert [row.verdict.value for row in forth.rows][:1] == ["better"]
        assert [row.verdict.value for row in back.rows][:1] == ["worse"]
        assert (forth.labelled, forth.hits(1)) == (2, (1, 2))
        assert str(forth).startswith("3 个对照问题：变好 1 个、变差 0 个")


class TestSwitchingBack:
    def test_it_is_in_the_history_with_its_reason(self, desk: IndexDesk) -> None:
        before = desk.store.current_id()
        desk.publish(A_NEW_POLICY)
        desk.index.run_waiting()
        run = desk.index.use(before, "zhang.san", "新文件有误")
        assert (run.state, run.why, desk.store.current_id()) == (RunState.DONE, "换用快照：新文件有误", before)
        assert desk.index.pending().revisions == 1

    def test_a_run_under_way_does_not_switch_over_it(self, desk: IndexDesk) -> None:
        first = desk.store.current_id()
        desk.publish(A_NEW_POLICY)
        desk.index.run_waiting()
        desk.publish(a_revision("d-newer", title="示范市无人机管理办法", text="第一条　无人机应当登记。\n"))
        run = desk.index.request("zhang.san", "")
        desk.embedder.during = lambda: desk.index.use(first, "li.si", "急") and None
        desk.index.run_waiting()
        assert desk.index.get(run.id).state is RunState.CANCELLED
        assert desk.store.current_id() == first


class TestPending:
    def test_nothing_is_pending_after_a_run(self, desk: IndexDesk) -> None:
        assert desk.index.pending().is_empty

    def test_changed_documents_are_named(self, desk: IndexDesk) -> None:
        desk.publish(replace(A_NEW_POLICY, change=replace(A_NEW_POLICY.change, at=NOW)))
        pending = desk.index.pending()
        assert ([each.document_id for each in pending.documents], pending.revisions) == (["d-new"], 1)

    def test_a_changed_guide_is_noticed(self, desk: IndexDesk) -> None:
        desk.guides.save([a_guide()])
        assert desk.index.pending().guides

    def test_without_an_index_everything_is(self, tmp_path: Path) -> None:
        desk = IndexDesk(tmp_path)
        desk.publish(*some_policies(3))
        assert desk.index.pending().revisions == 3
        assert desk.index.pending().since is None


def test_progress_is_written_at_each_step_and_then_twice_a_second() -> None:
    runs, now = MemoryIndexingRunStore(), [0.0]
    run = runs.add("zhang.san", "", NOW)
    progress = RunProgress(runs, run.id, now=lambda: now[0])
    seen = []
    for at, step, done in ((0.0, "切分条款", 1), (0.1, "切分条款", 2), (0.6, "切分条款", 3), (0.7, "计算向量", 4)):
        now[0] = at
        progress(step, done, 9)
        kept = runs.get(run.id)
        assert kept is not None
        seen.append(kept.done)
    assert seen == [1, 1, 3, 4]
