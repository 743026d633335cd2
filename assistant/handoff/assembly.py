"""Put hand-over together from its ports; rules and wording come from the files beside. Chooses no adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.handoff.handoff_desk import HandoffDesk
from assistant.handoff.order_conversion import OrderConversion
from assistant.handoff.ports import ConversationDrafter, HandoffStore, OrderIntake
from assistant.handoff.service_hours import load_handoff_rules
from assistant.handoff.wording import HandoffWording, load_handoff_wording
from assistant.hotline.ports import WorkingCalendar
from assistant.ports import Clock, ConversationStore


@dataclass(frozen=True, slots=True)
class HandoffPorts:
    """What hand-over needs from outside. `drafter` is made on first use; `mask` hides personal data."""

    store: HandoffStore
    conversations: ConversationStore
    drafter: Callable[[], ConversationDrafter]
    orders: OrderIntake
    calendar: WorkingCalendar
    mask: Callable[[str], str]
    clock: Clock


def assemble_handoffs(ports: HandoffPorts, hours: str = "", wording: HandoffWording | None = None) -> HandoffDesk:
    """`hours` "" takes the hours of the file; wording too defaults to its file. Raises ValueError where the hours are written wrongly."""
    wording = wording or load_handoff_wording()
    conversion = OrderConversion(ports.store, ports.conversations, ports.drafter, ports.orders, wording, ports.clock)
    return HandoffDesk(
        store=ports.store,
        conversations=ports.conversations,
        conversion=conversion,
        calendar=ports.calendar,
        mask=ports.mask,
        rules=load_handoff_rules(hours=hours),
        wording=wording,
        clock=ports.clock,
    )
