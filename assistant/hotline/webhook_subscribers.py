"""Other systems that asked to be told: who, where, of what. Kept in the records and managed by administrators."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from assistant.hotline.errors import HotlineError
from assistant.hotline.webhook_deliveries import DeliveryState, DeliveryStore, WebhookDelivery
from assistant.hotline.webhook_events import WebhookEvent, ping
from assistant.hotline.webhook_messages import OutgoingMessage
from assistant.ports import Clock

_LONGEST_NAME, _LONGEST_URL = 60, 500
_SHOWN = 50


class InvalidSubscriber(HotlineError):
    """The message names the field and the rule."""


class UnknownSubscriber(HotlineError):
    def __init__(self) -> None:
        super().__init__("没有这个通知订阅，可能已经删除。请回到列表查看。")


@dataclass(frozen=True, slots=True)
class WebhookSubscriber:
    """`sealed_secret` signs what is sent; it leaves only as a signature. What waits for one that is not `enabled` is given up."""

    id: str
    name: str
    url: str
    events: frozenset[WebhookEvent]
    sealed_secret: str
    enabled: bool
    created_at: datetime
    created_by: str

    @property
    def event_labels(self) -> str:
        return "；".join(event.label for event in WebhookEvent if event in self.events)


@dataclass(frozen=True, slots=True)
class NewSubscriber:
    """`secret` is shown once."""

    subscriber: WebhookSubscriber
    secret: str


class SubscriberStore(Protocol):
    def save(self, subscriber: WebhookSubscriber) -> None:
        """Adds it, or replaces the one with this id."""

    def get(self, subscriber_id: str) -> WebhookSubscriber | None: ...

    def all(self) -> tuple[WebhookSubscriber, ...]:
        """The oldest first."""

    def remove(self, subscriber_id: str) -> None:
        """One that is not there is no error."""


class SecretSeal(Protocol):
    """Seals short secrets for storage."""

    def seal_text(self, text: str) -> str: ...

    def open_text(self, sealed: str) -> str:
        """Raises SealBroken."""


@dataclass(frozen=True, slots=True)
class SubscriberDesk:
    """`permitted` tells whether an address may be sent to at all, as far as its text says; `mask` hides personal data in names."""

    store: SubscriberStore
    deliveries: DeliveryStore
    seal: SecretSeal
    permitted: Callable[[str], bool]
    mask: Callable[[str], str]
    clock: Clock

    def all(self) -> tuple[WebhookSubscriber, ...]:
        return self.store.all()

    def get(self, subscriber_id: str) -> WebhookSubscriber:
        """Raises UnknownSubscriber."""
        found = self.store.get(subscriber_id)
        if found is None:
            raise UnknownSubscriber
        return found

    def create(self, name: str, url: str, events: Collection[WebhookEvent], *, by: str) -> NewSubscriber:
        """Raises InvalidSubscriber, SealBroken."""
        secret = new_secret()
        fields = self._checked(name, url, events)
        subscriber = WebhookSubscriber(uuid4().hex[:12], *fields, self.seal.seal_text(secret), True, self.clock(), by)
        self.store.save(subscriber)
        return NewSubscriber(subscriber, secret)

    def change(self, subscriber_id: str, name: str, url: str, events: Collection[WebhookEvent]) -> WebhookSubscriber:
        """What waits already goes to the new address. Raises UnknownSubscriber, InvalidSubscriber."""
        present = self.get(subscriber_id)
        called, address, wanted = self._checked(name, url, events)
        changed = replace(present, name=called, url=address, events=wanted)
        self.store.save(changed)
        return changed

    def enable(self, subscriber_id: str, enabled: bool) -> WebhookSubscriber:
        """Raises UnknownSubscriber."""
        changed = replace(self.get(subscriber_id), enabled=enabled)
        self.store.save(changed)
        return changed

    def renew_secret(self, subscriber_id: str) -> NewSubscriber:
        """The old one signs nothing any more. Raises UnknownSubscriber, SealBroken."""
        secret = new_secret()
        changed = replace(self.get(subscriber_id), sealed_secret=self.seal.seal_text(secret))
        self.store.save(changed)
        return NewSubscriber(changed, secret)

    def remove(self, subscriber_id: str) -> WebhookSubscriber:
        """Raises UnknownSubscriber."""
        removed = self.get(subscriber_id)
        self.store.remove(subscriber_id)
        return removed

    def test(self, subscriber_id: str) -> None:
        """Puts a message into the outbox; what came of it stands among the deliveries. Raises UnknownSubscriber."""
        subscriber, at = self.get(subscriber_id), self.clock()
        message_id, body = ping(subscriber.id, at)
        self.deliveries.put((OutgoingMessage(message_id, subscriber.url, "", body, at, subscriber.id),))

    def retry(self, subscriber_id: str) -> int:
        """Those given up wait again. Returns how many. Raises UnknownSubscriber."""
        return self.deliveries.retry_given_up(self.clock(), self.get(subscriber_id).id)

    def sent_to(self, subscriber_id: str, states: tuple[DeliveryState, ...] = ()) -> tuple[WebhookDelivery, ...]:
        """The newest first."""
        return self.deliveries.newest(states, _SHOWN, subscriber_id)

    def _checked(self, name: str, url: str, events: Collection[WebhookEvent]) -> tuple[str, str, frozenset[WebhookEvent]]:
        called, address = " ".join(self.mask(name).split()), url.strip()
        if not called or len(called) > _LONGEST_NAME:
            raise InvalidSubscriber(f"请填写名称，不超过 {_LONGEST_NAME} 个字。")
        if len(address) > _LONGEST_URL or not self.permitted(address):
            raise InvalidSubscriber(
                "这个地址不能接收通知：应为 http:// 或 https:// 开头的公网地址，端口 80 或 443，不带用户名和密码。"
                "确需发往内网时，请运维人员在 ZHENGWEN_WEBHOOK_ALLOW 中允许。"
            )
        if not events:
            raise InvalidSubscriber("请至少选择一种事件。")
        return called, address, frozenset(events)


def new_secret() -> str:
    """As Standard Webhooks writes it: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
