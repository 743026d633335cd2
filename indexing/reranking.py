"""The best hits in a better order: what their tokens say of the question, mixed into what the search found. Pure, but for the load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from indexing.rank_fusion import Scores, best_first
from indexing.tuning import RerankingTuning


class RerankOutcome(StrEnum):
    """What became of the reranking of a search: done, or left out under load (the fused order then stands)."""

    DONE = "done"
    SHED = "shed"


@dataclass(frozen=True, slots=True)
class RerankLoad:
    """`waiting`: how many questions wait before they may search at all. `count` is told how each search ended."""

    waiting: Callable[[], int] = lambda: 0
    count: Callable[[RerankOutcome], None] = lambda _: None

    def is_high(self, tuning: RerankingTuning) -> bool:
        """True where every millisecond counts more than the order of what was found."""
        return self.waiting() >= tuning.most_waiting


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Places of the candidates, best first, and the score of each in [0, 1], falling."""

    order: npt.NDArray[np.int64]
    scores: Scores

    def first(self, limit: int) -> Ranking:
        return Ranking(self.order[:limit], self.scores[:limit])


def fused_ranking(fused: Scores, limit: int) -> Ranking:
    order = best_first(fused, limit)
    return Ranking(order, fused[order])


def reranked(fused: Ranking, similarities: Scores, weight: float) -> Ranking:
    """The first `len(similarities)` by their mixed scores, then the others as they were, none of them above the last of these."""
    count = len(similarities)
    if not count:
        return fused
    mixed = mixed_scores(fused.scores[:count], similarities, weight)
    places = np.argsort(-mixed, kind="stable")
    order = np.concatenate([fused.order[:count][places], fused.order[count:]])
    scores = np.concatenate([mixed[places], np.minimum(fused.scores[count:], mixed.min())])
    return Ranking(order, scores)


def mixed_scores(fused: Scores, similarities: Scores, weight: float) -> Scores:
    """In [0, 1]. How high similarities of tokens stand depends on the question, so they are measured from their mean among its hits."""
    mixed: Scores = np.clip(fused + np.float32(weight) * (similarities - similarities.mean()), 0.0, 1.0).astype(np.float32)
    return mixed
