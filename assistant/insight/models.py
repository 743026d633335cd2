"""Frozen values of insight: spans of days, counts, figures, and clusters of what citizens wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from assistant.hotline.order_terms import Satisfaction


@dataclass(frozen=True, slots=True)
class Span:
    """Days in China, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Span:
        """The equally long span that ends the day before."""
        return Span(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def each(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=number) for number in range(self.days))


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many of `name` on a day."""

    day: date
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class DayLatency:
    """Half of the answers took at most `p50_ms`, nineteen in twenty at most `p95_ms` (nearest rank)."""

    day: date
    answers: int
    p50_ms: float
    p95_ms: float


class RatingSource(StrEnum):
    """Where a grade comes from. Nobody is asked twice for the same thing, so they can be counted side by side."""

    CONVERSATION = "conversation"
    HANDOFF = "handoff"
    ORDER = "order"

    @property
    def label(self) -> str:
        return {"conversation": "对话问卷", "handoff": "人工服务评价", "order": "工单回访"}[self.value]


@dataclass(frozen=True, slots=True)
class GradeCount:
    source: RatingSource
    grade: Satisfaction
    count: int


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One order as far as deadlines go. Days in China; `replied_on` None while no reply has been given."""

    number: str
    department_id: str
    created_on: date
    due_on: date
    replied_on: date | None


class IssueKind(StrEnum):
    UNANSWERED = "unanswered"
    HOT = "hot_issues"


@dataclass(frozen=True, slots=True)
class Message:
    """Something a citizen wrote, masked. `why` says how it came here. `group`: the same person or conversation counts once as support."""

    id: str
    title: str
    text: str
    at: datetime
    why: str
    jurisdiction: str = ""
    place: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class IssueText:
    """A message of a cluster as shown; `link` "" where there is no page for it."""

    id: str
    text: str
    day: date
    why: str
    jurisdiction: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """Messages about one matter. `texts` begin with the most typical; `ids` are all of them, also those that are not shown.

    `before`: how many in the equally long span before. `supports`: distinct conversations or callers. `department_id` "" where no
    department is likely. `answered_now` is the status of asking the most typical question again, "" where that was not done.
    """

    id: str
    texts: tuple[IssueText, ...]
    ids: tuple[str, ...]
    first_on: date
    last_on: date
    before: int = 0
    supports: int = 0
    places: tuple[tuple[str, int], ...] = ()
    department_id: str = ""
    department: str = ""
    answered_now: str = ""
    why: tuple[tuple[str, int], ...] = ()

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def growth(self) -> int:
        return self.count - self.before


@dataclass(frozen=True, slots=True)
class IssueReport:
    """What one clustering found, largest first. `left_out`: messages beyond what one run takes."""

    kind: IssueKind
    made_at: datetime
    span: Span
    messages: int
    left_out: int
    seconds: float
    issues: tuple[Issue, ...]


class MarkState(StrEnum):
    DONE = "done"
    IGNORED = "ignored"

    @property
    def label(self) -> str:
        return "已处理" if self is MarkState.DONE else "不必处理"


@dataclass(frozen=True, slots=True)
class IssueMark:
    """What somebody decided about one question; a cluster is remembered by its questions, for the next run may draw it otherwise."""

    answer_id: str
    state: MarkState
    by: str
    reason: str
    at: datetime
