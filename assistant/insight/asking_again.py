"""Asking a question again only to see how it would end now: nothing of it is kept or counted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from assistant.answer_status import AnswerStatus
from assistant.answering import PolicyAssistant
from assistant.models import CHINA_TIME, AnswerFeedback, AnswerRecord, CitizenQuestion, ConversationTurn, FeedbackKind
from assistant.ports import Clock

AskAgain = Callable[[str, str], AnswerStatus]
"""(question, jurisdiction or "") → how it ends now."""


class ForgetfulConversations:
    """A ConversationStore that keeps nothing."""

    def save(self, record: AnswerRecord) -> None:
        """Nothing happens."""

    def last_turns(self, conversation_id: str, limit: int = 4) -> tuple[ConversationTurn, ...]:
        return ()

    def records_of(self, conversation_id: str, limit: int = 50) -> tuple[AnswerRecord, ...]:
        return ()

    def get(self, answer_id: str) -> AnswerRecord | None:
        return None

    def recent(self, since: datetime, statuses: Collection[AnswerStatus], limit: int = 50) -> tuple[AnswerRecord, ...]:
        return ()

    def recently_said(self, since: datetime, kinds: Collection[FeedbackKind], limit: int = 50) -> tuple[tuple[str, AnswerFeedback], ...]:
        return ()

    def add_feedback(self, answer_id: str, kind: FeedbackKind, comment: str, at: datetime) -> None:
        """Nothing happens."""

    def feedback_on(self, answer_id: str) -> tuple[AnswerFeedback, ...]:
        return ()


def ask_again_with(assistant: Callable[[], PolicyAssistant], clock: Clock) -> AskAgain:
    """As a citizen of that region would ask it at this moment, in a conversation of its own."""

    def ask(question: str, jurisdiction: str) -> AnswerStatus:
        now = clock()
        asked = CitizenQuestion(question, uuid.uuid4().hex, jurisdiction or None, now.astimezone(CHINA_TIME).date(), now)
        return replace(assistant(), conversations=ForgetfulConversations()).answer(asked).answer.status

    return ask
