"""What other systems are told of a work order: the message and who gets it. The caller is never in it, not even masked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.hotline.models import WorkOrder
from assistant.hotline.webhook_rules import WebhookRules


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message for one address. `id` is the same at every attempt and for every address, so that receivers can tell repeats."""

    id: str
    url: str
    order_number: str
    body: str
    created_at: datetime


OutgoingMessages = Callable[[WorkOrder], Sequence[OutgoingMessage]]
"""What must be sent because an order is as it is now. A store keeps it in the same transaction as the order, so that nothing is lost."""


@dataclass(frozen=True)
class OrderMessages:
    """Messages about the newest move of an order, one per address."""

    urls: tuple[str, ...]
    rules: WebhookRules

    def __call__(self, order: WorkOrder) -> tuple[OutgoingMessage, ...]:
        if not order.history or order.history[-1].action in self.rules.kept_inside:
            return ()
        body = json.dumps(event_of(order), ensure_ascii=False)
        at = order.history[-1].at
        # No full stop in the id: it separates the parts of what is signed (Standard Webhooks).
        return tuple(OutgoingMessage(f"msg_{order.number}-{order.version}", url, order.number, body, at) for url in self.urls)


def event_of(order: WorkOrder) -> dict[str, Any]:
    """The newest move in the shape of Standard Webhooks: type, timestamp, data. All texts are masked already."""
    content, move = order.content, order.history[-1]
    return {
        "type": f"work_order.{move.action.value}",
        "timestamp": move.at.isoformat(),
        "data": {
            "number": order.number,
            "version": order.version,
            "state": order.state.value,
            "state_label": order.state.label,
            "request_type": content.request_type.value,
            "request_type_label": content.request_type.label,
            "urgency": content.urgency.value,
            "title": content.title,
            "content": content.content,
            "wish": content.wish,
            "jurisdiction": content.jurisdiction,
            "place": content.place,
            "occurred": content.occurred,
            "class_path": list(content.class_path),
            "lead_department_id": content.lead_department_id,
            "co_department_ids": list(content.co_department_ids),
            "due_on": order.deadline.due_on.isoformat(),
            "supervised": order.supervised,
            "reply": order.reply,
            "created_at": order.created_at.isoformat(),
            "reason": move.reason,
        },
    }
