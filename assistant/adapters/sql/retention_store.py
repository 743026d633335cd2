"""Deletes in SQL what has been kept long enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Engine, Select, delete, exists, func, or_, select, text, update

from assistant.adapters.sql.tables import (
    answer_feedback,
    answer_ratings,
    answers,
    handoff_messages,
    handoffs,
    issue_marks,
    issue_reports,
    order_departments,
    order_moves,
    rated_cases,
    routing_examples,
    survey_responses,
    webhook_deliveries,
    work_orders,
)
from assistant.handoff.models import Handoff, HandoffState
from assistant.hotline.models import Caller, OrderState, WorkOrder
from assistant.retention import Forgotten

_OPEN = (HandoffState.WAITING.value, HandoffState.CLAIMED.value)
_NOBODY = Caller("", "", "", "", "")
_AT_ONCE = 500
"""Rows per transaction: others write in between."""


class SqlRetentionStore:
    """A RetentionStore on an engine that went through `prepare_conversations`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._orders, self._handoffs = TypeAdapter(WorkOrder), TypeAdapter(Handoff)

    def conversation_of(self, id_: str) -> str | None:
        wanted = id_.replace("\x00", "")
        lookups = (
            select(answers.c.conversation_id).where(or_(answers.c.conversation_id == wanted, answers.c.answer_id == wanted)),
            select(handoffs.c.conversation_id).where(or_(handoffs.c.conversation_id == wanted, handoffs.c.handoff_id == wanted)),
        )
        if not wanted:
            return None
        with self._engine.connect() as connection:
            found = (connection.execute(lookup.limit(1)).scalar() for lookup in lookups)
            return next((str(conversation) for conversation in found if conversation), None)

    def has_open_handoff(self, conversation_id: str) -> bool:
        of_it = select(handoffs.c.ordinal).where(handoffs.c.conversation_id == conversation_id, handoffs.c.state.in_(_OPEN))
        with self._engine.connect() as connection:
            return connection.execute(of_it.limit(1)).first() is not None

    def forget_conversation(self, conversation_id: str) -> Forgotten:
        with self._writing.begin() as connection:
            # Clusters quote what citizens asked; they are made again from what is left.
            connection.execute(delete(issue_reports))
            of_it = select(answers.c.answer_id).where(answers.c.conversation_id == conversation_id)
            # Whoever asks for deletion means what became of the question too.
            connection.execute(delete(rated_cases).where(rated_cases.c.answer_id.in_(of_it)))
            return self._forget(connection, [conversation_id])

    def forget_conversations_before(self, moment: datetime) -> Forgotten:
        forgotten = Forgotten(notifications=self._forget_notifications(moment))
        while conversations := self._outlived(moment):
            with self._writing.begin() as connection:
                forgotten += self._forget(connection, conversations)
        return forgotten

    def forget_contacts_closed_before(self, moment: datetime) -> Forgotten:
        known = work_orders.c.record.not_like('%"sealed":""%')
        erased = 0
        while rows := self._closed(moment, known):
            for number in rows:
                erased += self._erase_contact(number)
        return Forgotten(contacts=erased)

    def forget_orders_closed_before(self, moment: datetime) -> Forgotten:
        gone = 0
        while numbers := self._closed(moment):
            with self._writing.begin() as connection:
                for table in (order_departments, order_moves):
                    connection.execute(delete(table).where(table.c.number.in_(numbers)))
                connection.execute(delete(routing_examples).where(routing_examples.c.order_number.in_(numbers)))
                connection.execute(delete(webhook_deliveries).where(webhook_deliveries.c.order_number.in_(numbers)))
                gone += connection.execute(delete(work_orders).where(work_orders.c.number.in_(numbers))).rowcount
        return Forgotten(orders=gone)

    def settle(self) -> None:
        """SQLite overwrites deleted rows at once (secure_delete), but pages of before stay in its log until that is emptied."""
        if self._engine.dialect.name == "postgresql":
            self._vacuum()
            return
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        finally:
            connection.close()

    def _vacuum(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in (
                answers,
                answer_feedback,
                answer_ratings,
                handoffs,
                handoff_messages,
                work_orders,
                survey_responses,
                webhook_deliveries,
            ):
                connection.execute(text(f"VACUUM {table.name}"))

    def _forget(self, connection: Connection, conversations: Sequence[str]) -> Forgotten:
        of_answers = select(answers.c.answer_id).where(answers.c.conversation_id.in_(conversations))
        held = list(connection.execute(select(handoffs.c.handoff_id).where(handoffs.c.conversation_id.in_(conversations))).scalars())
        _silence_surveys(connection, survey_responses.c.subject_id.in_([*conversations, *held]))
        connection.execute(delete(issue_marks).where(issue_marks.c.answer_id.in_(of_answers)))
        in_cases = select(rated_cases.c.answer_id)
        rated = answer_ratings.c.answer_id.in_(of_answers) & answer_ratings.c.answer_id.not_in(in_cases)
        return Forgotten(
            ratings=connection.execute(delete(answer_ratings).where(rated)).rowcount,
            feedback=connection.execute(delete(answer_feedback).where(answer_feedback.c.answer_id.in_(of_answers))).rowcount,
            answers=connection.execute(delete(answers).where(answers.c.conversation_id.in_(conversations))).rowcount,
            messages=connection.execute(delete(handoff_messages).where(handoff_messages.c.handoff_id.in_(held))).rowcount,
            handoffs=sum(self._empty_handoff(connection, body) for body in self._records_of(connection, conversations)),
        )

    def _records_of(self, connection: Connection, conversations: Sequence[str]) -> list[str]:
        return list(connection.execute(select(handoffs.c.record).where(handoffs.c.conversation_id.in_(conversations))).scalars())

    def _empty_handoff(self, connection: Connection, body: str) -> int:
        """It is still counted: when, how long, how it ended; nothing says whose it was or what about."""
        emptied = self._handoffs.validate_json(body).emptied()
        changed = {"version": emptied.version, "conversation_id": "", "record": self._handoffs.dump_json(emptied).decode()}
        return connection.execute(update(handoffs).where(handoffs.c.handoff_id == emptied.id).values(changed)).rowcount

    def _outlived(self, moment: datetime) -> list[str]:
        """Conversations of which every answer, message and request for a person is older than the moment."""
        cutoff = moment.astimezone(UTC)
        newer_answer = answers.alias("newer_answer")
        newer = exists().where(newer_answer.c.asked_at >= cutoff)
        talked = exists().where(handoffs.c.state.in_(_OPEN) | (handoffs.c.requested_at >= cutoff))
        asked: Select[Any] = select(answers.c.conversation_id).where(
            answers.c.asked_at < cutoff,
            ~newer.where(newer_answer.c.conversation_id == answers.c.conversation_id),
            ~talked.where(handoffs.c.conversation_id == answers.c.conversation_id),
        )
        alone = handoffs.alias("alone")
        waited = select(alone.c.conversation_id).where(
            alone.c.requested_at < cutoff,
            alone.c.conversation_id != "",
            ~newer.where(newer_answer.c.conversation_id == alone.c.conversation_id),
            ~talked.where(handoffs.c.conversation_id == alone.c.conversation_id),
        )
        with self._engine.connect() as connection:
            return list(connection.execute(asked.union(waited).limit(_AT_ONCE)).scalars())

    def _forget_notifications(self, moment: datetime) -> int:
        old = webhook_deliveries.c.created_at < moment.astimezone(UTC)
        with self._writing.begin() as connection:
            return connection.execute(delete(webhook_deliveries).where(old)).rowcount

    def _closed(self, moment: datetime, *more: ColumnElement[bool]) -> list[str]:
        """Numbers of closed orders with which nothing has happened since."""
        last = select(func.max(order_moves.c.at)).where(order_moves.c.number == work_orders.c.number).scalar_subquery()
        wanted = select(work_orders.c.number).where(work_orders.c.state == OrderState.CLOSED.value, last < moment.astimezone(UTC), *more)
        with self._engine.connect() as connection:
            return list(connection.execute(wanted.limit(_AT_ONCE)).scalars())

    def _erase_contact(self, number: str) -> int:
        with self._writing.begin() as connection:
            row = connection.execute(select(work_orders.c.record).where(work_orders.c.number == number).with_for_update()).first()
            if row is None:
                return 0
            order = self._orders.validate_json(row.record)
            # The next version: whoever has the order open in a form learns that it has changed.
            erased = replace(order, version=order.version + 1, caller=_NOBODY)
            changed = {"version": erased.version, "phone_digest": "", "record": self._orders.dump_json(erased).decode()}
            return connection.execute(update(work_orders).where(work_orders.c.number == number).values(changed)).rowcount


def _silence_surveys(connection: Connection, theirs: ColumnElement[bool]) -> None:
    """The grade was only ever counted; the words may say who gave it."""
    connection.execute(update(survey_responses).where(theirs).values(comment=""))
