"""A synchroniser over fakes, for tests; run as a program, it refreshes the index of the folder it is given until it is killed."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from indexing.adapters.snapshot_store import SnapshotStore
from indexing.adapters.sqlite_vector_cache import SqliteVectorCache
from indexing.ports import Embedder, Progress, SnapshotShelf, Tokenizer, VectorAdapter, VectorCache, Vectors
from indexing.synchroniser import Synchroniser
from indexing.tuning import Tuning, default_tuning
from indexing.vector_adaptation import UNADAPTED
from knowledge_base.models import DocumentRevision, ServiceGuide
from tests.factories import a_revision
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.entry_stores import MemoryGuideStore
from tests.fakes.vector_cache import FakeVectorCache


def a_synchroniser(
    folder: Path,
    revisions: Sequence[DocumentRevision] = (),
    guides: Sequence[ServiceGuide] = (),
    embedder: Embedder | None = None,
    tokenizer: Tokenizer | None = None,
    cache: VectorCache | None = None,
    tuning: Tuning | None = None,
    adapter: VectorAdapter = UNADAPTED,
    shelf: SnapshotShelf | None = None,
) -> Synchroniser:
    documents = MemoryDocumentStore()
    for revision in revisions:
        documents.add(revision)
    used = tuning or default_tuning()
    return Synchroniser(
        documents,
        MemoryGuideStore(guides),
        embedder or FakeEmbedder(),
        tokenizer or BigramTokenizer(),
        cache or FakeVectorCache(),
        shelf or SnapshotStore(folder, used),
        used,
        adapter,
    )


def many_articles(generation: int, articles: int = 120) -> DocumentRevision:
    text = "".join(f"第{number}条　第{generation}版规定，申领居住证应当提交第{number}号材料。\n" for number in range(1, articles + 1))
    return a_revision(text=text, effective_on=date(2024, 1, 1))


class SlowEmbedder(FakeEmbedder):
    """Slow enough to be killed in the middle."""

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        time.sleep(0.02)
        return super().embed_passages(texts, progress)


def refresh_until_killed(folder: Path) -> None:
    generation = 0
    cache = SqliteVectorCache(folder / "vectors.sqlite3")
    while True:
        generation += 1
        a_synchroniser(folder, [many_articles(generation)], embedder=SlowEmbedder(), cache=cache).refresh()
        sys.stdout.write(f"{generation}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    refresh_until_killed(Path(sys.argv[1]))
