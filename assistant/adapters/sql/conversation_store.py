"""Answer records and feedback in SQL. What is saved has passed the privacy screen; nothing is masked here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from assistant.adapters.sql.answer_facts import note_facts
from assistant.adapters.sql.tables import answer_feedback, answers
from assistant.answer_status import AnswerStatus
from assistant.errors import UnknownAnswer
from assistant.models import AnswerFeedback, AnswerRecord, ConversationTurn, FeedbackKind
from knowledge_base.utc_moments import in_utc


class SqlConversationStore:
    """A ConversationStore on an engine that went through `prepare_conversations`. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._records = TypeAdapter(AnswerRecord)

    def save(self, record: AnswerRecord) -> None:
        row = {
            "conversation_id": record.conversation_id,
            "asked_at": record.question.asked_at.astimezone(UTC),
            "status": record.answer.status.value,
            "snapshot_id": record.snapshot_id,
            "record": self._records.dump_json(record).decode(),
        }
        with self._writing.begin() as connection:
            known = connection.execute(update(answers).where(answers.c.answer_id == record.answer_id).values(row))
            if known.rowcount == 0:
                connection.execute(insert(answers).values(answer_id=record.answer_id, **row))
            note_facts(connection, record, is_new=known.rowcount == 0)

    def last_turns(self, conversation_id: str, limit: int = 4) -> tuple[ConversationTurn, ...]:
        return tuple(_turn(record) for record in self.records_of(conversation_id, limit))

    def records_of(self, conversation_id: str, limit: int = 50) -> tuple[AnswerRecord, ...]:
        newest = select(answers.c.record).where(answers.c.conversation_id == conversation_id).order_by(answers.c.ordinal.desc())
        with self._engine.connect() as connection:
            bodies = connection.execute(newest.limit(limit)).scalars().all()
        return tuple(self._records.validate_json(body) for body in reversed(bodies))

    def get(self, answer_id: str) -> AnswerRecord | None:
        with self._engine.connect() as connection:
            body = connection.execute(select(answers.c.record).where(answers.c.answer_id == answer_id)).scalar()
        return None if body is None else self._records.validate_json(body)

    def recent(self, since: datetime, statuses: Collection[AnswerStatus], limit: int = 50) -> tuple[AnswerRecord, ...]:
        newest = select(answers.c.record).where(answers.c.asked_at >= since.astimezone(UTC)).order_by(answers.c.asked_at.desc())
        wanted = newest.where(answers.c.status.in_([status.value for status in statuses])).limit(limit)
        with self._engine.connect() as connection:
            bodies = connection.execute(wanted).scalars().all()
        return tuple(self._records.validate_json(body) for body in bodies)

    def recently_said(self, since: datetime, kinds: Collection[FeedbackKind], limit: int = 50) -> tuple[tuple[str, AnswerFeedback], ...]:
        newest = select(answer_feedback).where(answer_feedback.c.at >= since.astimezone(UTC)).order_by(answer_feedback.c.ordinal.desc())
        wanted = newest.where(answer_feedback.c.kind.in_([kind.value for kind in kinds])).limit(limit)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted).all()
        return tuple((row.answer_id, AnswerFeedback(FeedbackKind(row.kind), row.comment, in_utc(row.at))) for row in rows)

    def add_feedback(self, answer_id: str, kind: FeedbackKind, comment: str, at: datetime) -> None:
        # PostgreSQL refuses the null character, and nobody means it.
        said = comment.replace("\x00", "")
        row = {"answer_id": answer_id, "kind": kind.value, "comment": said, "at": at.astimezone(UTC)}
        try:
            with self._writing.begin() as connection:
                connection.execute(insert(answer_feedback).values(row))
        except IntegrityError as error:
            raise UnknownAnswer(answer_id) from error

    def feedback_on(self, answer_id: str) -> tuple[AnswerFeedback, ...]:
        said = select(answer_feedback).where(answer_feedback.c.answer_id == answer_id).order_by(answer_feedback.c.ordinal)
        with self._engine.connect() as connection:
            rows = connection.execute(said).all()
        return tuple(AnswerFeedback(FeedbackKind(row.kind), row.comment, in_utc(row.at)) for row in rows)


def _turn(record: AnswerRecord) -> ConversationTurn:
    return ConversationTurn(
        asked_at=record.question.asked_at,
        text=record.question.text,
        standalone_text=record.standalone_text,
        status=record.answer.status,
        subjects=record.subjects,
    )
