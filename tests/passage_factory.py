"""Passages and snapshots for tests: every argument has a harmless default, so that a test shows only what matters to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from indexing.adapters.current_snapshot import SnapshotSource
from indexing.adapters.snapshot_searcher import SnapshotSearcher
from indexing.models import Passage, PassageKind, SnapshotManifest
from indexing.passage_splitter import text_digest
from indexing.ports import Embedder, IndexingParts, SnapshotShelf, TokenEmbedder, Tokenizer, VectorAdapter
from indexing.reranking import RerankLoad
from indexing.searchable_index import SearchableIndex
from indexing.tuning import Tuning, default_tuning
from indexing.vector_adaptation import UNADAPTED
from knowledge_base.regions import RegionDirectory
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder

SEEDS = Path(__file__).parents[1] / "knowledge_base" / "seeds"
NATION, PROVINCE, CITY, DISTRICT, OTHER_DISTRICT = "100000", "990000", "990100", "990102", "990103"


def demo_regions() -> RegionDirectory:
    return RegionDirectory.from_csv(SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv")


def a_passage(
    text: str = "申领居住证，应当提交身份证明。",
    document_id: str = "d-residence",
    path: str = "第一条",
    title: str = "示范市居住证管理办法",
    jurisdiction: str = CITY,
    effective_on: date = date(2024, 1, 1),
    ends_on: date | None = None,
) -> Passage:
    search_text = f"{title}\n{text}"
    return Passage(
        id=f"{document_id}.e1#{path}",
        kind=PassageKind.POLICY,
        document_id=document_id,
        edition=1,
        title=title,
        heading_path=(path,),
        paths=(path,),
        citation=path,
        text=text,
        start=0,
        end=len(text),
        search_text=search_text,
        jurisdiction=jurisdiction,
        effective_on=effective_on,
        ends_on=ends_on,
        digest=text_digest(f"{search_text}{jurisdiction}{effective_on}{ends_on}"),
    )


def parts_of(embedder: Embedder, tokenizer: Tokenizer, tuning: Tuning | None = None, adapter: VectorAdapter = UNADAPTED) -> IndexingParts:
    lexical = (tuning or default_tuning()).lexical
    tokens = embedder.token_fingerprint if isinstance(embedder, TokenEmbedder) else ""
    return IndexingParts(embedder.fingerprint, embedder.dimension, tokenizer, lexical.fingerprint(tokenizer.fingerprint), adapter, tokens)


def publish_snapshot(
    store: SnapshotShelf,
    passages: Sequence[Passage],
    embedder: Embedder | None = None,
    tokenizer: Tokenizer | None = None,
    adapter: VectorAdapter = UNADAPTED,
) -> SnapshotManifest:
    """Write a snapshot of these passages and switch to it."""
    used = embedder or FakeEmbedder()
    texts = [passage.search_text for passage in passages]
    tokens = used.embed_passages_with_tokens(texts)[1] if isinstance(used, TokenEmbedder) else []
    parts = parts_of(used, tokenizer or BigramTokenizer(), adapter=adapter)
    manifest = store.write(passages, used.embed_passages(texts), parts, lambda *_: None, tokens)
    store.switch_to(manifest.snapshot_id)
    return manifest


def a_searcher(
    store: SnapshotSource[SearchableIndex],
    embedder: Embedder | None = None,
    tokenizer: Tokenizer | None = None,
    tuning: Tuning | None = None,
    load: RerankLoad | None = None,
) -> SnapshotSearcher:
    used = embedder or FakeEmbedder()
    return SnapshotSearcher(store, used, tokenizer or BigramTokenizer(), tuning or default_tuning(), demo_regions(), load=load)
