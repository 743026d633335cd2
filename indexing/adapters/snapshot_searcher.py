"""Search the index that answers now, on whatever engine it lies. The order of steps is `SnapshotSearcher.search`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from indexing.adapters.current_snapshot import CurrentSnapshot, ServingSnapshot, SnapshotSource
from indexing.adapters.snapshot_reranker import SnapshotReranker
from indexing.adapters.snapshot_tokenizers import FittingTokenizer
from indexing.character_pairs import character_pairs
from indexing.errors import IndexingError
from indexing.hybrid_ranking import fused_scores
from indexing.models import RankedPassage, RankingMode, SearchQuery, SearchResult, SnapshotManifest
from indexing.ports import Embedder, RegionLineage, Tokenizer
from indexing.rank_fusion import Scores
from indexing.reranking import Ranking, RerankLoad, RerankOutcome, fused_ranking
from indexing.searchable_index import Candidates, PreparedQuery, SearchableIndex, Timings, timed
from indexing.tuning import Tuning
from indexing.vocabulary import PolicyVocabulary


class SnapshotSearcher:
    """Implements PassageSearcher. Safe from many threads; picks up new snapshots by itself, unless `only` names the one to search."""

    def __init__(  # noqa: PLR0913, PLR0917 (the parts of a search, in the order of its steps)
        self,
        store: SnapshotSource[SearchableIndex],
        embedder: Embedder,
        tokenizer: Tokenizer,
        tuning: Tuning,
        regions: RegionLineage,
        only: str | None = None,
        tokenizers: Callable[[PolicyVocabulary], Tokenizer] | None = None,
        load: RerankLoad | None = None,
    ) -> None:
        """`tokenizers` makes one of the vocabulary kept with a snapshot; without it a snapshot made by another `tokenizer` is refused."""
        self._tuning, self._regions, self._embedder = tuning, regions, embedder
        self._reranker = SnapshotReranker(embedder, tuning.reranking, load or RerankLoad())
        fitting = FittingTokenizer(store.vocabulary, tokenizer, tuning.lexical, tokenizers)
        self._current = CurrentSnapshot(store, embedder.fingerprint, fitting, tuning.snapshots.check_every_s, only)

    def manifest(self) -> SnapshotManifest:
        """Of the snapshot that answers now. Raises NoSnapshot, SnapshotMismatch, SnapshotDamaged."""
        return self._current.get().snapshot.manifest

    def tokenizer(self) -> Tokenizer:
        """That of the snapshot that answers now. Raises as `manifest`."""
        return self._current.get().tokenizer

    def reranker(self) -> str:
        """Fingerprint of the token vectors that decide about the order of hits; "off" where none do, or nothing can be searched."""
        try:
            snapshot = self._current.get().snapshot
        except IndexingError:
            return "off"
        return snapshot.manifest.token_fingerprint if self._reranker.serves(snapshot) else "off"

    def reload(self) -> None:
        """Take up a switch now instead of within half a second."""
        self._current.reload()

    def search(self, query: SearchQuery, mode: RankingMode = RankingMode.DEFAULT) -> SearchResult:
        """`timings_ms` has "rerank" where that took place, "rerank_shed" with 0 where it was left out under load.

        Raises NoSnapshot, SnapshotMismatch, SnapshotDamaged, UnknownRegion.
        """
        timings: Timings = {}
        serving = self._current.get()
        snapshot = serving.snapshot
        found = snapshot.candidates(self._prepared(serving, query, mode, timings), timings)
        with timed(timings, "fuse"):
            fused, sure = fused_scores(query.text, mode, found, snapshot, self._tuning.fusion)
        ranking = self._ranking(snapshot, query, mode, found, fused, sure, timings)
        with timed(timings, "read"):
            order = ranking.order
            passages = snapshot.read(found, order)
            figures = zip(passages, ranking.scores.tolist(), found.cosines[order].tolist(), found.lexical[order].tolist(), strict=True)
            hits = tuple(RankedPassage(*figure) for figure in figures)
        return SearchResult(hits, snapshot.manifest.snapshot_id, timings)

    def _ranking(  # noqa: PLR0913, PLR0917 (what was found, and how it was asked for)
        self,
        snapshot: SearchableIndex,
        query: SearchQuery,
        mode: RankingMode,
        found: Candidates,
        fused: Scores,
        sure: float,
        timings: Timings,
    ) -> Ranking:
        weight = self._reranker.weight(sure)
        if mode is not RankingMode.DEFAULT or not weight or not self._reranker.serves(snapshot):
            return fused_ranking(fused, query.limit)
        if self._reranker.outcome() is RerankOutcome.SHED:
            timings["rerank_shed"] = 0.0
            return fused_ranking(fused, query.limit)
        with timed(timings, "rerank"):
            deep = fused_ranking(fused, max(query.limit, self._reranker.depth))
            return self._reranker.reranked(snapshot, query.text, found, deep, weight).first(query.limit)

    def _prepared(
        self, serving: ServingSnapshot[SearchableIndex], query: SearchQuery, mode: RankingMode, timings: Timings
    ) -> PreparedQuery:
        regions = tuple(self._regions.lineage(query.jurisdiction)) if query.jurisdiction else None
        vector, terms = None, tuple[str, ...]()
        if mode is not RankingMode.LEXICAL:
            with timed(timings, "embed"):
                vector = np.asarray(self._embedder.embed_queries([query.text])[0])
        if mode is not RankingMode.VECTOR:
            with timed(timings, "terms"):
                terms = tuple(dict.fromkeys([*serving.tokenizer.query_terms(query.text), *character_pairs(query.text)]))
        return PreparedQuery(mode, vector, terms, query.as_of, regions, max(self._tuning.fusion.candidates, query.limit))
