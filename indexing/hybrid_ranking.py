"""One score for each candidate of a search, from what vectors and words say for it. Pure; the same for every engine."""

from __future__ import annotations

import numpy as np

from indexing.models import RankingMode
from indexing.rank_fusion import Scores, adapted_sureness, fuse, vector_weight, with_adapted, word_evidence
from indexing.searchable_index import Candidates, SearchableIndex
from indexing.tuning import FusionTuning


def fused_scores(text: str, mode: RankingMode, found: Candidates, index: SearchableIndex, tuning: FusionTuning) -> tuple[Scores, float]:
    """float32 in [0, 1], in the order of `found.rows`, and how far the tuned vectors led, 0 to 1. `text`: the question."""
    nothing = np.zeros(len(found.rows), np.float32)
    if mode is RankingMode.LEXICAL:
        return fuse(nothing, found.lexical / np.float32(found.ceiling or 1.0), 0.0), 0.0
    if mode is RankingMode.VECTOR or found.matches is None:
        return fuse(found.cosines, nothing, 1.0), 0.0
    average = np.float32(index.average_cosine)
    # The share of the way from the average pair of passages (0) to the same text (1).
    nearness = (found.cosines - average) / (np.float32(1) - average)
    said = found.matches.evidence(text, tuning)
    words = word_evidence(said.share, said.document, said.run, tuning)
    large = index.manifest.passage_count >= tuning.large_from
    coverage = float(said.share.max(initial=0.0))
    fused = fuse(nearness, words, vector_weight(coverage, tuning) if large else tuning.vector_weight_small)
    # The mean of a few documents is what one of them says, so nothing can be told from it.
    if mode is RankingMode.HYBRID or found.leading is None or not large:
        return fused, 0.0
    sure = adapted_sureness(found.leading, coverage, tuning)
    return with_adapted(fused, found.leading, words, sure, tuning), sure
