"""A RetentionStore over the other stores in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from assistant.handoff.models import Handoff
from assistant.hotline.models import Caller, OrderState, WorkOrder
from assistant.retention import Forgotten
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.handoff_store import MemoryHandoffStore
from tests.fakes.rating_store import MemoryRatingStore
from tests.fakes.work_order_store import MemoryWorkOrderStore


class MemoryRetentionStore:
    def __init__(
        self,
        conversations: MemoryConversationStore,
        handoffs: MemoryHandoffStore,
        orders: MemoryWorkOrderStore,
        ratings: MemoryRatingStore | None = None,
    ) -> None:
        self._conversations, self._handoffs, self._orders = conversations, handoffs, orders
        self._ratings = ratings or MemoryRatingStore(conversations)
        self.settled = 0

    def conversation_of(self, id_: str) -> str | None:
        asked = [r.conversation_id for r in self._conversations._records.values() if id_ in (r.conversation_id, r.answer_id)]
        handed = [h.conversation_id for h in self._all_handoffs() if id_ in (h.conversation_id, h.id)]
        return next((found for found in (*asked, *handed) if found), None)

    def has_open_handoff(self, conversation_id: str) -> bool:
        return any(handoff.is_open for handoff in self._all_handoffs() if handoff.conversation_id == conversation_id)

    def forget_conversation(self, conversation_id: str) -> Forgotten:
        for record in self._conversations._records.values():
            if record.conversation_id == conversation_id:
                self._ratings.leave(record.answer_id)
        return self._forget(conversation_id)

    def _forget(self, conversation_id: str) -> Forgotten:
        asked = [record.answer_id for record in self._conversations._records.values() if record.conversation_id == conversation_id]
        feedback = sum(len(self._conversations._feedback.pop(answer_id, ())) for answer_id in asked)
        for answer_id in asked:
            del self._conversations._records[answer_id]
        handed = [handoff for handoff in self._all_handoffs() if handoff.conversation_id == conversation_id]
        messages = sum(len(self._handoffs._messages.get(handoff.id, ())) for handoff in handed)
        for handoff in handed:
            self._handoffs._messages[handoff.id] = []
            self._handoffs._handoffs[handoff.id] = handoff.emptied()
        gone = [one for one in self._ratings.given if one.answer_id in asked and one.answer_id not in self._ratings.cases]
        self._ratings.given = [one for one in self._ratings.given if one not in gone]
        return Forgotten(len(asked), feedback, len(handed), messages, ratings=len(gone))

    def forget_conversations_before(self, moment: datetime) -> Forgotten:
        newest: dict[str, datetime] = {}
        for record in self._conversations._records.values():
            newest[record.conversation_id] = max(newest.get(record.conversation_id, record.question.asked_at), record.question.asked_at)
        for handoff in self._all_handoffs():
            newest[handoff.conversation_id] = max(newest.get(handoff.conversation_id, handoff.requested_at), handoff.requested_at)
        old = [name for name, at in newest.items() if name and at < moment and not self.has_open_handoff(name)]
        return sum((self._forget(name) for name in old), Forgotten())

    def forget_contacts_closed_before(self, moment: datetime) -> Forgotten:
        known = [order for order in self._closed(moment) if order.caller.sealed]
        for order in known:
            self._orders._orders[order.number] = replace(order, version=order.version + 1, caller=Caller("", "", "", "", ""))
        return Forgotten(contacts=len(known))

    def forget_orders_closed_before(self, moment: datetime) -> Forgotten:
        closed = self._closed(moment)
        for order in closed:
            del self._orders._orders[order.number]
        return Forgotten(orders=len(closed))

    def settle(self) -> None:
        self.settled += 1

    def _all_handoffs(self) -> list[Handoff]:
        return list(self._handoffs._handoffs.values())

    def _closed(self, moment: datetime) -> list[WorkOrder]:
        orders = self._orders._orders.values()
        return [order for order in orders if order.state is OrderState.CLOSED and order.history[-1].at < moment]
