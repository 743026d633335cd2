"""A process that does background work on a folder: it refreshes the index when asked, slowly enough to be killed in the middle."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from sqlalchemy import Engine

from api.jobs.adapters.sql import SqlWorkStore, prepare_work
from api.jobs.huey_queue import HueyQueue
from api.jobs.work_queue import BackgroundTask
from indexing.adapters.snapshot_searcher import SnapshotSearcher
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.adapters.sql import SqlIndexingRunStore, prepare_indexing
from indexing.adapters.sqlite_vector_cache import SqliteVectorCache
from indexing.index_runs import IndexRuns
from indexing.ports import PassageSearcher, Progress, Vectors
from indexing.synchroniser import Synchroniser
from indexing.tuning import default_tuning
from knowledge_base.adapters.sql import SqlDocumentStore, SqlGuideStore, open_records
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder
from tests.passage_factory import demo_regions

BATCH_S = 0.1


class SlowEmbedder(FakeEmbedder):
    """Says each batch before it takes its time."""

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        sys.stdout.write(f"embedding {len(texts)}\n")
        sys.stdout.flush()
        time.sleep(BATCH_S)
        return super().embed_passages(texts, progress)


class Desk:
    """The index and the work queue of a folder; several processes may open one. The embedder counts nothing across processes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.engine: Engine = open_records(f"sqlite:///{folder / 'records.sqlite3'}")
        prepare_work(self.engine)
        prepare_indexing(self.engine)
        self.documents, self._guides = SqlDocumentStore(self.engine), SqlGuideStore(self.engine)
        self.snapshots, self.work_store = SnapshotStore(folder / "index"), SqlWorkStore(self.engine)
        self.work = HueyQueue(self.work_store, folder, tick_s=1)
        self._cache = SqliteVectorCache(folder / "index" / "vectors.sqlite3")
        self.index = IndexRuns(
            SqlIndexingRunStore(self.engine),
            self.snapshots,
            self._synchroniser,
            self.searcher,
            self.documents,
            self._guides,
            golden=tuple,
            submit=lambda argument: self.work.submit("refresh_index", argument),
            clock=lambda: datetime.now(UTC),
        )
        self.tasks = {"refresh_index": BackgroundTask("refresh_index", "更新索引", self.index.run_waiting, alone=True)}

    def searcher(self, only: str | None = None) -> PassageSearcher:
        return SnapshotSearcher(self.snapshots, FakeEmbedder(), BigramTokenizer(), default_tuning(), demo_regions(), only)

    def _synchroniser(self) -> Synchroniser:
        return Synchroniser(self.documents, self._guides, SlowEmbedder(), BigramTokenizer(), self._cache, self.snapshots, default_tuning())


def serve(folder: Path) -> None:
    desk, stop = Desk(folder), Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    desk.work.start(desk.tasks)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    stop.wait()
    desk.work.stop()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
