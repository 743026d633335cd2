"""Better, worse, or only noise: a figure beside the same figure of an earlier run. Pure; shows nothing and stops nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evaluation.figures import Figure, Section
from evaluation.noise import Flips, Interval, flips

_DOUBT = 0.05
_GATE = 0.01


class Change(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NOISE = "noise"
    NEW = "new"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Change.BETTER: "变好",
    Change.WORSE: "变差",
    Change.SAME: "一样",
    Change.NOISE: "在波动范围内",
    Change.NEW: "没有可比的基线",
}


@dataclass(frozen=True, slots=True)
class EarlierFigure:
    """A figure as a baseline keeps it."""

    value: float | None
    cases: int
    interval: Interval | None
    outcomes: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`flips` None: single cases are not known of both runs, so intervals were compared."""

    change: Change
    before: float | None = None
    flips: Flips | None = None


def compare(now: Figure, before: EarlierFigure | None) -> Comparison:
    """By the exact McNemar test (two-sided, 5 %) over the cases of both runs; else better or worse only where intervals do not overlap."""
    if before is None or before.value is None or now.value is None:
        return Comparison(Change.NEW)
    turned = flips(before.outcomes, now.outcomes) if before.outcomes and now.outcomes else None
    return Comparison(_change(now, now.value, before, before.value, turned), before.value, turned)


def regressions(section: Section, before: Mapping[str, EarlierFigure]) -> list[str]:
    """Why this result may not land, one Chinese sentence each: something that must be zero is not, or cases turned wrong beyond chance.

    Chance: exact one-sided McNemar test per figure, p < .01. Figures without single cases are not judged.
    """
    found = [f"{figure.label}：{figure.value:.0f} 题，应为 0。" for figure in section.figures if figure.must_be_zero and figure.value]
    for figure in section.figures:
        earlier = before.get(figure.name)
        turned = flips(earlier.outcomes, figure.outcomes) if earlier else None
        if turned and turned.p_worse < _GATE:
            found.append(
                f"{figure.label}：{len(turned.lost)} 题由对变错，{len(turned.gained)} 题由错变对（p={turned.p_worse:.2g}）。"
                f"变错的有：{'、'.join(turned.lost[:8])}"
            )
    return found


def earlier_figure(fields: Mapping[str, Any]) -> EarlierFigure:
    """From `figures.figure_fields`. Raises KeyError, TypeError, ValueError or AttributeError for anything else."""
    interval = fields.get("interval")
    return EarlierFigure(
        value=fields["value"],
        cases=int(fields["cases"]),
        interval=Interval(*interval) if interval else None,
        outcomes={**dict.fromkeys(fields["right"].split(), True), **dict.fromkeys(fields["wrong"].split(), False)},
    )


def _change(now: Figure, value: float, before: EarlierFigure, earlier: float, turned: Flips | None) -> Change:
    if turned is not None:
        return _case_by_case(turned)
    if value == earlier:
        return Change.SAME
    if _may_be_chance(now, before):
        return Change.NOISE
    return Change.BETTER if (value > earlier) == now.higher_is_better else Change.WORSE


def _case_by_case(turned: Flips) -> Change:
    if not turned.gained and not turned.lost:
        return Change.SAME
    if turned.p_changed >= _DOUBT:
        return Change.NOISE
    return Change.BETTER if len(turned.gained) > len(turned.lost) else Change.WORSE


def _may_be_chance(now: Figure, before: EarlierFigure) -> bool:
    if now.interval and before.interval:
        return now.interval.overlaps(before.interval)
    # A single measurement of time or length says nothing of how much it varies; a count that must be zero does.
    return not now.must_be_zero
