"""A PassageSearcher over a list, by brute force; passes the same contract suite as the snapshot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexing.errors import NoSnapshot
from indexing.models import Passage, RankedPassage, RankingMode, SearchQuery, SearchResult
from indexing.ports import Embedder, RegionLineage, Tokenizer
from indexing.rank_fusion import fuse


class MemoryPassageSearcher:
    """`passages` None means that nothing has been indexed yet. The lexical score is the number of shared terms."""

    def __init__(
        self,
        passages: Sequence[Passage] | None,
        embedder: Embedder,
        tokenizer: Tokenizer,
        regions: RegionLineage,
        snapshot_id: str = "memory",
    ) -> None:
        self._passages, self._snapshot_id = passages, snapshot_id
        self._embedder, self._tokenizer, self._regions = embedder, tokenizer, regions

    def search(self, query: SearchQuery, mode: RankingMode = RankingMode.DEFAULT) -> SearchResult:
        if self._passages is None:
            raise NoSnapshot
        lineage = self._regions.lineage(query.jurisdiction) if query.jurisdiction else None
        bound = [passage for passage in self._passages if _binds(passage, query, lineage)]
        vector = np.array([self._similarity(passage, query.text, mode) for passage in bound], dtype=np.float32)
        lexical = np.array([self._shared_terms(passage, query.text, mode) for passage in bound], dtype=np.float32)
        weight = {RankingMode.LEXICAL: 0.0, RankingMode.VECTOR: 1.0}.get(mode, 0.5)
        asked = len(self._tokenizer.query_terms(query.text)) or 1
        fused = fuse(vector, lexical / np.float32(asked), weight)
        ranked = [
            RankedPassage(passage, float(fused[at]), float(vector[at]), float(lexical[at]))
            for at, passage in enumerate(bound)
            if mode is not RankingMode.LEXICAL or lexical[at] > 0
        ]
        ranked.sort(key=lambda hit: -hit.score)
        return SearchResult(tuple(ranked[: query.limit]), self._snapshot_id, {"search": 0.0})

    def _similarity(self, passage: Passage, text: str, mode: RankingMode) -> float:
        if mode is RankingMode.LEXICAL:
            return 0.0
        return float(self._embedder.embed_passages([passage.search_text])[0] @ self._embedder.embed_queries([text])[0])

    def _shared_terms(self, passage: Passage, text: str, mode: RankingMode) -> float:
        if mode is RankingMode.VECTOR:
            return 0.0
        terms = self._tokenizer.passage_terms(passage.search_text)
        return float(sum(terms.count(term) for term in self._tokenizer.query_terms(text)))


def _binds(passage: Passage, query: SearchQuery, lineage: Sequence[str] | None) -> bool:
    in_region = lineage is None or passage.jurisdiction in lineage
    on_day = query.as_of is None or (passage.effective_on <= query.as_of and (passage.ends_on is None or query.as_of < passage.ends_on))
    return in_region and on_day
