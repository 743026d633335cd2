"""Sends a message over HTTP, signed as Standard Webhooks lays down (https://www.standardwebhooks.com)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from assistant.hotline.errors import SealBroken
from assistant.hotline.webhook_deliveries import Attempt, MessageSender, WebhookDelivery
from assistant.hotline.webhook_rules import WebhookRules
from assistant.hotline.webhook_subscribers import SecretSeal, SubscriberStore, WebhookSubscriber
from knowledge_base.sources.errors import FetchRefused, ItemFailed

_GONE = 410


class SignedSender:
    """A MessageSender. `secret` is `whsec_` and 24 to 64 bytes in base64. Redirects are not followed: the body is for this address only."""

    def __init__(self, secret: str, rules: WebhookRules, transport: httpx.BaseTransport | None = None) -> None:
        self._signature, self._outcomes = Webhook(secret), rules.outcomes
        self._client = httpx.Client(timeout=rules.timeout_s, transport=transport, headers={"User-Agent": "zhengwen"})

    def close(self) -> None:
        self._client.close()

    def send(self, delivery: WebhookDelivery, at: datetime) -> Attempt:
        signature = self._signature.sign(delivery.message_id, at.astimezone(UTC), delivery.body)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": delivery.message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }
        try:
            # What the receiver answers is of no use and may be of any size, so it is never read.
            with self._client.stream("POST", delivery.url, content=delivery.body.encode(), headers=headers) as response:
                return self._outcome(response)
        except httpx.TimeoutException:
            return Attempt(arrived=False, outcome=self._outcomes.timed_out)
        except (httpx.HTTPError, httpx.InvalidURL):
            return Attempt(arrived=False, outcome=self._outcomes.unreachable)

    def _outcome(self, response: httpx.Response) -> Attempt:
        if response.is_success:
            return Attempt(arrived=True, outcome=self._outcomes.delivered)
        if response.status_code == _GONE:
            return Attempt(arrived=False, outcome=self._outcomes.gone, final=True)
        return Attempt(arrived=False, outcome=self._outcomes.refused.format(status=response.status_code))


@dataclass(frozen=True)
class SubscriberSenders:
    """Gives the MessageSender for a subscriber: its address, its secret, and connections behind the guard, made anew for each message.

    `reach` makes the transport for an address; it and the transport raise FetchRefused for what must not be reached.
    """

    subscribers: SubscriberStore
    seal: SecretSeal
    rules: WebhookRules
    reach: Callable[[str], httpx.BaseTransport]

    def __call__(self, subscriber_id: str) -> MessageSender | None:
        subscriber = self.subscribers.get(subscriber_id)
        return _SubscriberSender(self, subscriber) if subscriber and subscriber.enabled else None


@dataclass(frozen=True)
class _SubscriberSender:
    parts: SubscriberSenders
    subscriber: WebhookSubscriber

    def send(self, delivery: WebhookDelivery, at: datetime) -> Attempt:
        outcomes = self.parts.rules.outcomes
        try:
            transport = self.parts.reach(self.subscriber.url)
            secret = self.parts.seal.open_text(self.subscriber.sealed_secret)
            with closing(SignedSender(secret, self.parts.rules, transport)) as sender:
                return sender.send(replace(delivery, url=self.subscriber.url), at)
        except FetchRefused:
            return Attempt(arrived=False, outcome=outcomes.not_allowed)
        except ItemFailed:
            return Attempt(arrived=False, outcome=outcomes.unreachable)
        except SealBroken:
            return Attempt(arrived=False, outcome=outcomes.sealed)
