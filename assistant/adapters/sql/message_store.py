"""What citizens wrote, as clustering needs it: questions from the answers, messages from the work orders. All of it is masked already."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Engine, select

from assistant.adapters.sql.tables import answer_feedback, answers, work_orders
from assistant.answer_status import AnswerStatus
from assistant.insight.models import Message
from assistant.models import CHINA_TIME, FeedbackKind


class SqlMessageStore:
    """A MessageStore on an engine that went through `prepare_conversations`. Only reads; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unanswered(
        self, first: date, statuses: Collection[AnswerStatus], said: Collection[FeedbackKind], limit: int
    ) -> tuple[Message, ...]:
        doubted = self._doubted(first, said, limit)
        ended = answers.c.status.in_([status.value for status in statuses])
        since = answers.c.asked_at >= _midnight(first)
        wanted = select(answers.c.answer_id, answers.c.record).where(since, ended | answers.c.answer_id.in_(list(doubted)))
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.order_by(answers.c.asked_at.desc(), answers.c.ordinal.desc()).limit(limit)).all()
        return tuple(_question(record, doubted.get(answer_id, "")) for answer_id, record in rows)

    def voiced(self, first: date, statuses: Collection[AnswerStatus], limit: int) -> tuple[Message, ...]:
        wanted_orders = select(work_orders.c.record).where(work_orders.c.created_at >= _midnight(first))
        ended = answers.c.status.in_([status.value for status in statuses])
        asked = select(answers.c.record).where(answers.c.asked_at >= _midnight(first), ended)
        with self._engine.connect() as connection:
            orders = connection.execute(wanted_orders.order_by(work_orders.c.created_at.desc()).limit(limit)).scalars().all()
            questions = connection.execute(asked.order_by(answers.c.asked_at.desc()).limit(limit)).scalars().all()
        found = [_order(record) for record in orders] + [_question(record, "question") for record in questions]
        return tuple(sorted(found, key=lambda message: (message.at, message.id), reverse=True)[:limit])

    def _doubted(self, first: date, said: Collection[FeedbackKind], limit: int) -> dict[str, str]:
        """Answer id → what was said of it last; whoever doubts an old answer does so within the span too."""
        kinds = [kind.value for kind in said]
        wanted = select(answer_feedback.c.answer_id, answer_feedback.c.kind).where(answer_feedback.c.at >= _midnight(first))
        with self._engine.connect() as connection:
            newest = wanted.where(answer_feedback.c.kind.in_(kinds)).order_by(answer_feedback.c.ordinal.desc())
            rows = connection.execute(newest.limit(limit)).all()
        return {row.answer_id: row.kind for row in reversed(rows)}


def _question(body: str, why: str) -> Message:
    """`why` "" takes the ending."""
    record: dict[str, Any] = json.loads(body)
    question = record["question"]
    return Message(
        id=record["answer_id"],
        title=record["standalone_text"],
        text="",
        at=datetime.fromisoformat(question["asked_at"]),
        why=why or record["answer"]["status"],
        jurisdiction=question["jurisdiction"] or "",
        group=record["conversation_id"],
    )


def _order(body: str) -> Message:
    record: dict[str, Any] = json.loads(body)
    content = record["content"]
    return Message(
        id=record["number"],
        title=content["title"],
        text=content["content"],
        at=datetime.fromisoformat(record["created_at"]),
        why="order",
        jurisdiction=content["jurisdiction"],
        place=content["place"],
        # Whoever complains ten times is one voice; without a phone nothing tells callers apart.
        group=record["caller"]["phone_digest"] or record["number"],
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA_TIME).astimezone(UTC)
