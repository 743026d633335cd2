"""Fuse score lists over the same candidate rows into one ranking. Pure; knows nothing of passages."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from indexing.tuning import FusionTuning

Scores = npt.NDArray[np.float32]


def fuse(vector: Scores, lexical: Scores, vector_weight: float) -> Scores:
    """Weighted sum of a cosine and the share of the question's weight that the words cover; both clipped to [0, 1]; same order as given.

    Both are absolute measures, so a side that found nothing good does not count as much as one that did: min-max over the candidates
    lost .02 MRR@10 on everyday questions about law.
    """
    weight = np.float32(vector_weight)
    return weight * np.clip(vector, 0.0, 1.0) + (np.float32(1.0) - weight) * np.clip(lexical, 0.0, 1.0)


def vector_weight(coverage: float, tuning: FusionTuning) -> float:
    """The weight of the vector side for a question whose best keyword match covers this share of it: a straight line between two ends."""
    span = tuning.coverage_near - tuning.coverage_far
    nearness = min(1.0, max(0.0, (coverage - tuning.coverage_far) / span))
    return tuning.vector_weight_far + (tuning.vector_weight_near - tuning.vector_weight_far) * nearness


def word_evidence(share: Scores, document: Scores, run: Scores, tuning: FusionTuning) -> Scores:
    """What words say in all: those of the passage, those of its document, and those that stand together as in the question."""
    around, together = np.float32(tuning.document_weight), np.float32(tuning.run_weight)
    said: Scores = (np.float32(1) - around - together) * share + around * document + together * run
    return said


def adapted_sureness(adapted: Scores, coverage: float, tuning: FusionTuning) -> float:
    """0 to 1: whether the tuned vectors should lead. They know the kind of question that they bring very near to some passage; the more
    of it the best passage says in its own words, the less there is to translate.
    """
    best = float(adapted.max(initial=0.0)) - tuning.adapted_coverage * coverage
    return min(1.0, max(0.0, (best - tuning.adapted_from) / (tuning.adapted_full - tuning.adapted_from)))


def with_adapted(fused: Scores, adapted: Scores, words: Scores, sureness: float, tuning: FusionTuning) -> Scores:
    """Moves from `fused` to a sum in which the adapted cosine leads, as far as the adapter is sure. All in [0, 1]."""
    sure = np.float32(sureness)
    leading = np.float32(tuning.adapted_weight)
    led: Scores = leading * np.clip(adapted, 0, 1) + (np.float32(1) - leading) * np.clip(words, 0, 1)
    moved: Scores = (np.float32(1) - sure) * fused + sure * led
    return moved


def best_first(scores: Scores, limit: int) -> npt.NDArray[np.int64]:
    """Positions of the `limit` highest scores, best first; equal scores keep their order."""
    if limit <= 0:
        return np.empty(0, dtype=np.int64)
    if limit < scores.size:
        # Everything that ties with the last place is kept, so that ties are cut by position and not by the partition's whim.
        threshold = np.partition(scores, scores.size - limit)[scores.size - limit]
        kept = np.flatnonzero(scores >= threshold)
    else:
        kept = np.arange(scores.size)
    return kept[np.argsort(-scores[kept], kind="stable")][:limit]
