"""Hand-overs and their messages in SQL. What is saved has passed the privacy screen; nothing is masked here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from assistant.adapters.sql.tables import handoff_messages, handoffs
from assistant.adapters.sql.webhook_subscriber_store import add_event
from assistant.handoff.errors import HandoffChanged, UnknownHandoff
from assistant.handoff.models import ChatMessage, Handoff, HandoffState, Speaker
from assistant.hotline.webhook_events import HandoffEvents
from knowledge_base.utc_moments import in_utc


class SqlHandoffStore:
    """A HandoffStore on an engine that went through `prepare_conversations`. Safe to share between threads and processes.

    What `events` makes of a new hand-over is kept for delivery in the same transaction.
    """

    def __init__(self, engine: Engine, events: HandoffEvents = lambda _handoff: ()) -> None:
        self._engine, self._events = engine, events
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._handoffs = TypeAdapter(Handoff)

    def add(self, handoff: Handoff) -> None:
        try:
            with self._writing.begin() as connection:
                connection.execute(insert(handoffs).values(handoff_id=handoff.id, **self._row(handoff)))
                for event in self._events(handoff):
                    add_event(connection, event)
        except IntegrityError as error:
            raise HandoffChanged from error

    def save(self, handoff: Handoff) -> None:
        stored = (handoffs.c.handoff_id == handoff.id) & (handoffs.c.version == handoff.version - 1)
        with self._writing.begin() as connection:
            if connection.execute(update(handoffs).where(stored).values(self._row(handoff))).rowcount:
                return
            known = connection.execute(select(handoffs.c.version).where(handoffs.c.handoff_id == handoff.id)).first()
        raise HandoffChanged if known else UnknownHandoff

    def get(self, handoff_id: str) -> Handoff:
        with self._engine.connect() as connection:
            body = connection.execute(select(handoffs.c.record).where(handoffs.c.handoff_id == _clean(handoff_id))).scalar()
        if body is None:
            raise UnknownHandoff
        return self._handoffs.validate_json(body)

    def of_conversation(self, conversation_id: str) -> Handoff | None:
        newest = select(handoffs.c.record).where(handoffs.c.conversation_id == _clean(conversation_id))
        with self._engine.connect() as connection:
            body = connection.execute(newest.order_by(handoffs.c.ordinal.desc()).limit(1)).scalar()
        return None if body is None else self._handoffs.validate_json(body)

    def find(self, states: tuple[HandoffState, ...], limit: int = 100) -> tuple[Handoff, ...]:
        wanted = select(handoffs.c.record).where(handoffs.c.state.in_([state.value for state in states]))
        with self._engine.connect() as connection:
            bodies = connection.execute(wanted.order_by(handoffs.c.requested_at, handoffs.c.ordinal).limit(limit)).scalars().all()
        return tuple(self._handoffs.validate_json(body) for body in bodies)

    def say(self, handoff_id: str, speaker: Speaker, text: str, at: datetime) -> ChatMessage:
        with self._writing.begin() as connection:
            message = ChatMessage(_next_ordinal(connection, handoff_id), speaker, _clean(text), at.astimezone(UTC))
            row = {"ordinal": message.ordinal, "speaker": speaker.value, "text": message.text, "at": message.at}
            connection.execute(insert(handoff_messages).values(handoff_id=handoff_id, **row))
        return message

    def messages(self, handoff_id: str, after: int = 0) -> tuple[ChatMessage, ...]:
        said = select(handoff_messages).where(handoff_messages.c.handoff_id == _clean(handoff_id), handoff_messages.c.ordinal > after)
        with self._engine.connect() as connection:
            rows = connection.execute(said.order_by(handoff_messages.c.ordinal)).all()
        return tuple(ChatMessage(row.ordinal, Speaker(row.speaker), row.text, in_utc(row.at)) for row in rows)

    def _row(self, handoff: Handoff) -> dict[str, Any]:
        return {
            "version": handoff.version,
            "conversation_id": handoff.conversation_id,
            "state": handoff.state.value,
            "requested_at": handoff.requested_at.astimezone(UTC),
            "record": self._handoffs.dump_json(handoff).decode(),
            "satisfaction": handoff.satisfaction.value if handoff.satisfaction else "",
        }


def _next_ordinal(connection: Connection, handoff_id: str) -> int:
    """Locks the hand-over for the rest of the transaction, so that two speakers never get one ordinal. Raises UnknownHandoff."""
    locked = select(handoffs.c.ordinal).where(handoffs.c.handoff_id == _clean(handoff_id)).with_for_update()
    if connection.execute(locked).first() is None:
        raise UnknownHandoff
    last = select(func.coalesce(func.max(handoff_messages.c.ordinal), 0)).where(handoff_messages.c.handoff_id == handoff_id)
    ordinal: int = connection.execute(last).scalar_one()
    return ordinal + 1


def _clean(text: str) -> str:
    """PostgreSQL refuses the null character, and nobody means it."""
    return text.replace("\x00", "")
