"""Frozen values of hotline work: the work order, its caller, its moves. A change makes a new value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from assistant.hotline.order_terms import Channel, Confidentiality, OrderAction, OrderState, Satisfaction, Urgency
from assistant.intents import RequestType

__all__ = [
    "Caller",
    "Channel",
    "Confidentiality",
    "Contact",
    "Deadline",
    "DepartmentSuggestion",
    "OrderAction",
    "OrderContent",
    "OrderFilter",
    "OrderMove",
    "OrderOrigin",
    "OrderProgress",
    "OrderState",
    "ProgressStep",
    "ReliedProvision",
    "Satisfaction",
    "Submitted",
    "Urgency",
    "WorkOrder",
    "WorkOrderDraft",
]


@dataclass(frozen=True, slots=True)
class Contact:
    """Who called, in clear. Lives in memory only for as long as it is needed; stored sealed. Unknown fields are ""."""

    name: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called, as everyone may see it: `name` 王**, `phone` 138****5678, `address` masked. `sealed` opens only through the vault.

    `phone_digest` is a keyed digest that finds other orders of the same number; "" without a phone.
    """

    name: str
    phone: str
    address: str
    sealed: str
    phone_digest: str


@dataclass(frozen=True, slots=True)
class ReliedProvision:
    """A provision the suggestion rests on: a copy of the citation, so that the order can be read years later."""

    title: str
    document_number: str | None
    provision: str
    quote: str
    link: str


@dataclass(frozen=True, slots=True)
class DepartmentSuggestion:
    """One of the departments the machine suggested, with its reasons in Chinese."""

    department_id: str
    name: str
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due_on` is the last day on which a reply is in time. `warning` "" or a Chinese sentence where the calendar does not know a year."""

    due_on: date
    working_days: int
    warning: str = ""


@dataclass(frozen=True, slots=True)
class OrderContent:
    """What an order says; the part a form edits. All texts are masked. `machine_filled` names fields no person has confirmed."""

    request_type: RequestType
    title: str
    content: str
    wish: str
    jurisdiction: str
    place: str = ""
    occurred: str = ""
    class_path: tuple[str, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    confidentiality: Confidentiality = Confidentiality.OPEN
    lead_department_id: str = ""
    co_department_ids: tuple[str, ...] = ()
    machine_filled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OrderOrigin:
    """Where an order came from. Ids "" where there is none.

    `sending` names one sending of a form: where it arrives twice (a double click, a page reloaded), there is still one order.
    """

    channel: Channel
    conversation_id: str = ""
    answer_id: str = ""
    handoff_id: str = ""
    sending: str = ""


@dataclass(frozen=True, slots=True)
class WorkOrderDraft:
    """Not yet an order. `missing` are Chinese sentences: what must still be filled in before it can be submitted.

    `automatic`: the router is sure enough to dispatch without a person.
    """

    content: OrderContent
    origin: OrderOrigin
    suggestions: tuple[DepartmentSuggestion, ...] = ()
    provisions: tuple[ReliedProvision, ...] = ()
    deadline: Deadline | None = None
    earlier: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class OrderMove:
    """One line of the history. `by` is an account name, "系统" for the machine, "来电人" for the citizen."""

    at: datetime
    by: str
    action: OrderAction
    state_after: OrderState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """`version` grows by one with each change; a change based on an older one is refused. Moments are timezone-aware.

    `held_by` is the account that claimed it, "" for none. `escalations` counts warnings already given.
    """

    number: str
    version: int
    state: OrderState
    content: OrderContent
    origin: OrderOrigin
    caller: Caller
    deadline: Deadline
    created_at: datetime
    created_by: str
    suggestions: tuple[DepartmentSuggestion, ...] = ()
    provisions: tuple[ReliedProvision, ...] = ()
    earlier: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    held_by: str = ""
    reply: str = ""
    satisfaction: Satisfaction | None = None
    supervised: bool = False
    escalations: int = 0
    lookup_digest: str = ""
    history: tuple[OrderMove, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Submitted:
    """A new order, and, where no phone is known, the four digits that stand in for the phone suffix at look-up (shown once).

    `repeated`: the same sending arrived before, and this is the order made then.
    """

    order: WorkOrder
    lookup_code: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list; None, "" or () leaves a field open.

    `department_id`: leading or supporting. `held_by` "": those nobody holds. `due_before`: due on an earlier day, overdue ones included,
    closed ones left out. `words`: each of them, split at blanks, stands in number, title, content, wish or place, whatever its case.
    """

    states: tuple[OrderState, ...] = ()
    department_id: str = ""
    held_by: str | None = None
    phone_digest: str = ""
    due_before: date | None = None
    request_type: RequestType | None = None
    words: str = ""
    jurisdiction: str = ""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ProgressStep:
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """What a citizen may see of an order: nothing of other people, nothing internal."""

    number: str
    title: str
    state: OrderState
    department: str
    due_on: date
    steps: tuple[ProgressStep, ...]
    reply: str
    can_rate: bool
