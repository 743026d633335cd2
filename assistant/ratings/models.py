"""Frozen values of ratings: what can be rated in an answer, what somebody gave, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class RatedSentence:
    """A sentence as shown; `source` says in Chinese where it comes from, `citation` is the number of the citation it stands on."""

    text: str
    source: str
    citation: int | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """What one person gave one answer: points by sentence and by citation, in the order shown. `comment` is masked."""

    answer_id: str
    by: str
    at: datetime
    sentences: tuple[int, ...]
    citations: tuple[int, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TakenUp:
    """That an answer has become a case; `number` is never given twice."""

    answer_id: str
    number: int
    by: str
    at: datetime

    @property
    def case_id(self) -> str:
        return f"rated-{self.number:04d}"


@dataclass(frozen=True, slots=True)
class RatedCase:
    """A line of a golden set, in its words (evaluation/golden/README.md): what was asked, and what a right answer looks like."""

    question: str
    region: str | None
    as_of: date
    kind: str
    expect: tuple[str, ...]
    provisions: tuple[str, ...]
    guides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """Of ratings that stand. `score` 0..100, the rest are shares 0..1; None where nothing was rated.

    `right_citations`: None too where no rated answer cited anything. `agreement`: None where nobody rated what another had rated.
    """

    ratings: int
    answers: int
    score: float | None
    right_sentences: float | None
    right_citations: float | None
    agreement: float | None
    week: date | None = None
    """The Monday of the week these are of; None for all of them."""
