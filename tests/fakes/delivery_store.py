"""A DeliveryStore in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from assistant.hotline.webhook_deliveries import DeliveryState, WebhookDelivery
from assistant.hotline.webhook_messages import OutgoingMessage


class MemoryDeliveryStore:
    def __init__(self) -> None:
        self._deliveries: dict[int, WebhookDelivery] = {}
        self._leased_until: dict[int, datetime] = {}
        self._ended_at: dict[int, datetime] = {}
        self._lock = Lock()

    def put(self, messages: Sequence[OutgoingMessage]) -> None:
        for message in messages:
            ordinal = len(self._deliveries) + 1
            self._deliveries[ordinal] = WebhookDelivery(
                ordinal=ordinal,
                message_id=message.id,
                url=message.url,
                order_number=message.order_number,
                body=message.body,
                state=DeliveryState.WAITING,
                attempts=0,
                created_at=message.created_at,
                next_attempt_at=message.created_at,
                last_outcome="",
                subscriber_id=message.subscriber_id,
            )

    def lease(self, now: datetime, until: datetime) -> WebhookDelivery | None:
        with self._lock:
            due = [
                each
                for each in self._deliveries.values()
                if each.state is DeliveryState.WAITING and each.next_attempt_at <= now and self._leased_until.get(each.ordinal, now) <= now
            ]
            if not due:
                return None
            first = min(due, key=lambda each: (each.next_attempt_at, each.ordinal))
            self._leased_until[first.ordinal] = until
            return first

    def note(self, delivery: WebhookDelivery, at: datetime) -> None:
        with self._lock:
            self._deliveries[delivery.ordinal] = delivery
            self._leased_until.pop(delivery.ordinal, None)
            if delivery.state is not DeliveryState.WAITING:
                self._ended_at[delivery.ordinal] = at

    def hold_back(self, delivery: WebhookDelivery, until: datetime) -> None:
        with self._lock:
            for each in self.newest((DeliveryState.WAITING,), len(self._deliveries), delivery.subscriber_id):
                if (delivery.subscriber_id or each.url == delivery.url) and each.next_attempt_at < until:
                    self._deliveries[each.ordinal] = replace(each, next_attempt_at=until)

    def bring_forward(self, delivery: WebhookDelivery, now: datetime) -> None:
        with self._lock:
            for each in self.newest((DeliveryState.WAITING,), len(self._deliveries), delivery.subscriber_id):
                if (delivery.subscriber_id or each.url == delivery.url) and each.next_attempt_at > now and each.attempts == 0:
                    self._deliveries[each.ordinal] = replace(each, next_attempt_at=now)

    def newest(
        self, states: Sequence[DeliveryState] = (), limit: int = 50, subscriber_id: str | None = None
    ) -> tuple[WebhookDelivery, ...]:
        wanted = [
            each
            for each in self._deliveries.values()
            if (not states or each.state in states) and subscriber_id in (None, each.subscriber_id)
        ]
        return tuple(sorted(wanted, key=lambda each: each.ordinal, reverse=True)[:limit])

    def retry_given_up(self, now: datetime, subscriber_id: str | None = None) -> int:
        given_up = self.newest((DeliveryState.GIVEN_UP,), len(self._deliveries), subscriber_id)
        for each in given_up:
            self._deliveries[each.ordinal] = replace(each, state=DeliveryState.WAITING, attempts=0, next_attempt_at=now)
            self._ended_at.pop(each.ordinal)
        return len(given_up)

    def forget(self, before: datetime) -> int:
        old = [ordinal for ordinal, at in self._ended_at.items() if at < before]
        for ordinal in old:
            del self._deliveries[ordinal], self._ended_at[ordinal]
        return len(old)
