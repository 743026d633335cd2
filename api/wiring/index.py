"""Work on the index, on the records of this installation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from api.jobs.work_queue import WorkQueue
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.adapters.sql import SqlIndexingRunStore, prepare_indexing
from indexing.golden_questions import load_golden_questions
from indexing.index_runs import IndexRuns
from indexing.ports import PassageSearcher
from indexing.synchroniser import Synchroniser
from knowledge_base.ports import Clock, DocumentStore, GuideStore

REFRESH = "refresh_index"


def index_runs(  # noqa: PLR0913, PLR0917 (what the container has made already)
    engine: Engine,
    snapshots: SnapshotStore,
    synchroniser: Callable[[], Synchroniser],
    searcher_of: Callable[[str], PassageSearcher],
    contents: tuple[DocumentStore, GuideStore],
    golden: tuple[Path, ...],
    work: WorkQueue,
    clock: Clock,
) -> IndexRuns:
    """Raises StoreUnavailable."""
    prepare_indexing(engine)
    return IndexRuns(
        SqlIndexingRunStore(engine),
        snapshots,
        synchroniser,
        searcher_of,
        *contents,
        golden=lambda: load_golden_questions(*golden),
        submit=lambda: work.submit(REFRESH),
        clock=clock,
    )
