"""What the assistant needs from outside. Search is indexing's PassageSearcher; the policy base is read through its stores."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from typing import Protocol

from assistant.answer_status import AnswerStatus
from assistant.models import AnswerFeedback, AnswerRecord, ConversationTurn, FeedbackKind

Clock = Callable[[], datetime]
"""Returns the present moment, timezone-aware."""


class ConversationStore(Protocol):
    """Answer records by conversation. Holds masked text only."""

    def save(self, record: AnswerRecord) -> None:
        """Durable on return. Saving an answer id again replaces the record and keeps its place in the conversation."""

    def last_turns(self, conversation_id: str, limit: int = 4) -> tuple[ConversationTurn, ...]:
        """Oldest first; empty for an unknown conversation."""

    def records_of(self, conversation_id: str, limit: int = 50) -> tuple[AnswerRecord, ...]:
        """The newest `limit` answers of a conversation, oldest first; empty for an unknown one."""

    def get(self, answer_id: str) -> AnswerRecord | None: ...

    def recent(self, since: datetime, statuses: Collection[AnswerStatus], limit: int = 50) -> tuple[AnswerRecord, ...]:
        """Answers since a moment that ended in one of these ways, newest first."""

    def recently_said(self, since: datetime, kinds: Collection[FeedbackKind], limit: int = 50) -> tuple[tuple[str, AnswerFeedback], ...]:
        """(answer id, what was said) since a moment, newest first."""

    def add_feedback(self, answer_id: str, kind: FeedbackKind, comment: str, at: datetime) -> None:
        """`comment` is already masked. Raises UnknownAnswer."""

    def feedback_on(self, answer_id: str) -> tuple[AnswerFeedback, ...]:
        """Oldest first; empty for an answer without any."""


class Script(Protocol):
    """Traditional characters as simplified ones."""

    def simplified(self, text: str) -> str: ...


class Sounds(Protocol):
    """How characters sound, so that a word written with others of the same sound is recognised."""

    def syllables(self, text: str) -> tuple[str, ...]:
        """One per character, without its tone; "" for what is no Chinese character."""


class CallBudget(Protocol):
    """How many calls to a language model a day allows, over all processes and restarts."""

    def take(self, day: date, limit: int) -> bool:
        """Counts one call and returns True, or returns False where the day's calls have reached `limit`."""

    def taken(self, day: date) -> int: ...


class AnswerGenerator(Protocol):
    """A language model, wherever it runs. What it writes is never trusted: every sentence is checked before anybody sees it."""

    model: str
    """As the record names it."""

    def write(self, instructions: str, material: str) -> Iterator[str]:
        """Pieces of text as they come, at most as many characters and seconds as the adapter was told; safe to call from many threads.

        `instructions` are ours; `material` is data, delimited, with personal data masked. Raises GenerationFailed at any point.
        Closing the iterator ends the call.
        """
