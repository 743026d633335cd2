"""Indexing runs in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from indexing.golden_questions import GoldenQuestion
from indexing.index_runs import IndexRuns
from indexing.indexing_run import IndexingRun, RunState
from indexing.ports import PassageSearcher, SnapshotShelf
from knowledge_base.ports import DocumentStore, GuideStore
from tests.fakes.work_queue import RecordingQueue


class MemoryIndexingRunStore:
    def __init__(self) -> None:
        self._runs: dict[int, IndexingRun] = {}

    def add(self, by: str, why: str, at: datetime, *, compare: bool = False) -> IndexingRun:
        run = IndexingRun(len(self._runs) + 1, why, by, at, compare=compare)
        self._runs[run.id] = run
        return run

    def save(self, run: IndexingRun) -> None:
        self._runs[run.id] = replace(run, stop_asked_by=self._runs[run.id].stop_asked_by)

    def note_progress(self, run_id: int, step: str, done: int, total: int) -> str:
        self._runs[run_id] = replace(self._runs[run_id], step=step, done=done, total=total)
        return self._runs[run_id].stop_asked_by

    def ask_to_stop(self, run_id: int, by: str) -> None:
        self._runs[run_id] = replace(self._runs[run_id], stop_asked_by=by)

    def get(self, run_id: int) -> IndexingRun | None:
        return self._runs.get(run_id)

    def newest(self, limit: int) -> tuple[IndexingRun, ...]:
        return tuple(sorted(self._runs.values(), key=lambda run: -run.id)[:limit])

    def in_states(self, states: Collection[RunState]) -> tuple[IndexingRun, ...]:
        return tuple(run for run in self._runs.values() if run.state in states)

    def made(self, snapshot_id: str) -> IndexingRun | None:
        return next((run for run in self.newest(len(self._runs)) if run.snapshot_after == snapshot_id), None)


def memory_index_runs(
    shelf: SnapshotShelf | Any,
    documents: DocumentStore,
    guides: GuideStore,
    searcher_of: Callable[[str], PassageSearcher],
    work: RecordingQueue,
    clock: Callable[[], datetime],
) -> IndexRuns:
    """Runs that are asked for and shown; nothing is built."""

    def submit(argument: str) -> None:
        work.submit("refresh_index", argument)

    questions = (GoldenQuestion("居住证怎么办？", documents=("示范市居住证管理办法",)),)
    return IndexRuns(MemoryIndexingRunStore(), shelf, _nothing_is_built, searcher_of, documents, guides, lambda: questions, submit, clock)


def _nothing_is_built() -> Any:
    raise AssertionError("no test of the web layer refreshes the index")
