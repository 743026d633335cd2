"""What other systems may subscribe to, and the messages: type, timestamp, data (Standard Webhooks). Texts in them are masked already."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from assistant.handoff.models import Handoff
from assistant.hotline.models import WorkOrder
from assistant.hotline.webhook_messages import OutgoingMessage, event_of
from assistant.hotline.webhook_rules import WebhookRules
from knowledge_base.models import ChangeKind, DocumentRevision


class WebhookEvent(StrEnum):
    """What a subscriber ticks. The types of its messages begin with the value or are listed in docs/open-interfaces.md."""

    POLICY_PUBLISHED = "policy.published"
    POLICY_CHANGED = "policy.changed"
    POLICY_REPEALED = "policy.repealed"
    WORK_ORDER = "work_order"
    HANDOFF = "handoff"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    WebhookEvent.POLICY_PUBLISHED: "政策发布",
    WebhookEvent.POLICY_CHANGED: "政策修改、更正",
    WebhookEvent.POLICY_REPEALED: "政策废止、恢复",
    WebhookEvent.WORK_ORDER: "工单状态变更",
    WebhookEvent.HANDOFF: "转人工",
}
POLICY_EVENTS = frozenset({WebhookEvent.POLICY_PUBLISHED, WebhookEvent.POLICY_CHANGED, WebhookEvent.POLICY_REPEALED})
_OF_CHANGE = {
    ChangeKind.PUBLISH: (WebhookEvent.POLICY_PUBLISHED, "policy.published"),
    ChangeKind.AMEND: (WebhookEvent.POLICY_CHANGED, "policy.amended"),
    ChangeKind.CORRECT: (WebhookEvent.POLICY_CHANGED, "policy.corrected"),
    ChangeKind.REPEAL: (WebhookEvent.POLICY_REPEALED, "policy.repealed"),
    ChangeKind.RESTORE: (WebhookEvent.POLICY_REPEALED, "policy.restored"),
}


@dataclass(frozen=True, slots=True)
class EventMessage:
    """For everybody who wants the event. `id` is the same at every attempt and for every subscriber, so that receivers can tell repeats.

    `order_number` where it tells of an order: such messages are deleted together with it.
    """

    id: str
    event: WebhookEvent
    body: str
    at: datetime
    order_number: str = ""

    def to(self, url: str, subscriber_id: str = "") -> OutgoingMessage:
        return OutgoingMessage(self.id, url, self.order_number, self.body, self.at, subscriber_id)


OrderEvents = Callable[[WorkOrder], Sequence[EventMessage]]
HandoffEvents = Callable[[Handoff], Sequence[EventMessage]]
"""What must be told because an order or a hand-over is as it is now; kept in the same transaction, so that nothing is lost."""
OutgoingMessages = Callable[[WorkOrder], Sequence[OutgoingMessage]]
"""The same for the addresses of the settings."""


def order_events(rules: WebhookRules) -> OrderEvents:
    """The newest move of an order, unless it stays inside."""

    def told(order: WorkOrder) -> tuple[EventMessage, ...]:
        if not order.history or order.history[-1].action in rules.kept_inside:
            return ()
        body, at = json.dumps(event_of(order), ensure_ascii=False), order.history[-1].at
        # No full stop in the id, as below.
        return (EventMessage(f"msg_{order.number}-{order.version}", WebhookEvent.WORK_ORDER, body, at, order.number),)

    return told


def order_messages(urls: Sequence[str], rules: WebhookRules) -> OutgoingMessages:
    """The same for each of the addresses of the settings."""
    events = order_events(rules)
    return lambda order: tuple(event.to(url) for event in events(order) for url in urls)


def handoff_events(handoff: Handoff) -> tuple[EventMessage, ...]:
    """That somebody asked for a person: when and where, not who or what about."""
    data = {
        "id": handoff.id,
        "state": handoff.state.value,
        "state_label": handoff.state.label,
        "reason": handoff.reason,
        "jurisdiction": handoff.jurisdiction,
        "order_number": handoff.order_number,
    }
    body = _body("handoff.requested", handoff.requested_at, data)
    return (EventMessage(_message_id("handoff", handoff.id), WebhookEvent.HANDOFF, body, handoff.requested_at),)


def policy_event(revision: DocumentRevision) -> EventMessage:
    """What a revision changed. Who did it and why stays inside."""
    event, kind = _OF_CHANGE[revision.change.kind]
    metadata = revision.metadata
    data = {
        "document_id": revision.document_id,
        "revision": revision.number,
        "edition": revision.edition,
        "title": metadata.title,
        "document_number": metadata.document_number,
        "issuing_authorities": list(metadata.issuing_authorities),
        "jurisdiction": metadata.jurisdiction,
        "effective_on": _iso(metadata.effective_on),
        "expires_on": _iso(metadata.expires_on),
        "repealed_on": _iso(revision.repealed_on),
        "repealed_by": revision.repealed_by,
        "is_demonstration": metadata.is_demonstration,
        "link": f"/policies/{revision.document_id}",
    }
    message_id = _message_id("policy", f"{revision.document_id}#{revision.number}")
    return EventMessage(message_id, event, _body(kind, revision.change.at, data), revision.change.at)


def ping(subscriber_id: str, at: datetime) -> tuple[str, str]:
    """Id and body of a message that only tries whether messages arrive."""
    said = "这是一条测试通知，不需要处理。"
    return _message_id("ping", f"{subscriber_id}#{at.isoformat()}"), _body("ping", at, {"message": said})


def _body(kind: str, at: datetime, data: dict[str, Any]) -> str:
    return json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False)


def _message_id(matter: str, what: str) -> str:
    """No full stop in it: it separates the parts of what is signed (Standard Webhooks)."""
    return f"msg_{matter}-{blake2b(what.encode(), digest_size=12).hexdigest()}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
