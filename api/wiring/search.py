"""Searching: vectors of questions, the index, the words it is found by, and what brings it up to date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.deferred import Deferred
from api.metrics import ServiceMetrics
from api.settings import Settings
from api.wiring import engines
from api.wiring.content import EntryStores
from api.wiring.index import Snapshots, snapshots_on
from api.wiring.reranking import rerank_load
from api.wiring.words import Words, words_for
from indexing.adapters.remembering_embedder import remembering
from indexing.adapters.snapshot_tokenizers import ServingTokenizer
from indexing.adapters.sqlite_vector_cache import SqliteVectorCache
from indexing.paired_vectors import BaseHalf
from indexing.ports import Embedder
from indexing.synchroniser import Synchroniser
from indexing.tuning import Tuning

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from api.content.live import LiveParts
    from indexing.adapters.snapshot_searcher import SnapshotSearcher


@dataclass(frozen=True, slots=True)
class Search:
    """Callables without arguments are made on first use. `base` is the untuned half of a pair; `searcher_of` looks into one snapshot only.

    `is_busy` tells whether there is no time to rank anew.
    """

    tuning: Tuning
    words: Words
    snapshots: Snapshots
    embedder: Callable[[], Embedder]
    base: Callable[[], Embedder]
    vectors: Callable[[], SqliteVectorCache]
    synchroniser: Callable[[], Synchroniser]
    searcher: Callable[[], SnapshotSearcher]
    searcher_of: Callable[[str], SnapshotSearcher]
    tokenizer: Callable[[], ServingTokenizer]
    is_busy: Callable[[], bool]


def search_on(  # noqa: PLR0913, PLR0917 (what the container has made already)
    engine: Engine, settings: Settings, tuning: Tuning, stores: EntryStores, live: LiveParts, metrics: ServiceMetrics
) -> Search:
    """Raises StoreUnavailable, EngineUnfit."""
    snapshots, words, load = snapshots_on(settings, engine, tuning), words_for(live.vocabulary), rerank_load(metrics)
    embedder = Deferred[Embedder](lambda: remembering(engines.load_embedding(settings), count=metrics.count_query_vector))
    vectors = Deferred(lambda: SqliteVectorCache(settings.home / "index" / "vectors.sqlite3"))

    def synchroniser() -> Synchroniser:
        # Read each time: a service that refreshes by itself takes up what was trained meanwhile.
        adapter = engines.vector_adapter(settings, embedder())
        return Synchroniser(stores.documents, stores.guides, embedder(), words.wanted(), vectors(), snapshots, tuning, adapter)

    def searcher_of(snapshot_id: str | None) -> SnapshotSearcher:
        return engines.searcher(snapshots, embedder(), words, tuning, live.regions, load, snapshot_id)

    searcher = Deferred(lambda: searcher_of(None))
    return Search(
        tuning=tuning,
        words=words,
        snapshots=snapshots,
        embedder=embedder,
        base=Deferred[Embedder](lambda: BaseHalf(embedder())),
        vectors=vectors,
        synchroniser=synchroniser,
        searcher=searcher,
        searcher_of=searcher_of,
        tokenizer=Deferred(lambda: ServingTokenizer(searcher().tokenizer, words.shipped())),
        is_busy=lambda: load.is_high(tuning.reranking),
    )
