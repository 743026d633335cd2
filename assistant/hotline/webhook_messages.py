"""A message to one address, and what other systems are told of a work order. The caller is never in it, not even masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.hotline.models import WorkOrder


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message for one address. `id` is the same at every attempt and for every address, so that receivers can tell repeats.

    `subscriber_id` "" for an address of the settings.
    """

    id: str
    url: str
    order_number: str
    body: str
    created_at: datetime
    subscriber_id: str = ""


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
