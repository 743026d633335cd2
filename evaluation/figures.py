"""What a measurement gives: figures with names people can read, and what has to be zero. Holds numbers, measures nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from evaluation.noise import Interval, bootstrap_interval, wilson_interval


class Unit(StrEnum):
    SHARE = "share"
    COUNT = "count"
    CHARACTERS = "characters"
    MILLISECONDS = "ms"


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` None: nothing to measure. `outcomes` by case id where each case is kept, so that two runs can be compared case by case.

    `goal` is the least (or, where lower is better, the most) it should reach; a figure with `must_be_zero` may never be anything else.
    """

    name: str
    label: str
    value: float | None
    cases: int
    unit: Unit = Unit.SHARE
    interval: Interval | None = None
    goal: float | None = None
    higher_is_better: bool = True
    must_be_zero: bool = False
    outcomes: Mapping[str, bool] = field(default_factory=dict)

    @property
    def reached(self) -> bool | None:
        """None where there is no goal, or nothing to measure it by."""
        if self.value is None or self.goal is None:
            return None
        return self.value >= self.goal if self.higher_is_better else self.value <= self.goal


@dataclass(frozen=True, slots=True)
class Table:
    """One group of cases a row: a name, then shares in the order of `columns` with the number of cases each is of; None: no cases."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[float | None, int], ...]], ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One case that went wrong: what was asked, what a right answer looks like, what came instead. `grave` must never happen."""

    case: str
    asked: str
    expected: str
    got: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One measurement of the report. `about` says in a sentence or two what it measures and how."""

    name: str
    title: str
    about: str
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    seconds: float = 0.0

    def figure(self, name: str) -> Figure:
        return next(figure for figure in self.figures if figure.name == name)


def share_of(
    name: str,
    label: str,
    outcomes: Mapping[str, bool],
    *,
    goal: float | None = None,
    groups: Mapping[str, str] | None = None,
) -> Figure:
    """The share of cases that came out right; `groups`: case → what it belongs to, see `bootstrap_interval`."""
    if not outcomes:
        return Figure(name, label, None, 0, goal=goal)
    interval = bootstrap_interval(list(outcomes.values()), [groups[case] for case in outcomes] if groups else None)
    value = round(sum(outcomes.values()) / len(outcomes), 4)
    return Figure(name, label, value, len(outcomes), interval=interval, goal=goal, outcomes=dict(outcomes))


def stated_share(  # noqa: PLR0913 - what a figure is called and compared by, by keyword
    name: str,
    label: str,
    value: float | None,
    cases: int,
    *,
    goal: float | None = None,
    higher_is_better: bool = True,
    interval: Interval | None = None,
) -> Figure:
    """A share measured elsewhere, of which single cases are not known."""
    known = value is not None and cases > 0
    interval = interval or (wilson_interval(value, cases) if known and value is not None else None)
    return Figure(name, label, value if known else None, cases, interval=interval, goal=goal, higher_is_better=higher_is_better)


def never(name: str, label: str, count: int, cases: int) -> Figure:
    """How often something happened that must not happen at all."""
    return Figure(name, label, count, cases, Unit.COUNT, goal=0, higher_is_better=False, must_be_zero=True)


def figure_fields(figure: Figure) -> dict[str, Any]:
    """As it is written to a file; outcomes as the two lists of cases."""
    interval = figure.interval
    return {
        "label": figure.label,
        "value": figure.value,
        "cases": figure.cases,
        "unit": str(figure.unit),
        **({"interval": [interval.low, interval.high]} if interval else {}),
        **({"goal": figure.goal} if figure.goal is not None else {}),
        # One line each: a list would fill a page a figure.
        "right": " ".join(sorted(case for case, right in figure.outcomes.items() if right)),
        "wrong": " ".join(sorted(case for case, right in figure.outcomes.items() if not right)),
    }
