"""A ConversationStore in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from assistant.answer_status import AnswerStatus
from assistant.errors import UnknownAnswer
from assistant.models import AnswerFeedback, AnswerRecord, ConversationTurn, FeedbackKind


class MemoryConversationStore:
    def __init__(self) -> None:
        self._records: dict[str, AnswerRecord] = {}
        self._feedback: dict[str, list[AnswerFeedback]] = {}

    def save(self, record: AnswerRecord) -> None:
        self._records[record.answer_id] = record

    def last_turns(self, conversation_id: str, limit: int = 4) -> tuple[ConversationTurn, ...]:
        return tuple(
            ConversationTurn(
                asked_at=record.question.asked_at,
                text=record.question.text,
                standalone_text=record.standalone_text,
                status=record.answer.status,
                subjects=record.subjects,
            )
            for record in self.records_of(conversation_id, limit)
        )

    def records_of(self, conversation_id: str, limit: int = 50) -> tuple[AnswerRecord, ...]:
        records = [record for record in self._records.values() if record.conversation_id == conversation_id]
        return tuple(records[max(len(records) - limit, 0) :])

    def get(self, answer_id: str) -> AnswerRecord | None:
        return self._records.get(answer_id)

    def recent(self, since: datetime, statuses: Collection[AnswerStatus], limit: int = 50) -> tuple[AnswerRecord, ...]:
        found = [record for record in self._records.values() if record.question.asked_at >= since and record.answer.status in statuses]
        return tuple(sorted(found, key=lambda record: record.question.asked_at, reverse=True)[:limit])

    def recently_said(self, since: datetime, kinds: Collection[FeedbackKind], limit: int = 50) -> tuple[tuple[str, AnswerFeedback], ...]:
        pairs = [(answer_id, said) for answer_id, all_said in self._feedback.items() for said in all_said]
        found = [(answer_id, said) for answer_id, said in pairs if said.at >= since and said.kind in kinds]
        return tuple(sorted(found, key=lambda pair: pair[1].at, reverse=True)[:limit])

    def add_feedback(self, answer_id: str, kind: FeedbackKind, comment: str, at: datetime) -> None:
        if answer_id not in self._records:
            raise UnknownAnswer(answer_id)
        self._feedback.setdefault(answer_id, []).append(AnswerFeedback(kind, comment, at))

    def feedback_on(self, answer_id: str) -> tuple[AnswerFeedback, ...]:
        return tuple(self._feedback.get(answer_id, ()))
