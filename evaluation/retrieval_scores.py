"""Score ranked documents against labels. Pure functions over ids and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np

METRICS = ("hit@1", "hit@5", "hit@10", "mrr@10", "ndcg@10", "recall@100")
_BOOTSTRAP_ROUNDS = 1000
_BOOTSTRAP_SEED = 20200101  # fixed, so that the same results give the same intervals


@dataclass(frozen=True, slots=True)
class RankingScores:
    """One question's scores in [0, 1], in the order of METRICS."""

    hit_at_1: float
    hit_at_5: float
    hit_at_10: float
    mrr_at_10: float
    ndcg_at_10: float
    recall_at_100: float


def score_ranking(ranked: Sequence[str], relevant: Mapping[str, int]) -> RankingScores:
    """`ranked`: document ids, best first, each once. `relevant`: grades above 0 by document id; raises ValueError if there are none."""
    if not relevant:
        raise ValueError("没有标注相关文件的问题不能评分。")
    first = next((place for place, document in enumerate(ranked) if document in relevant), len(ranked) + 100)
    return RankingScores(
        hit_at_1=float(first < 1),
        hit_at_5=float(first < 5),
        hit_at_10=float(first < 10),
        mrr_at_10=1.0 / (first + 1) if first < 10 else 0.0,
        ndcg_at_10=_gain([relevant.get(document, 0) for document in ranked[:10]]) / _gain(sorted(relevant.values(), reverse=True)[:10]),
        recall_at_100=len(relevant.keys() & set(ranked[:100])) / len(relevant),
    )


def mean_scores(scores: Sequence[RankingScores]) -> dict[str, float]:
    """Means over questions, by metric name."""
    means = np.array([astuple(one) for one in scores], np.float64).mean(axis=0)
    return dict(zip(METRICS, means.tolist(), strict=True))


def bootstrap_intervals(scores: Sequence[RankingScores]) -> dict[str, tuple[float, float]]:
    """95 % percentile intervals of the means, resampling questions (Efron 1979; Sakai 2006 for retrieval), by metric name."""
    table = np.array([astuple(one) for one in scores], np.float64)
    generator = np.random.default_rng(_BOOTSTRAP_SEED)
    means = [table[generator.integers(0, len(table), len(table))].mean(axis=0) for _ in range(_BOOTSTRAP_ROUNDS)]
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return {name: (float(low[place]), float(high[place])) for place, name in enumerate(METRICS)}


def latency_percentiles(times_ms: Sequence[float]) -> dict[str, float]:
    return {"p50_ms": float(np.percentile(times_ms, 50)), "p95_ms": float(np.percentile(times_ms, 95))}


def _gain(grades: Sequence[int]) -> float:
    """Discounted cumulative gain with linear gains, as trec_eval computes it."""
    return float(sum(grade / np.log2(place + 2) for place, grade in enumerate(grades)))
