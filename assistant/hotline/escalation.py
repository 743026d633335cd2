"""Warns once per step when a deadline nears or has passed. Which steps there are stands in deadlines.toml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assistant.hotline.deadlines import DeadlineRules, china_day
from assistant.hotline.errors import OrderChanged
from assistant.hotline.life_cycle import SYSTEM, LifeCycle
from assistant.hotline.models import OrderAction, OrderFilter, WorkOrder
from assistant.hotline.ports import OrderAnnouncer, WorkingCalendar, WorkOrderStore

_PAGE = 200


@dataclass(frozen=True, slots=True)
class DeadlineWatch:
    """Safe to run in several processes at once: of two that see the same step, the store lets one through."""

    store: WorkOrderStore
    calendar: WorkingCalendar
    life_cycle: LifeCycle
    deadlines: DeadlineRules
    announcer: OrderAnnouncer

    def escalate_due(self, now: datetime) -> tuple[WorkOrder, ...]:
        """The orders warned of this time. Where several steps were missed, the last one is given and stands for all."""
        warned = (self._warn(order, now) for order in tuple(self._orders_due_soon(now)))
        return tuple(order for order in warned if order is not None)

    def _orders_due_soon(self, now: datetime) -> Iterator[WorkOrder]:
        """Overdue ones included. Those whose first warning still lies ahead are not even read: there may be many."""
        first_warning = max(step.working_days_left for step in self.deadlines.steps)
        last = self.calendar.due(china_day(now), max(first_warning, 0)).due_on
        states = self.life_cycle.rules[OrderAction.ESCALATE].from_states
        wanted = OrderFilter(states=states, due_before=last + timedelta(days=1), limit=_PAGE)
        while page := self.store.find(wanted):
            yield from page
            wanted = replace(wanted, offset=wanted.offset + len(page))

    def _warn(self, order: WorkOrder, now: datetime) -> WorkOrder | None:
        left = self.calendar.working_days_left(china_day(now), order.deadline.due_on)
        reached = self.deadlines.steps_reached(order.deadline, left)
        if reached <= order.escalations:
            return None
        reason = self.deadlines.steps[reached - 1].reason
        warned = self.life_cycle.apply(order, OrderAction.ESCALATE, SYSTEM, now, reason, escalations=reached)
        try:
            self.store.save(warned)
        except OrderChanged:
            return None  # Somebody is working on it at this moment; the next round looks again.
        self.announcer.announce(warned)
        return warned
