"""Delivers messages to other systems: each until it arrives or is given up, never twice at the same moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import structlog

from assistant.hotline.webhook_messages import OutgoingMessage
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
    """A message on its way to one address. `last_outcome` is a Chinese sentence, "" before the first attempt.

    `subscriber_id` "" for an address of the settings, `order_number` "" for what tells of no order.
    """

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
    subscriber_id: str = ""

    @property
    def kind(self) -> str:
        """The type of the message."""
        return str(json.loads(self.body).get("type", ""))


class DeliveryStore(Protocol):
    """Deliveries, put there together with what they tell of. All moments are timezone-aware."""

    def put(self, messages: Sequence[OutgoingMessage]) -> None:
        """For messages that tell of nothing else that is stored."""

    def lease(self, now: datetime, until: datetime) -> WebhookDelivery | None:
        """The one that waits longest and is due at `now`, kept from everybody else until `until`; None where there is none."""

    def note(self, delivery: WebhookDelivery, at: datetime) -> None:
        """State, attempts, next attempt and outcome after an attempt; ends the lease."""

    def hold_back(self, delivery: WebhookDelivery, until: datetime) -> None:
        """What else waits for this receiver waits until then at least, so that one that is lost delays nobody else."""

    def bring_forward(self, delivery: WebhookDelivery, now: datetime) -> None:
        """The receiver is there: what was held back for it and never tried is due at once."""

    def newest(
        self, states: Sequence[DeliveryState] = (), limit: int = 50, subscriber_id: str | None = None
    ) -> tuple[WebhookDelivery, ...]:
        """The newest first; all states where none is named, all receivers for None."""

    def retry_given_up(self, now: datetime, subscriber_id: str | None = None) -> int:
        """Those given up wait again, with a full set of attempts; of all receivers for None. Returns how many."""

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


def _nobody(_subscriber_id: str) -> MessageSender | None:
    return None


@dataclass(frozen=True)
class WebhookCourier:
    """Empties the outbox. Several may run at once, in several processes.

    `sender` is for the addresses of the settings, `urls`; `senders` gives the one for a subscriber, None where it is gone or switched off.
    """

    store: DeliveryStore
    sender: MessageSender | None
    urls: frozenset[str]
    rules: WebhookRules
    clock: Clock
    senders: Callable[[str], MessageSender | None] = _nobody

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
        attempt = self._sent(delivery)
        at = self.clock()
        after = self._after(delivery, attempt, at)
        self.store.note(after, at)
        if attempt.arrived:
            self.store.bring_forward(after, at)
        elif after.state is DeliveryState.WAITING:
            self.store.hold_back(after, after.next_attempt_at)
        if after.state is DeliveryState.GIVEN_UP:
            _log.warning("webhook_given_up", message=after.message_id, attempts=after.attempts, outcome=after.last_outcome)
        return attempt.arrived

    def _sent(self, delivery: WebhookDelivery) -> Attempt:
        if delivery.subscriber_id:
            sender = self.senders(delivery.subscriber_id)
            gone = self.rules.outcomes.unsubscribed
        else:
            sender = self.sender if delivery.url in self.urls else None
            gone = self.rules.outcomes.removed
        return sender.send(delivery, self.clock()) if sender else Attempt(arrived=False, outcome=gone, final=True)

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
