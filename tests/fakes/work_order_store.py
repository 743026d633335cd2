"""A WorkOrderStore in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from collections import Counter
from datetime import date
from threading import Lock

from assistant.hotline.errors import OrderChanged, SentBefore, UnknownOrder
from assistant.hotline.models import OrderFilter, OrderState, WorkOrder


class MemoryWorkOrderStore:
    def __init__(self) -> None:
        self._orders: dict[str, WorkOrder] = {}
        # Who led an order before its n-th move, for counting who sent it back.
        self.leads: dict[tuple[str, int], str] = {}
        self._given: Counter[date] = Counter()
        self._lock = Lock()

    def next_number(self, day: date) -> str:
        with self._lock:
            self._given[day] += 1
            return f"GD{day:%Y%m%d}-{self._given[day]:05d}"

    def add(self, order: WorkOrder) -> None:
        with self._lock:
            sent = order.origin.sending
            before = next((known.number for known in self._orders.values() if sent and known.origin.sending == sent), None)
            if before is not None:
                raise SentBefore(before)
            self._orders[order.number] = order

    def save(self, order: WorkOrder) -> None:
        with self._lock:
            stored = self._orders.get(order.number)
            if stored is None:
                raise UnknownOrder(order.number)
            if stored.version + 1 != order.version:
                raise OrderChanged(order.number)
            for place in range(len(stored.history), len(order.history)):
                self.leads[order.number, place] = stored.content.lead_department_id
            self._orders[order.number] = order

    def get(self, number: str) -> WorkOrder:
        try:
            return self._orders[number]
        except KeyError:
            raise UnknownOrder(number) from None

    def find(self, wanted: OrderFilter) -> tuple[WorkOrder, ...]:
        newest_first = sorted(self._wanted(wanted), key=lambda order: (order.created_at, order.number), reverse=True)
        soonest_first = sorted(newest_first, key=lambda order: order.deadline.due_on)
        return tuple(soonest_first[wanted.offset : wanted.offset + wanted.limit])

    def count(self, wanted: OrderFilter) -> int:
        return len(self._wanted(wanted))

    def _wanted(self, wanted: OrderFilter) -> list[WorkOrder]:
        with self._lock:
            return [order for order in self._orders.values() if _fits(order, wanted)]


def _fits(order: WorkOrder, wanted: OrderFilter) -> bool:
    content = order.content
    text = "\n".join((order.number, content.title, content.content, content.wish, content.place)).lower()
    return (
        (not wanted.states or order.state in wanted.states)
        and (not wanted.department_id or wanted.department_id in (content.lead_department_id, *content.co_department_ids))
        and (wanted.held_by is None or order.held_by == wanted.held_by)
        and (not wanted.phone_digest or order.caller.phone_digest == wanted.phone_digest)
        and (wanted.due_before is None or (order.deadline.due_on < wanted.due_before and order.state is not OrderState.CLOSED))
        and (wanted.request_type is None or content.request_type is wanted.request_type)
        and all(word in text for word in wanted.words.lower().split())
        and (not wanted.jurisdiction or content.jurisdiction == wanted.jurisdiction)
    )
