"""From which confidence on a classifier may act alone. Pure functions over predictions made for texts it had not learned from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Scored = Sequence[tuple[float, bool]]
"""(confidence, whether the first label was right) per text."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The `taken` surest texts, all at `threshold` or above, and the share of them that is right."""

    threshold: float
    taken: int
    precision: float


def reaches(scored: Scored) -> Iterator[Reach]:
    """One for every confidence that occurs, falling. Equal confidences are taken together: no threshold could part them."""
    right, surest_first = 0, sorted(scored, key=lambda one: -one[0])
    for taken, (confidence, is_right) in enumerate(surest_first, start=1):
        right += is_right
        if taken == len(surest_first) or surest_first[taken][0] < confidence:
            yield Reach(confidence, taken, right / taken)


def widest_reach(precision: float, scored: Scored) -> Reach | None:
    """The widest with at least `precision`, or None.

    It must hold at least 1 / (1 - precision) texts, or all there are: fewer without a mistake would pass however bad the classifier is.
    """
    least = min(math.ceil(1 / max(1 - precision, 1e-9) - 1e-6), len(scored))
    fitting = [reach for reach in reaches(scored) if reach.taken >= least and reach.precision >= precision]
    return fitting[-1] if fitting else None


def threshold_for(precision: float, scored: Scored) -> float | None:
    """The lowest confidence at which, of all texts that reach it, at least `precision` are right; None where none will do."""
    reach = widest_reach(precision, scored)
    return reach.threshold if reach else None


def coverage_at(precision: float, scored: Scored) -> float:
    """The share of texts that widest_reach takes; 0 where there is none."""
    reach = widest_reach(precision, scored)
    return reach.taken / len(scored) if reach else 0.0
