"""What the fate of an order teaches the router: a department that sent it back, and one that took it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.hotline.models import OrderAction, WorkOrder
from assistant.routing import ExampleSource, RoutingExample, RoutingExampleStore


@dataclass(frozen=True, slots=True)
class RoutingLessons:
    examples: RoutingExampleStore

    def sent_back(self, order: WorkOrder, better_department_id: str, at: datetime) -> None:
        """`order` as it was before it came back: it does not belong to its lead, and does to the better one where that is named."""
        if order.content.lead_department_id:
            self._add(order, order.content.lead_department_id, False, ExampleSource.SENT_BACK, at)
        if better_department_id:
            self._add(order, better_department_id, True, ExampleSource.SENT_BACK, at)

    def replied(self, order: WorkOrder, at: datetime) -> None:
        """A department that answers what another one sent back is the right one."""
        was_sent_back = any(move.action is OrderAction.SEND_BACK for move in order.history)
        if was_sent_back and order.content.lead_department_id:
            self._add(order, order.content.lead_department_id, True, ExampleSource.CONFIRMED, at)

    def _add(self, order: WorkOrder, department_id: str, belongs: bool, source: ExampleSource, at: datetime) -> None:
        text = f"{order.content.title}\n{order.content.content}"
        self.examples.add(RoutingExample(text, department_id, belongs, source, order.number, at))
