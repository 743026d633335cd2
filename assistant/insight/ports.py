"""What insight needs from outside: counting, texts to cluster, a clusterer, and a place for its results."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

from assistant.answer_status import AnswerStatus
from assistant.insight.models import DayCount, DayLatency, GradeCount, IssueKind, IssueMark, IssueReport, Message, OrderTerm, Span
from assistant.insight.rules import Likeness
from assistant.models import FeedbackKind

Regions = Collection[str] | None
"""Codes of jurisdictions to count; None counts everything, also what names no region."""


class FigureStore(Protocol):
    """Counts what is stored. Nothing it gives holds a text a citizen wrote. Days are those in China."""

    def endings(self, span: Span, regions: Regions = None) -> tuple[DayCount, ...]:
        """Answers by day and AnswerStatus; days and endings without any are left out. Ordered by day, name."""

    def subjects(self, span: Span, regions: Regions = None) -> tuple[DayCount, ...]:
        """Answers by day and the title they first rest on; answers that rest on none are left out."""

    def latencies(self, span: Span, step: str = "total") -> tuple[DayLatency, ...]:
        """By day, of one step of answering or of all together."""

    def feedback(self, span: Span) -> tuple[DayCount, ...]:
        """By day and FeedbackKind."""

    def handoffs(self, span: Span) -> tuple[DayCount, ...]:
        """By the day they were asked for and HandoffState."""

    def grades(self, span: Span) -> tuple[GradeCount, ...]:
        """Surveys by the day they were answered; hand-overs by the day they were asked for; orders by the day they were taken in."""

    def resolved(self, span: Span) -> tuple[DayCount, ...]:
        """Surveys by day and the answer to whether the matter was resolved; those who left it open are not counted."""

    def order_classes(self, span: Span, regions: Regions = None) -> tuple[DayCount, ...]:
        """Orders by the day they were taken in and their first-level class, "" where they have none."""

    def order_terms(self, span: Span, regions: Regions = None) -> tuple[OrderTerm, ...]:
        """Every order taken in then, by number; `department_id` "" while it was never dispatched."""

    def sent_back(self, span: Span) -> tuple[DayCount, ...]:
        """By day and the department that sent an order back."""


class MessageStore(Protocol):
    """Masked texts of citizens, newest first."""

    def unanswered(
        self, first: date, statuses: Collection[AnswerStatus], said: Collection[FeedbackKind], limit: int
    ) -> tuple[Message, ...]:
        """Questions since a day that ended so or of which somebody said so; each once. `why` is the status or the kind of feedback."""

    def voiced(self, first: date, statuses: Collection[AnswerStatus], limit: int) -> tuple[Message, ...]:
        """Work orders since a day (`why` "order"), and questions that ended so (`why` "question")."""


class MessageClusterer(Protocol):
    """Puts together what is about the same matter. The same messages in the same order give the same clusters."""

    def cluster(self, messages: Sequence[tuple[str, str]], likeness: Likeness) -> tuple[tuple[int, ...], ...]:
        """(title, text) pairs → places in `messages`: each exactly once, the largest cluster first, in it the most typical first.

        Members of a cluster are on average at least so alike.
        """


class IssueStore(Protocol):
    """The newest report of each kind, and what was decided about questions."""

    def keep(self, report: IssueReport) -> None:
        """Replaces the one before."""

    def report(self, kind: IssueKind) -> IssueReport | None: ...

    def mark(self, marks: Sequence[IssueMark]) -> None:
        """A later mark on a question replaces the earlier one."""

    def unmark(self, answer_ids: Collection[str]) -> None: ...

    def marks(self, answer_ids: Collection[str]) -> dict[str, IssueMark]:
        """By answer id; those without a mark are missing."""
