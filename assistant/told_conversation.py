"""A conversation that its caller tells anew with every question, as programs do: read as turns, kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.answer_status import AnswerStatus
from assistant.conversation_subject import about_a_matter
from assistant.intents import more_than_words
from assistant.models import Answer, AnswerFeedback, AnswerRecord, CitizenQuestion, ConversationTurn, FeedbackKind
from assistant.ports import ConversationStore

if TYPE_CHECKING:
    from assistant.answering import PolicyAssistant

_TITLE = re.compile(r"《([^《》\n]{2,80})》")
_SUBJECTS = 4


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was asked before and what the caller says it was answered. Neither is trusted: nothing of it is ever shown or cited."""

    question: str
    reply: str


@dataclass(frozen=True, slots=True)
class ToldConversation:
    """A ConversationStore in which one conversation has the `turns` that were told; everything else is the store's."""

    kept: ConversationStore
    conversation_id: str
    turns: tuple[ConversationTurn, ...]

    def save(self, record: AnswerRecord) -> None:
        self.kept.save(record)

    def last_turns(self, conversation_id: str, limit: int = 4) -> tuple[ConversationTurn, ...]:
        return self.turns[-limit:] if conversation_id == self.conversation_id else self.kept.last_turns(conversation_id, limit)

    def records_of(self, conversation_id: str, limit: int = 50) -> tuple[AnswerRecord, ...]:
        return self.kept.records_of(conversation_id, limit)

    def get(self, answer_id: str) -> AnswerRecord | None:
        return self.kept.get(answer_id)

    def recent(self, since: datetime, statuses: Collection[AnswerStatus], limit: int = 50) -> tuple[AnswerRecord, ...]:
        return self.kept.recent(since, statuses, limit)

    def recently_said(self, since: datetime, kinds: Collection[FeedbackKind], limit: int = 50) -> tuple[tuple[str, AnswerFeedback], ...]:
        return self.kept.recently_said(since, kinds, limit)

    def add_feedback(self, answer_id: str, kind: FeedbackKind, comment: str, at: datetime) -> None:
        self.kept.add_feedback(answer_id, kind, comment, at)

    def feedback_on(self, answer_id: str) -> tuple[AnswerFeedback, ...]:
        return self.kept.feedback_on(answer_id)


def told_turns(assistant: PolicyAssistant, question: CitizenQuestion, exchanges: Sequence[Exchange]) -> tuple[ConversationTurn, ...]:
    """The last exchanges as the turns they would have left, oldest first. Understood again, but not answered again.

    Raises IndexingError.
    """
    turns: tuple[ConversationTurn, ...] = ()
    for exchange in exchanges[-assistant.rules.follow_up.turns :]:
        turns = (*turns, _turn(assistant, question, exchange, about_a_matter(turns)))
    return turns


def _turn(
    assistant: PolicyAssistant, question: CitizenQuestion, exchange: Exchange, before: tuple[ConversationTurn, ...]
) -> ConversationTurn:
    asked = CitizenQuestion(exchange.question, question.conversation_id, question.jurisdiction, question.as_of, question.asked_at)
    screened = assistant.privacy.screen(asked)
    safe = assistant.safety.screen(screened)
    if isinstance(safe, Answer):
        return ConversationTurn(asked.asked_at, screened.text, screened.text, safe.status, ())
    heard = assistant.hearing.hear(safe)
    intent = assistant.intents.recognise(heard, in_conversation=bool(before))
    reply = assistant.intents.reply(heard, intent)
    if reply is not None:
        return ConversationTurn(asked.asked_at, screened.text, screened.text, reply.status, ())
    parts = (safe.text,) if more_than_words(intent) else assistant.splitter.split(safe.text)
    standalone = "\n".join(parts) if len(parts) > 1 else assistant.rewriter.rewrite(heard, before, intent).standalone_text
    return ConversationTurn(asked.asked_at, screened.text, standalone, AnswerStatus.ANSWERED, _subjects(assistant, exchange.reply))


def _subjects(assistant: PolicyAssistant, reply: str) -> tuple[str, ...]:
    """Titles of guides and documents that the reply names. They only widen what is searched for."""
    guides = [guide.title for guide in assistant.finder.guides.all() if guide.title in reply]
    return tuple(dict.fromkeys((*guides, *_TITLE.findall(reply))))[:_SUBJECTS]
