"""Subscribers of webhooks in SQL, and the outbox of the events they want."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select

from assistant.adapters.sql.webhook_delivery_store import add_deliveries
from assistant.adapters.sql.webhook_tables import webhook_policy_changes, webhook_subscribers
from assistant.hotline.policy_announcer import PolicyChange
from assistant.hotline.webhook_events import POLICY_EVENTS, EventMessage, WebhookEvent
from assistant.hotline.webhook_subscribers import WebhookSubscriber
from knowledge_base.models import DocumentRevision
from knowledge_base.utc_moments import in_utc

_ROW = webhook_subscribers.c


class SqlSubscriberStore:
    """A SubscriberStore on an engine that went through `prepare_conversations`. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def save(self, subscriber: WebhookSubscriber) -> None:
        row = {
            "id": subscriber.id,
            "name": subscriber.name,
            "url": subscriber.url,
            "events": " ".join(sorted(subscriber.events)),
            "sealed_secret": subscriber.sealed_secret,
            "enabled": subscriber.enabled,
            "created_at": in_utc(subscriber.created_at),
            "created_by": subscriber.created_by,
        }
        with self._writing.begin() as connection:
            connection.execute(delete(webhook_subscribers).where(_ROW.id == subscriber.id))
            connection.execute(insert(webhook_subscribers).values(row))

    def get(self, subscriber_id: str) -> WebhookSubscriber | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(webhook_subscribers).where(_ROW.id == subscriber_id.replace("\x00", ""))).first()
        return _subscriber(row) if row else None

    def all(self) -> tuple[WebhookSubscriber, ...]:
        with self._engine.connect() as connection:
            return _all(connection)

    def remove(self, subscriber_id: str) -> None:
        with self._writing.begin() as connection:
            connection.execute(delete(webhook_subscribers).where(_ROW.id == subscriber_id))


class SqlPolicyChangeStore:
    """A PolicyChangeStore on the same engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def waiting(self, after: int, limit: int) -> tuple[PolicyChange, ...]:
        rows = select(webhook_policy_changes).where(webhook_policy_changes.c.ordinal > after)
        with self._engine.connect() as connection:
            found = connection.execute(rows.order_by(webhook_policy_changes.c.ordinal).limit(limit)).all()
        return tuple(PolicyChange(row.ordinal, row.document_id, row.number) for row in found)

    def settle(self, change: PolicyChange, message: EventMessage | None) -> bool:
        this = delete(webhook_policy_changes).where(webhook_policy_changes.c.ordinal == change.ordinal)
        with self._writing.begin() as connection:
            if not connection.execute(this).rowcount:
                return False
            if message is not None:
                add_event(connection, message)
        return True


def add_event(connection: Connection, message: EventMessage) -> None:
    """A delivery for each enabled subscriber that wants the event, within the transaction of what it tells of."""
    wanted = [each for each in _all(connection) if each.enabled and message.event in each.events]
    add_deliveries(connection, [message.to(each.url, each.id) for each in wanted])


def note_policy_change(connection: Connection, revision: DocumentRevision) -> None:
    """Within the transaction that adds the revision; nothing is noted while nobody wants to hear of policies."""
    if any(each.enabled and each.events & POLICY_EVENTS for each in _all(connection)):
        row = {"document_id": revision.document_id, "number": revision.number}
        connection.execute(insert(webhook_policy_changes).values(row))


def _all(connection: Connection) -> tuple[WebhookSubscriber, ...]:
    rows = connection.execute(select(webhook_subscribers).order_by(_ROW.created_at, _ROW.id))
    return tuple(map(_subscriber, rows))


def _subscriber(row: Row[Any]) -> WebhookSubscriber:
    return WebhookSubscriber(
        id=row.id,
        name=row.name,
        url=row.url,
        events=frozenset(WebhookEvent(event) for event in row.events.split()),
        sealed_secret=row.sealed_secret,
        enabled=row.enabled,
        created_at=in_utc(row.created_at),
        created_by=row.created_by,
    )
