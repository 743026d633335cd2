"""The outbox of webhooks: who is told of what, and how messages leave this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.deferred import Deferred
from api.settings import Settings
from api.wiring.privacy import mask
from assistant.adapters.sql import SqlDeliveryStore, SqlPolicyChangeStore, SqlSubscriberStore
from assistant.hotline.policy_announcer import PolicyAnnouncer
from assistant.hotline.webhook_deliveries import MessageSender, WebhookCourier
from assistant.hotline.webhook_rules import WebhookRules
from assistant.hotline.webhook_subscribers import SecretSeal, SubscriberDesk
from knowledge_base.ports import Clock
from knowledge_base.released_documents import ReleasedDocuments
from knowledge_base.sources.address_guard import AddressGuard, load_address_rules
from knowledge_base.sources.errors import FetchRefused
from knowledge_base.sources.permits import read_permits

if TYPE_CHECKING:
    import httpx
    from sqlalchemy import Engine

# Libraries of the web are loaded when something is first sent, not when the service or a command starts.
# ruff: noqa: PLC0415


@dataclass(frozen=True)
class Webhooks:
    deliveries: SqlDeliveryStore
    subscribers: SubscriberDesk
    courier: WebhookCourier
    announcer: PolicyAnnouncer


def webhooks_on(  # noqa: PLR0913, PLR0917 - parts, each named by the caller
    engine: Engine, settings: Settings, rules: WebhookRules, seal: SecretSeal, documents: ReleasedDocuments, clock: Clock
) -> Webhooks:
    guard = AddressGuard(load_address_rules(), read_permits(settings.webhook_allow))
    deliveries, subscribers = SqlDeliveryStore(engine), SqlSubscriberStore(engine)
    desk = SubscriberDesk(subscribers, deliveries, seal, lambda url: _permitted(guard, url), mask, clock)

    def senders() -> Callable[[str], MessageSender | None]:
        from assistant.adapters.hotline.webhook_sender import SubscriberSenders

        return SubscriberSenders(subscribers, seal, rules, guarded_transport(guard, rules.timeout_s))

    for_subscribers = Deferred(senders)

    def sender_for(subscriber_id: str) -> MessageSender | None:
        return for_subscribers()(subscriber_id)

    courier = WebhookCourier(
        deliveries,
        _sender_of_settings(settings, rules),
        frozenset(settings.webhook_addresses),
        rules,
        clock,
        sender_for,
    )
    return Webhooks(deliveries, desk, courier, PolicyAnnouncer(SqlPolicyChangeStore(engine), documents))


def guarded_transport(guard: AddressGuard, within_s: float) -> Callable[[str], httpx.BaseTransport]:
    """Makes transports for one message each; what they do ends within `within_s`. They raise FetchRefused and ItemFailed."""
    import httpx

    from knowledge_base.adapters.web.fetching import checked_address
    from knowledge_base.adapters.web.guarded_network import Deadline, GuardedBackend
    from knowledge_base.adapters.web.guarded_transport import GuardedTransport

    trusted = httpx.create_ssl_context()

    def reach(url: str) -> httpx.BaseTransport:
        checked_address(guard, url)
        deadline = Deadline()
        deadline.begin(within_s)
        return GuardedTransport(GuardedBackend(guard, deadline), trusted)

    return reach


def _permitted(guard: AddressGuard, url: str) -> bool:
    """By what stands in the address; what its name stands for is judged when it is connected to."""
    from knowledge_base.adapters.web.fetching import checked_address

    try:
        checked_address(guard, url)
    except FetchRefused:
        return False
    return True


def _sender_of_settings(settings: Settings, rules: WebhookRules) -> MessageSender | None:
    if not settings.webhook_addresses:
        return None
    from assistant.adapters.hotline.webhook_sender import SignedSender

    return SignedSender(settings.webhook_secret.get_secret_value(), rules)
