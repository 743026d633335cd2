"""Score predicted labels against true ones. Pure functions over labels and confidences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.classification import ScoredLabel
from assistant.confidence import coverage_at, reaches

PRECISIONS = (0.97, 0.95, 0.99)
_CURVE_POINTS = 20
_CALIBRATION_BINS = 15
_TOP = 3
_ROUNDING = 4


@dataclass(frozen=True, slots=True)
class Prediction:
    """`ranked`: labels with confidences, best first. `accepted`: every label that counts as right, `label` among them."""

    label: str
    accepted: frozenset[str]
    ranked: tuple[ScoredLabel, ...]

    @property
    def best(self) -> ScoredLabel:
        return self.ranked[0]

    @property
    def is_right(self) -> bool:
        return self.best.label in self.accepted

    @property
    def truth(self) -> str:
        """The accepted label that was given, else the message's own."""
        return self.best.label if self.is_right else self.label


def routing_summary(predictions: Sequence[Prediction]) -> dict[str, Any]:
    """Shares in [0, 1]. "coverage_at_precision": see assistant.confidence.widest_reach. Raises ValueError for no predictions."""
    if not predictions:
        raise ValueError("没有可以评分的问题。请检查测试文件。")
    by_label, scored = f1_by_label(predictions), [(one.best.confidence, one.is_right) for one in predictions]
    return {
        "queries": len(predictions),
        "accuracy": _share(one.is_right for one in predictions),
        "macro_f1": round(sum(by_label.values()) / len(by_label), _ROUNDING),
        "top3": _share(any(guess.label in one.accepted for guess in one.ranked[:_TOP]) for one in predictions),
        "coverage_at_precision": {str(precision): round(coverage_at(precision, scored), _ROUNDING) for precision in PRECISIONS},
        "macro_f1_per_class": {label: round(score, _ROUNDING) for label, score in by_label.items()},
        "confusion": confusion(predictions),
        "precision_coverage": precision_coverage(scored),
        "ece": round(calibration_error(scored), _ROUNDING),
    }


def f1_by_label(predictions: Sequence[Prediction]) -> dict[str, float]:
    """Of every label that is true or was given somewhere."""
    true, given = Counter(one.truth for one in predictions), Counter(one.best.label for one in predictions)
    right = Counter(one.best.label for one in predictions if one.is_right)
    return {label: 2 * right[label] / (true[label] + given[label]) for label in sorted(true | given)}


def confusion(predictions: Sequence[Prediction]) -> dict[str, dict[str, int]]:
    """True label → given label → count; only pairs that occur."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for one in predictions:
        table[one.truth][one.best.label] += 1
    return {label: dict(table[label].most_common()) for label in sorted(table)}


def precision_coverage(scored: Sequence[tuple[float, bool]]) -> list[Mapping[str, float]]:
    """Up to 20 points: taking all at `confidence` or above, the share taken and the share of those that is right."""
    steps = list(reaches(scored))
    wanted = [(number + 1) * len(scored) / _CURVE_POINTS for number in range(_CURVE_POINTS)]
    chosen = dict.fromkeys(next(place for place, step in enumerate(steps) if step.taken >= least) for least in wanted)
    return [
        {
            "coverage": round(steps[place].taken / len(scored), _ROUNDING),
            "precision": round(steps[place].precision, _ROUNDING),
            "confidence": round(steps[place].threshold, _ROUNDING),
        }
        for place in chosen
    ]


def calibration_error(scored: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over 15 bins of equal width (Naeini et al. 2015), in [0, 1]."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in scored:
        bins[min(int(confidence * _CALIBRATION_BINS), _CALIBRATION_BINS - 1)].append((confidence, right))
    gaps = (abs(sum(confidence - right for confidence, right in found)) for found in bins.values())
    return sum(gaps) / len(scored)


def _share(hits: Any) -> float:
    counted = [bool(hit) for hit in hits]
    return round(sum(counted) / len(counted), _ROUNDING)
