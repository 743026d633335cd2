"""Subscribers of webhooks in memory; passes the same contract suite as the SQL store."""

from __future__ import annotations

from assistant.hotline.webhook_subscribers import WebhookSubscriber


class MemorySubscriberStore:
    def __init__(self) -> None:
        self._subscribers: dict[str, WebhookSubscriber] = {}

    def save(self, subscriber: WebhookSubscriber) -> None:
        self._subscribers[subscriber.id] = subscriber

    def get(self, subscriber_id: str) -> WebhookSubscriber | None:
        return self._subscribers.get(subscriber_id)

    def all(self) -> tuple[WebhookSubscriber, ...]:
        return tuple(sorted(self._subscribers.values(), key=lambda each: (each.created_at, each.id)))

    def remove(self, subscriber_id: str) -> None:
        self._subscribers.pop(subscriber_id, None)
