"""How much of a difference is chance: intervals of shares, and tests of two runs over the same cases. Pure functions over numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

_ROUNDS = 2000
_SEED = 20200101  # fixed, so that the same results give the same intervals
_WIDTH = 1.959964  # of a 95 % interval, in standard errors


@dataclass(frozen=True, slots=True)
class Interval:
    """95 %, both ends within [0, 1]."""

    low: float
    high: float

    def overlaps(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class Flips:
    """Cases of both runs that turned right or wrong."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def p_worse(self) -> float:
        """Exact one-sided McNemar test: how often chance alone would turn this many of the changed cases wrong, or more."""
        return at_least(len(self.lost), len(self.lost) + len(self.gained))

    @property
    def p_changed(self) -> float:
        """The same, two-sided."""
        return min(1.0, 2 * at_least(max(len(self.lost), len(self.gained)), len(self.lost) + len(self.gained)))


def flips(before: Mapping[str, bool], now: Mapping[str, bool]) -> Flips:
    """Only cases of both runs are compared."""
    both = [case for case in now if case in before]
    return Flips(
        gained=tuple(case for case in both if now[case] and not before[case]),
        lost=tuple(case for case in both if before[case] and not now[case]),
    )


def at_least(count: int, of: int) -> float:
    """P(X ≥ count) for X of `of` fair coins; 1.0 for no coins at all."""
    return sum(math.comb(of, heads) for heads in range(count, of + 1)) / (1 << of)


def bootstrap_interval(outcomes: Sequence[bool], groups: Sequence[str] | None = None) -> Interval:
    """Of the share of True. With `groups`, one name per outcome, whole groups are drawn: turns of a conversation are not independent.

    Raises ValueError for no outcomes.
    """
    if not outcomes:
        raise ValueError("没有可以计算区间的题目。")
    names = list(groups) if groups is not None else [str(place) for place in range(len(outcomes))]
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    right, sizes = np.zeros(len(places)), np.zeros(len(places))
    for name, outcome in zip(names, outcomes, strict=True):
        right[places[name]] += outcome
        sizes[places[name]] += 1
    drawn = np.random.default_rng(_SEED).integers(0, len(places), (_ROUNDS, len(places)))
    low, high = np.percentile(right[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [2.5, 97.5])
    return Interval(round(float(low), 4), round(float(high), 4))


def wilson_interval(share: float, cases: int) -> Interval:
    """Where only a share and its number of cases are known (Wilson 1927): honest also at 0 and at 1. Raises ValueError for no cases."""
    if cases <= 0:
        raise ValueError("没有可以计算区间的题目。")
    spread = _WIDTH**2 / cases
    centre = (share + spread / 2) / (1 + spread)
    half = _WIDTH * math.sqrt(share * (1 - share) / cases + spread / (4 * cases)) / (1 + spread)
    return Interval(round(max(0.0, centre - half), 4), round(min(1.0, centre + half), 4))
