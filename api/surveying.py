"""When a citizen is invited to a survey: once, never for what was asked already, and never in the way."""

from __future__ import annotations

from api.container import Container
from assistant.handoff.models import HandoffState
from assistant.insight.issue_finder import ANSWERED
from assistant.models import AnswerRecord
from assistant.surveys.models import Invitation, SurveySubject

RATED_THERE = (HandoffState.WAITING, HandoffState.CLAIMED, HandoffState.CLOSED)
"""Who talks or talked to a person rates that conversation there."""


def invitation_after(container: Container, record: AnswerRecord) -> Invitation | None:
    """Under an answer that rests on something."""
    if record.answer.status not in ANSWERED:
        return None
    present = container.handoffs.store.of_conversation(record.conversation_id)
    if present is not None and present.state in RATED_THERE:
        return None
    return container.insight.surveys.invitation(SurveySubject.CONVERSATION, record.conversation_id)
