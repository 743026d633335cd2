"""From an answer to a person: the reason is read off the answer and what was said of it. Shared by pages and JSON interface."""

from __future__ import annotations

from api.container import Container
from assistant.answer_status import AnswerStatus
from assistant.errors import UnknownAnswer
from assistant.handoff.errors import HandoffError
from assistant.handoff.models import Handoff, HandoffTicket
from assistant.models import AnswerRecord, FeedbackKind

_NEEDS_PERSON = (AnswerStatus.HANDOFF_REQUESTED, AnswerStatus.AWAITING_RELEASE)


def ask_for_person(container: Container, answer_id: str, key: str = "") -> HandoffTicket:
    """`key` is the one the browser or program holds, "" for none yet. Raises UnknownAnswer, HandoffElsewhere."""
    record = container.conversations.get(answer_id)
    if record is None:
        raise UnknownAnswer(answer_id)
    desk = container.handoffs
    said = {feedback.kind for feedback in container.conversations.feedback_on(answer_id)}
    if FeedbackKind.WANTS_PERSON not in said:
        container.conversations.add_feedback(answer_id, FeedbackKind.WANTS_PERSON, "", container.clock())
        container.metrics.feedback.labels(FeedbackKind.WANTS_PERSON.value).inc()
    reason = desk.wording.reason(record, said)
    return desk.request(record.conversation_id, answer_id, reason, record.question.jurisdiction, key)


def ask_where_wished(container: Container, record: AnswerRecord, key: str) -> HandoffTicket | None:
    """The ticket where a person was asked for ("转人工") or must look first; None otherwise, or where another browser holds it."""
    if record.answer.status not in _NEEDS_PERSON:
        return None
    try:
        return ask_for_person(container, record.answer_id, key)
    except HandoffError:
        return None


def open_handoff(container: Container, record: AnswerRecord, key: str) -> Handoff | None:
    """The hand-over this conversation is in now, for whoever holds its key."""
    present = container.handoffs.store.of_conversation(record.conversation_id)
    if present is None or not present.is_open:
        return None
    try:
        return container.handoffs.for_citizen(present.id, key)
    except HandoffError:
        return None
