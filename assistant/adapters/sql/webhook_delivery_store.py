"""The outbox of webhooks in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, or_, select, update

from assistant.adapters.sql.tables import webhook_deliveries
from assistant.hotline.webhook_deliveries import DeliveryState, WebhookDelivery
from assistant.hotline.webhook_messages import OutgoingMessage
from knowledge_base.utc_moments import in_utc

_ROW = webhook_deliveries.c


def add_deliveries(connection: Connection, messages: Sequence[OutgoingMessage]) -> None:
    """Within the transaction of the order they tell of."""
    rows = [
        {
            "message_id": message.id,
            "url": message.url,
            "order_number": message.order_number,
            "body": message.body,
            "state": DeliveryState.WAITING.value,
            "attempts": 0,
            "created_at": message.created_at.astimezone(UTC),
            "next_attempt_at": message.created_at.astimezone(UTC),
            "last_outcome": "",
            "subscriber_id": message.subscriber_id,
        }
        for message in messages
    ]
    if rows:
        connection.execute(insert(webhook_deliveries), rows)


class SqlDeliveryStore:
    """A DeliveryStore on an engine that went through `prepare_conversations`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def put(self, messages: Sequence[OutgoingMessage]) -> None:
        with self._writing.begin() as connection:
            add_deliveries(connection, messages)

    def lease(self, now: datetime, until: datetime) -> WebhookDelivery | None:
        moment = now.astimezone(UTC)
        free = or_(_ROW.leased_until.is_(None), _ROW.leased_until <= moment)
        due = (_ROW.state == DeliveryState.WAITING.value) & (_ROW.next_attempt_at <= moment) & free
        # PostgreSQL passes over rows that another process is leasing at this moment; on SQLite there is no such moment.
        first = (
            select(webhook_deliveries).where(due).order_by(_ROW.next_attempt_at, _ROW.ordinal).limit(1).with_for_update(skip_locked=True)
        )
        with self._writing.begin() as connection:
            row = connection.execute(first).first()
            if row is not None:
                mine = update(webhook_deliveries).where(_ROW.ordinal == row.ordinal)
                connection.execute(mine.values(leased_until=until.astimezone(UTC)))
        return None if row is None else _delivery(row)

    def note(self, delivery: WebhookDelivery, at: datetime) -> None:
        ended = None if delivery.state is DeliveryState.WAITING else at.astimezone(UTC)
        changed = update(webhook_deliveries).where(_ROW.ordinal == delivery.ordinal)
        with self._writing.begin() as connection:
            connection.execute(
                changed.values(
                    state=delivery.state.value,
                    attempts=delivery.attempts,
                    next_attempt_at=delivery.next_attempt_at.astimezone(UTC),
                    last_outcome=delivery.last_outcome,
                    leased_until=None,
                    ended_at=ended,
                )
            )

    def hold_back(self, delivery: WebhookDelivery, until: datetime) -> None:
        self._put_off(delivery, _ROW.next_attempt_at < until.astimezone(UTC), until)

    def bring_forward(self, delivery: WebhookDelivery, now: datetime) -> None:
        self._put_off(delivery, (_ROW.next_attempt_at > now.astimezone(UTC)) & (_ROW.attempts == 0), now)

    def _put_off(self, delivery: WebhookDelivery, which: ColumnElement[bool], to: datetime) -> None:
        """Of what waits for the receiver of `delivery`: a subscriber, whatever its address was, or an address of the settings."""
        same: ColumnElement[bool] = _ROW.subscriber_id == delivery.subscriber_id
        if not delivery.subscriber_id:
            same &= _ROW.url == delivery.url
        waiting = update(webhook_deliveries).where(same, _ROW.state == DeliveryState.WAITING.value, which)
        with self._writing.begin() as connection:
            connection.execute(waiting.values(next_attempt_at=to.astimezone(UTC)))

    def newest(
        self, states: Sequence[DeliveryState] = (), limit: int = 50, subscriber_id: str | None = None
    ) -> tuple[WebhookDelivery, ...]:
        rows = select(webhook_deliveries).where(_ROW.state.in_([state.value for state in states or DeliveryState]))
        if subscriber_id is not None:
            rows = rows.where(_ROW.subscriber_id == subscriber_id)
        rows = rows.order_by(_ROW.ordinal.desc()).limit(limit)
        with self._engine.connect() as connection:
            return tuple(map(_delivery, connection.execute(rows)))

    def retry_given_up(self, now: datetime, subscriber_id: str | None = None) -> int:
        given_up = update(webhook_deliveries).where(_ROW.state == DeliveryState.GIVEN_UP.value)
        if subscriber_id is not None:
            given_up = given_up.where(_ROW.subscriber_id == subscriber_id)
        again = given_up.values(state=DeliveryState.WAITING.value, attempts=0, next_attempt_at=now.astimezone(UTC), ended_at=None)
        with self._writing.begin() as connection:
            return connection.execute(again).rowcount

    def forget(self, before: datetime) -> int:
        with self._writing.begin() as connection:
            return connection.execute(delete(webhook_deliveries).where(_ROW.ended_at < before.astimezone(UTC))).rowcount


def _delivery(row: Row[tuple[object, ...]]) -> WebhookDelivery:
    return WebhookDelivery(
        ordinal=row.ordinal,
        message_id=row.message_id,
        url=row.url,
        order_number=row.order_number,
        body=row.body,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=in_utc(row.created_at),
        next_attempt_at=in_utc(row.next_attempt_at),
        last_outcome=row.last_outcome,
        subscriber_id=row.subscriber_id,
    )
