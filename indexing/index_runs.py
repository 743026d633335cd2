"""Work on the index as people see it: asked for, run one at a time, watched, stopped, compared, switched, switched back."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from indexing.errors import IndexingError, RefreshInProgress, RunCancelled, RunNotReady, SnapshotDamaged, UnknownRun
from indexing.golden_questions import GoldenQuestion
from indexing.indexing_run import IndexingRun, IndexingRunStore, RunCounts, RunState
from indexing.pending_changes import PendingChanges, changes_since, content_mark
from indexing.ports import PassageSearcher, Progress, SnapshotShelf
from indexing.run_progress import RunProgress
from indexing.snapshot_comparison import SnapshotComparison, compare_snapshots
from indexing.synchroniser import BuiltSnapshot, Synchroniser
from indexing.verification import VerificationRules, verification_rules, verify_snapshot
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.ports import DocumentStore, GuideStore

_BY_ITSELF = "系统"
_OCCASION = "政策或内容有改动"
_ASKED_FOR = "asked_for"
_OTHER_RUNS = "等待另一个索引任务结束"
_WAIT_S = 1.0
_LOOKED_BACK = 20


@dataclass(frozen=True, slots=True)
class IndexRuns:
    """`submit` asks the work queue to call `run_waiting` soon, with its argument. `searcher_of` searches one kept snapshot."""

    runs: IndexingRunStore
    shelf: SnapshotShelf
    synchroniser: Callable[[], Synchroniser]
    searcher_of: Callable[[str], PassageSearcher]
    documents: DocumentStore
    guides: GuideStore
    golden: Callable[[], Sequence[GoldenQuestion]]
    submit: Callable[[str], None]
    clock: Callable[[], datetime]
    rules: VerificationRules = field(default_factory=verification_rules)
    wait: Callable[[float], None] = time.sleep

    def request(self, by: str, why: str, *, compare: bool = False) -> IndexingRun:
        """Durable on return. A run that waits already serves this request too. Raises StoreUnavailable."""
        waiting = next((run for run in self.runs.in_states({RunState.WAITING}) if run.compare or not compare), None)
        run = waiting or self.runs.add(by, why, self.clock(), compare=compare)
        self.submit(_ASKED_FOR)
        return run

    def run_waiting(self, why: str = "") -> str:
        """The task of the work queue: what was cut off, what waits, else a run of its own. Returns a sentence."""
        unfinished = self.runs.in_states({RunState.RUNNING, RunState.WAITING})
        if why == _ASKED_FOR and not unfinished:
            # The process ended between the run's end and the queue hearing of it.
            return "要求的更新已经做完。"
        said = ""
        for run in unfinished or (self.runs.add(_BY_ITSELF, why or _OCCASION, self.clock()),):
            said = self._run_in_turn(run).sentence
        return said

    def give_up(self, _argument: str = "") -> None:
        """For the work queue: the run has ended its process again and again."""
        for run in self.runs.in_states({RunState.RUNNING, RunState.WAITING}):
            self._end(
                run, RunState.FAILED, "多次中断，不再自动重试，继续使用原来的索引。请查看日志（常见原因是内存不足），解决后重新运行。"
            )

    def run_now(self, by: str, why: str, progress: Progress) -> IndexingRun:
        """Here and now. Raises RefreshInProgress, and what keeps it from being done, after it was noted."""
        with self.shelf.refreshing():
            run = self.runs.add(by, why, self.clock())
            return self._run(run, progress)

    def cancel(self, run_id: int, by: str) -> IndexingRun:
        """One that waits ends at once, a running one before its next batch. Raises UnknownRun, RunNotReady."""
        run = self.get(run_id)
        if run.state is RunState.RUNNING:
            self.runs.ask_to_stop(run_id, by)
        elif run.state is RunState.WAITING:
            self._end(run, RunState.CANCELLED, str(RunCancelled(by)))
        else:
            raise RunNotReady(run_id, run.state.label, "取消")
        return self.get(run_id)

    def switch(self, run_id: int, by: str) -> IndexingRun:
        """To what a run has built and left for a decision. Raises UnknownRun, RunNotReady, SnapshotDamaged."""
        run = self._ready(run_id, "切换")
        self.shelf.rollback(run.snapshot_after)
        return self._end(run, RunState.DONE, f"{_counted(run.counts)}由 {by} 比较后切换到索引快照 {run.snapshot_after}。")

    def discard(self, run_id: int, by: str) -> IndexingRun:
        """Raises UnknownRun, RunNotReady."""
        run = self._ready(run_id, "放弃")
        self.shelf.discard(run.snapshot_after)
        return self._end(run, RunState.CANCELLED, f"由 {by} 比较后放弃，继续使用原来的索引。")

    def use(self, snapshot_id: str | None, by: str, reason: str) -> IndexingRun:
        """A kept snapshot from now on (None: the newest sound one before the current), noted in the history.

        A run under way will not switch over it. Raises SnapshotDamaged, NoSnapshot.
        """
        before = self.shelf.current_id() or ""
        snapshot_id = self.shelf.rollback(snapshot_id)
        made = self.runs.made(snapshot_id)
        run = self.runs.add(by, f"换用快照：{reason}", self.clock())
        run = replace(run, started_at=run.asked_at, snapshot_before=before, snapshot_after=snapshot_id)
        run = replace(run, content=made.content) if made else run
        return self._end(
            run, RunState.DONE, f"已换用索引快照 {snapshot_id}，原为 {before or '无'}。政策库没有改变；下次更新会按政策库重新建立。"
        )

    def compare(self, before: str, after: str, today: date) -> SnapshotComparison:
        """Two kept snapshots on the golden questions. Raises SnapshotDamaged, SnapshotMismatch, InvalidGoldenQuestions."""
        sides = (before, self.searcher_of(before)), (after, self.searcher_of(after))
        return compare_snapshots(*sides, self.golden(), today)

    def get(self, run_id: int) -> IndexingRun:
        """Raises UnknownRun."""
        run = self.runs.get(run_id)
        if run is None:
            raise UnknownRun(run_id)
        return run

    def history(self, limit: int = 50) -> tuple[IndexingRun, ...]:
        return self.runs.newest(limit)

    def underway(self) -> IndexingRun | None:
        """The one that runs, else the one that waits to run, else the one that waits for a decision."""
        for state in (RunState.RUNNING, RunState.WAITING, RunState.READY):
            if found := self.runs.in_states({state}):
                return found[-1]
        return None

    def pending(self) -> PendingChanges:
        """What the current snapshot does not hold yet."""
        current = self.shelf.current()
        made = self.runs.made(current.snapshot_id) if current else None
        return changes_since(made, current, self.documents, self.guides)

    def _run_in_turn(self, run: IndexingRun) -> IndexingRun:
        while True:
            try:
                with self.shelf.refreshing():
                    return self._guarded(run)
            except RefreshInProgress:
                # A refresh from the command line, or one whose process is just ending.
                if stopped_by := self.runs.note_progress(run.id, _OTHER_RUNS, 0, 0):
                    return self._end(self.get(run.id), RunState.CANCELLED, str(RunCancelled(stopped_by)))
                self.wait(_WAIT_S)

    def _guarded(self, run: IndexingRun) -> IndexingRun:
        try:
            return self._run(run, None)
        except (IndexingError, KnowledgeBaseError):
            return self.get(run.id)

    def _run(self, asked: IndexingRun, listener: Progress | None) -> IndexingRun:
        """For a caller that holds the lock: whatever else stands as running was cut off."""
        run = self.get(asked.id)
        if run.state.is_over:  # cancelled while it waited for its turn
            return run
        self._note_cut_off(run)
        run = self._begun(run)
        try:
            built = self.synchroniser().build(RunProgress(self.runs, run.id, listener))
            return self._finished(run, built)
        except RunCancelled as cancelled:
            ended = self._end(self.get(run.id), RunState.CANCELLED, str(cancelled))
            self.shelf.discard(ended.snapshot_after)
            raise
        # Whatever it is, nobody shall wait for a run that has ended.
        except Exception as error:
            self._end(self.get(run.id), RunState.FAILED, in_words(error))
            raise

    def _begun(self, run: IndexingRun) -> IndexingRun:
        run = replace(
            run,
            state=RunState.RUNNING,
            started_at=self.clock(),
            snapshot_before=self.shelf.current_id() or "",
            content=content_mark(self.documents, self.guides),
        )
        self.runs.save(run)
        return run

    def _finished(self, run: IndexingRun, built: BuiltSnapshot) -> IndexingRun:
        change, snapshot_id = built.change, built.manifest.snapshot_id
        counts = RunCounts(
            len(change.added), len(change.replaced), len(change.removed), len(change.unchanged), built.embedded, built.from_cache
        )
        run = replace(run, counts=counts, snapshot_after=snapshot_id)
        self.runs.save(run)
        synchroniser = self.synchroniser()
        if not built.is_new:
            return self._end(run, RunState.DONE, str(synchroniser.switch_to(built)))
        self._clear_refused(snapshot_id)
        self.runs.note_progress(run.id, "核对新索引", 0, 1)
        verify_snapshot(built.manifest, built.passages, synchroniser.vector_fingerprint, self.searcher_of(snapshot_id), self.rules)
        if stopped_by := self.runs.note_progress(run.id, "核对新索引", 1, 1):
            raise RunCancelled(stopped_by)
        if (now := self.shelf.current_id() or "") != run.snapshot_before:
            self.shelf.discard(snapshot_id)
            return self._end(run, RunState.CANCELLED, f"建立期间有人换用了索引快照 {now}，因此没有切换到新建的快照。")
        self._outdate_ready(snapshot_id)
        if run.compare:
            return self._wait_for_decision(run)
        return self._end(run, RunState.DONE, str(synchroniser.switch_to(built)))

    def _wait_for_decision(self, run: IndexingRun) -> IndexingRun:
        words = f"{_counted(run.counts)}新索引快照 {run.snapshot_after} 已建好并通过核对，请比较后切换或放弃。"
        run = replace(run, state=RunState.READY, step="", sentence=words)
        self.runs.save(run)
        return run

    def _outdate_ready(self, newer: str) -> None:
        for run in self.runs.in_states({RunState.READY}):
            self._end(run, RunState.CANCELLED, f"没有切换：后来的任务建立了更新的索引快照 {newer}。")
            self.shelf.discard(run.snapshot_after)

    def _clear_refused(self, newer: str) -> None:
        """Of snapshots that were refused only the newest is kept, for whoever wants to use it all the same."""
        for run in self.runs.newest(_LOOKED_BACK):
            if run.state is RunState.FAILED and run.snapshot_after not in {"", newer} and self._last_word(run) is RunState.FAILED:
                self.shelf.discard(run.snapshot_after)

    def _last_word(self, run: IndexingRun) -> RunState | None:
        made = self.runs.made(run.snapshot_after)
        return made.state if made else None

    def _note_cut_off(self, beginning: IndexingRun) -> None:
        for run in self.runs.in_states({RunState.RUNNING}):
            if run.id != beginning.id:
                self._end(run, RunState.FAILED, "运行它的程序中断了，继续使用原来的索引；之后的任务会接着做。")

    def _ready(self, run_id: int, wanted: str) -> IndexingRun:
        run = self.get(run_id)
        if run.state is not RunState.READY:
            raise RunNotReady(run_id, run.state.label, wanted)
        if all(manifest.snapshot_id != run.snapshot_after for manifest in self.shelf.snapshots()):
            raise SnapshotDamaged(run.snapshot_after, "已经不在了")
        return run

    def _end(self, run: IndexingRun, state: RunState, sentence: str) -> IndexingRun:
        ended = replace(run, state=state, sentence=sentence, step="", ended_at=self.clock())
        self.runs.save(ended)
        return ended


def in_words(error: Exception) -> str:
    """Our own errors say in Chinese what to do; of others only the kind is told, for their words may repeat what somebody wrote."""
    if isinstance(error, IndexingError | KnowledgeBaseError):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "磁盘空间已满，继续使用原来的索引。请清理磁盘后重新运行；已经算好的向量不会重算。"
    return f"程序出错（{type(error).__name__}），继续使用原来的索引。详情见日志，解决后请重新运行。"


def _counted(counts: RunCounts) -> str:
    return (
        f"新增 {counts.added} 段、替换 {counts.replaced} 段、移除 {counts.removed} 段，未变 {counts.unchanged} 段；"
        f"新算向量 {counts.embedded} 个、复用 {counts.from_cache} 个。"
    )
