"""IndexRuns over a real shelf and fakes: what is published can be changed, and what is built can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from indexing.adapters.snapshot_searcher import SnapshotSearcher
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.golden_questions import GoldenQuestion
from indexing.index_runs import IndexRuns
from indexing.indexing_run import IndexingRunStore
from indexing.ports import PassageSearcher, Progress, Vectors
from indexing.synchroniser import Synchroniser
from indexing.tuning import default_tuning
from indexing.verification import VerificationRules
from knowledge_base.models import DocumentRevision
from tests.factories import a_revision
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.entry_stores import MemoryGuideStore
from tests.fakes.indexing_run_store import MemoryIndexingRunStore
from tests.fakes.vector_cache import FakeVectorCache
from tests.passage_factory import demo_regions

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class WatchedEmbedder(FakeEmbedder):
    """Counts the texts of passages; calls `during` before each batch."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded = 0
        self.during: Callable[[], None] = lambda: None

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.during()
        self.embedded += len(texts)
        return super().embed_passages(texts, progress)


@dataclass
class IndexDesk:
    """`submitted` counts the wishes given to the work queue, `asked_with` is what the last was given with."""

    folder: Path
    runs: IndexingRunStore = field(default_factory=MemoryIndexingRunStore)
    embedder: WatchedEmbedder = field(default_factory=WatchedEmbedder)
    documents: MemoryDocumentStore = field(default_factory=MemoryDocumentStore)
    guides: MemoryGuideStore = field(default_factory=lambda: MemoryGuideStore([]))
    questions: tuple[GoldenQuestion, ...] = ()
    rules: VerificationRules = field(default_factory=lambda: VerificationRules(40, 10, 0.95))
    submitted: int = 0
    asked_with: str = ""
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = SnapshotStore(self.folder)
        self._cache, self._tokenizer = FakeVectorCache(), BigramTokenizer()
        self.index = IndexRuns(
            self.runs,
            self.store,
            self._synchroniser,
            self.searcher_of,
            self.documents,
            self.guides,
            golden=lambda: self.questions,
            submit=self._submit,
            clock=lambda: NOW,
            rules=self.rules,
            wait=self.waited.append,
        )

    def publish(self, *revisions: DocumentRevision) -> None:
        for revision in revisions:
            self.documents.add(revision)

    def searcher_of(self, snapshot_id: str) -> PassageSearcher:
        return SnapshotSearcher(self.store, self.embedder, self._tokenizer, default_tuning(), demo_regions(), snapshot_id)

    def _synchroniser(self) -> Synchroniser:
        return Synchroniser(self.documents, self.guides, self.embedder, self._tokenizer, self._cache, self.store, default_tuning())

    def _submit(self, argument: str) -> None:
        self.submitted += 1
        self.asked_with = argument


def some_policies(count: int) -> Iterator[DocumentRevision]:
    subjects = ("居住证", "公积金", "养犬", "停车", "低保", "噪声", "物业", "入学", "失业", "养老")
    for number in range(count):
        subject = subjects[number % len(subjects)] + ("" if number < len(subjects) else str(number))
        yield a_revision(
            f"d-{number}",
            title=f"示范市{subject}管理办法",
            text=f"第一条　{subject}由主管部门管理。\n第二条　申请{subject}应当提交材料。\n",
        )
