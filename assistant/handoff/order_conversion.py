"""A hand-over becomes a work order: outside service hours, after too long a wait, or because the operator says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from assistant.errors import AssistantError
from assistant.handoff.models import Handoff, HandoffState, Speaker, Transcript
from assistant.handoff.ports import ConversationDrafter, HandoffStore, OrderIntake
from assistant.handoff.wording import HandoffWording
from assistant.hotline.models import Channel, Contact, OrderOrigin, Submitted, WorkOrderDraft
from assistant.ports import Clock, ConversationStore
from indexing.errors import IndexingError

SYSTEM = "系统"
"""Stands where an account name would, in hand-overs and in the history of orders."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OrderConversion:
    """`drafter` is made on first use: it needs models. Safe to call from many threads and processes."""

    store: HandoffStore
    conversations: ConversationStore
    drafter: Callable[[], ConversationDrafter]
    orders: OrderIntake
    wording: HandoffWording
    clock: Clock

    def transcript(self, handoff: Handoff) -> Transcript:
        return Transcript(self.conversations.records_of(handoff.conversation_id), self.store.messages(handoff.id))

    def draft(self, handoff: Handoff) -> WorkOrderDraft:
        """What the form of an operator starts from, and what the machine submits."""
        said = self.transcript(handoff)
        words = [message.text for message in said.messages if message.speaker is Speaker.CITIZEN]
        origin = OrderOrigin(Channel.WEB, handoff.conversation_id, handoff.answer_id, handoff.id)
        return self.drafter().from_conversation(said.records, said=words, origin=origin)

    def by_machine(self, handoff: Handoff, opening: str) -> tuple[Handoff, Submitted | None]:
        """None, and the hand-over waits on, where no order can be made. Raises HandoffChanged where an operator was faster."""
        # Taken first, so that neither an operator nor another process makes a second order of it.
        held = self.change(handoff, state=HandoffState.CLAIMED, claimed_by=SYSTEM, claimed_at=self.clock())
        try:
            submitted = self.orders.submit(self.draft(held), Contact(), SYSTEM)
        except (AssistantError, IndexingError) as error:
            _log.warning("handoff_not_ordered", handoff_id=handoff.id, error=type(error).__name__)
            return self.change(held, state=HandoffState.WAITING, claimed_by="", claimed_at=None), None
        return self.finish(held, submitted, opening), submitted

    def by_operator(self, handoff: Handoff, draft: WorkOrderDraft, contact: Contact, by: str) -> Submitted:
        """Raises HandoffChanged, OrderIncomplete; then nothing has changed for the citizen."""
        held = self.change(handoff)
        submitted = self.orders.submit(draft, contact, by)
        self.finish(held, submitted, self.wording.say("by_operator"))
        return submitted

    def finish(self, handoff: Handoff, submitted: Submitted, opening: str) -> Handoff:
        """Tell the citizen in the thread, the look-up code included: after a wait there is no other page to show it on."""
        ended = self.change(handoff, state=HandoffState.BECAME_ORDER, order_number=submitted.order.number, closed_at=self.clock())
        self.store.say(ended.id, Speaker.SYSTEM, self.told(submitted, opening), self.clock())
        return ended

    def told(self, submitted: Submitted, opening: str) -> str:
        due = submitted.order.deadline.due_on
        lines = [opening, self.wording.say("order", number=submitted.order.number, due_on=f"{due.year}年{due.month}月{due.day}日")]
        if submitted.lookup_code:
            lines.append(self.wording.say("lookup_code", code=submitted.lookup_code))
        return "\n".join(lines)

    def change(self, handoff: Handoff, **changes: object) -> Handoff:
        """Raises HandoffChanged, UnknownHandoff."""
        changed = replace(handoff, version=handoff.version + 1, **changes)  # type: ignore[arg-type]  # fields by name
        self.store.save(changed)
        return changed
