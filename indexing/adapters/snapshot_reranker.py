"""Rank the best candidates once more by the vectors of their tokens, where index and embedder both have them."""

from __future__ import annotations

from indexing.late_interaction import max_similarities
from indexing.ports import Embedder, TokenEmbedder
from indexing.reranking import Ranking, RerankLoad, RerankOutcome, reranked
from indexing.searchable_index import Candidates, SearchableIndex
from indexing.tuning import RerankingTuning


class SnapshotReranker:
    """Safe from many threads. What it needs of the question was computed with its vector, what it needs of the passages is kept."""

    def __init__(self, embedder: Embedder, tuning: RerankingTuning, load: RerankLoad) -> None:
        self._embedder = embedder if isinstance(embedder, TokenEmbedder) else None
        self._tuning, self._load = tuning, load

    def serves(self, index: SearchableIndex) -> bool:
        """False for a snapshot that was made without token vectors, or with those of other weights: it goes on answering without."""
        return self._embedder is not None and index.manifest.token_fingerprint == self._embedder.token_fingerprint

    @property
    def depth(self) -> int:
        """Candidates that it looks at."""
        return self._tuning.candidates

    def weight(self, sure: float) -> float:
        """Of what the tokens say. They know what the tuned vectors know, so they count as far as those are `sure`, 0 to 1."""
        return self._tuning.weight * max(sure, self._tuning.least)

    def outcome(self) -> RerankOutcome:
        """Of the search that asks; it is counted."""
        outcome = RerankOutcome.SHED if self._load.is_high(self._tuning) else RerankOutcome.DONE
        self._load.count(outcome)
        return outcome

    def reranked(self, index: SearchableIndex, text: str, found: Candidates, fused: Ranking, weight: float) -> Ranking:
        """`weight` is that of the tokens. An index that it does not serve keeps its order."""
        if self._embedder is None or not self.serves(index):
            return fused
        tokens = index.tokens(found, fused.order[: self._tuning.candidates])
        return reranked(fused, max_similarities(self._embedder.embed_question(text), tokens), weight)
