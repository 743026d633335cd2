"""Delivers messages to other systems: each until it arrives or is given up, never twice at the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import structlog

from assistant.hotline.webhook_rules import WebhookRules
from assistant.ports import Clock

_log = structlog.get_logger(__name__)


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"

    @property
    def label(self) -> str:
        return {"waiting": "等待发送", "delivered": "已送达", "given_up": "已放弃"}[self.value]


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """A message on its way to one address. `last_outcome` is a Chinese sentence, "" before the first attempt."""

    ordinal: int
    message_id: str
    url: str
    order_number: str
    body: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    last_outcome: str


class DeliveryStore(Protocol):
    """Deliveries, put there together with the order they tell of. All moments are timezone-aware."""

    def lease(self, now: datetime, until: datetime) -> WebhookDelivery | None:
        """The one that waits longest and is due at `now`, kept from everybody else until `until`; None where there is none."""

    def note(self, delivery: WebhookDelivery, at: datetime) -> None:
        """State, attempts, next attempt and outcome after an attempt; ends the lease."""

    def newest(self, states: Sequence[DeliveryState] = (), limit: int = 50) -> tuple[WebhookDelivery, ...]:
        """The newest first; all states where none is named."""

    def retry_given_up(self, now: datetime) -> int:
        """Those given up wait again, with a full set of attempts. Returns how many."""

    def forget(self, before: datetime) -> int:
        """Deletes those that ended earlier than `before`. Returns how many."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """`outcome` is a Chinese sentence. `final`: the receiver asked never to be sent anything again."""

    arrived: bool
    outcome: str
    final: bool = False


class MessageSender(Protocol):
    """Signs and sends one message."""

    def send(self, delivery: WebhookDelivery, at: datetime) -> Attempt:
        """Never raises for what the network or the receiver does."""


@dataclass(frozen=True)
class WebhookCourier:
    """Empties the outbox. Several may run at once, in several processes."""

    store: DeliveryStore
    sender: MessageSender
    urls: frozenset[str]
    rules: WebhookRules
    clock: Clock

    def deliver_due(self) -> int:
        """Attempts what is due, at most `rules.per_run`. Returns how many arrived."""
        arrived = 0
        for _ in range(self.rules.per_run):
            now = self.clock()
            delivery = self.store.lease(now, now + timedelta(seconds=self.rules.lease_s))
            if delivery is None:
                break
            arrived += self._attempt(delivery)
        return arrived

    def forget_old(self) -> int:
        return self.store.forget(self.clock() - timedelta(days=self.rules.kept_days))

    def _attempt(self, delivery: WebhookDelivery) -> bool:
        if delivery.url in self.urls:
            attempt = self.sender.send(delivery, self.clock())
        else:
            attempt = Attempt(arrived=False, outcome=self.rules.outcomes.removed, final=True)
        at = self.clock()
        after = self._after(delivery, attempt, at)
        self.store.note(after, at)
        if after.state is DeliveryState.GIVEN_UP:
            _log.warning("webhook_given_up", message=after.message_id, attempts=after.attempts, outcome=after.last_outcome)
        return attempt.arrived

    def _after(self, delivery: WebhookDelivery, attempt: Attempt, at: datetime) -> WebhookDelivery:
        waits, next_attempt_at = self.rules.waits_s, delivery.next_attempt_at
        if attempt.arrived:
            state = DeliveryState.DELIVERED
        elif attempt.final or delivery.attempts >= len(waits):
            state = DeliveryState.GIVEN_UP
        else:
            state, next_attempt_at = DeliveryState.WAITING, at + timedelta(seconds=waits[delivery.attempts])
        attempts = delivery.attempts + 1
        return replace(delivery, state=state, attempts=attempts, next_attempt_at=next_attempt_at, last_outcome=attempt.outcome)
