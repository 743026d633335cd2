"""Everything that can be done with work orders. Read `_move` first: every move goes through it."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assistant.hotline.contacts import normalised_phone, opened_contact
from assistant.hotline.errors import (
    MoveNotAllowed,
    OrderChanged,
    OrderHeld,
    OrderIncomplete,
    ProgressNotFound,
    ReasonRequired,
    UnknownOrder,
)
from assistant.hotline.escalation import DeadlineWatch
from assistant.hotline.life_cycle import CALLER, SYSTEM, Actor, LifeCycle
from assistant.hotline.models import (
    Contact,
    Deadline,
    OrderAction,
    OrderContent,
    OrderFilter,
    OrderProgress,
    OrderState,
    Satisfaction,
    Submitted,
    WorkOrder,
    WorkOrderDraft,
)
from assistant.hotline.ports import OrderAnnouncer
from assistant.hotline.progress import ProgressWording
from assistant.hotline.routing_lessons import RoutingLessons
from assistant.hotline.submission import OrderIntake
from assistant.intents import RequestType
from assistant.ports import Clock
from knowledge_base.ports import DepartmentStore

_DISSATISFIED = (Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED)
_ATTEMPTS = 5
_ROLES_OUTSIDE = {SYSTEM: frozenset({"system"}), CALLER: frozenset({"caller"})}


@dataclass(frozen=True, slots=True)
class WorkOrderDesk:
    """The use cases of work orders. Safe to call from many threads and processes: who works on an old version is refused.

    `roles_of` gives the roles of an account by name. Moves raise UnknownOrder, OrderChanged, OrderHeld, MoveNotAllowed, NotYourMove,
    ReasonRequired or OrderIncomplete, and return the new order. Texts are masked here, whoever typed them.
    """

    intake: OrderIntake
    life_cycle: LifeCycle
    departments: DepartmentStore
    lessons: RoutingLessons
    announcer: OrderAnnouncer
    progress_wording: ProgressWording
    clock: Clock
    roles_of: Callable[[str], frozenset[str]]

    def submit(self, draft: WorkOrderDraft, contact: Contact, by: str) -> Submitted:
        """`by` an account, "系统" or "来电人"; from the latter two what only a person could ask for may be missing until dispatch.

        What the machine takes down goes straight to the department where the router is sure enough and nothing is missing.
        A sending that arrives twice makes one order.
        """
        submitted = self.intake.take(draft, contact, by, self.clock(), by_person=by not in _ROLES_OUTSIDE)
        if submitted.repeated:
            return submitted
        self.announcer.announce(submitted.order)
        return replace(submitted, order=self._sent_on(submitted.order)) if by == SYSTEM and draft.automatic else submitted

    def get(self, number: str) -> WorkOrder:
        return self.intake.store.get(_written_plainly(number))

    def find(self, wanted: OrderFilter) -> tuple[WorkOrder, ...]:
        return self.intake.store.find(wanted)

    def count(self, wanted: OrderFilter) -> int:
        return self.intake.store.count(wanted)

    def earlier_of(self, phone: str) -> tuple[WorkOrder, ...]:
        """Orders of the same number, newest first."""
        digest = self.intake.vault.digest(normalised_phone(phone))
        found = self.find(OrderFilter(phone_digest=digest)) if digest else ()
        return tuple(sorted(found, key=lambda order: order.created_at, reverse=True))

    def allowed_actions(self, order: WorkOrder, by: str) -> tuple[OrderAction, ...]:
        """What this person may do now, in the order in which a screen offers it."""
        return self.life_cycle.allowed(order, self._actor(by))

    def suggested_action(self, order: WorkOrder, by: str) -> OrderAction | None:
        """The natural next step: after a dissatisfied follow-up that is taking it up again. None where this person has none to take."""
        allowed = self.allowed_actions(order, by)
        if OrderAction.REOPEN in allowed and order.satisfaction in _DISSATISFIED and order.state is OrderState.FOLLOWED_UP:
            return OrderAction.REOPEN
        return next((action for action in allowed if self.life_cycle.rules[action].to), None)

    def claim(self, number: str, version: int, by: str) -> WorkOrder:
        """Of two who claim at once one succeeds; the other learns who (OrderHeld)."""
        try:
            return self._move(number, version, by, OrderAction.CLAIM, held_by=by)
        except OrderChanged:
            if (holder := self.get(number).held_by) and holder != by:
                raise OrderHeld(number, holder) from None
            raise

    def release(self, number: str, version: int, by: str) -> WorkOrder:
        return self._move(number, version, by, OrderAction.RELEASE)

    def dispatch(  # noqa: PLR0913, PLR0917  # one argument per field of the form
        self, number: str, version: int, by: str, lead_department_id: str, co_department_ids: tuple[str, ...] = (), reason: str = ""
    ) -> WorkOrder:
        """To the lead and, for joint matters, supporting departments. Raises OrderIncomplete for gaps and unknown departments."""
        order = self.get(number)
        supporting = tuple(dict.fromkeys(each for each in co_department_ids if each != lead_department_id))
        content = replace(order.content, lead_department_id=lead_department_id, co_department_ids=supporting)
        content = replace(content, machine_filled=content.machine_filled - {"lead_department_id", "co_department_ids"})
        self._check_sendable(content)
        return self._move(number, version, by, OrderAction.DISPATCH, reason, content=content)

    def send_back(self, number: str, version: int, by: str, reason: str, better_department_id: str = "") -> WorkOrder:
        """The department refuses it. The router learns from it; a better department is offered for the next dispatch."""
        order = self.get(number)
        if better_department_id:
            self._check_departments((better_department_id,))
        content = replace(order.content, lead_department_id=better_department_id, co_department_ids=())
        moved = self._move(number, version, by, OrderAction.SEND_BACK, reason, content=content)
        self.lessons.sent_back(order, better_department_id, self.clock())
        return moved

    def start(self, number: str, version: int, by: str) -> WorkOrder:
        return self._move(number, version, by, OrderAction.START)

    def reply(self, number: str, version: int, by: str, text: str) -> WorkOrder:
        """Raises ReasonRequired for an empty reply."""
        if not text.strip():
            raise ReasonRequired(OrderAction.REPLY.label)
        moved = self._move(number, version, by, OrderAction.REPLY, reply=self.intake.mask(text).strip())
        self.lessons.replied(moved, self.clock())
        return moved

    def follow_up(self, number: str, version: int, by: str, satisfaction: Satisfaction, note: str = "") -> WorkOrder:
        return self._move(number, version, by, OrderAction.FOLLOW_UP, note, satisfaction=satisfaction)

    def reopen(self, number: str, version: int, by: str, reason: str) -> WorkOrder:
        """Back to work with a new deadline, warned of anew, to be followed up again."""
        deadline = self.intake.deadlines.reopened(self.intake.calendar, self.get(number).deadline, self.clock())
        return self._move(number, version, by, OrderAction.REOPEN, reason, deadline=deadline, escalations=0, satisfaction=None)

    def close(self, number: str, version: int, by: str) -> WorkOrder:
        return self._move(number, version, by, OrderAction.CLOSE)

    def supervise(self, number: str, version: int, by: str, reason: str) -> WorkOrder:
        return self._move(number, version, by, OrderAction.SUPERVISE, reason, supervised=True)

    def correct(self, number: str, version: int, by: str, content: OrderContent) -> WorkOrder:
        """What a person changed no longer counts as filled by the machine. The request type has its own move (ReasonRequired)."""
        order = self.get(number)
        if content.request_type is not order.content.request_type:
            raise ReasonRequired(OrderAction.RECLASSIFY.label)
        content = self._corrected(order, self.intake.masked(content))
        if missing := self.intake.completeness.missing(content):
            raise OrderIncomplete(missing)
        return self._move(number, version, by, OrderAction.CORRECT, content=content, deadline=self._deadline(order, content))

    def reclassify(self, number: str, version: int, by: str, request_type: RequestType, reason: str) -> WorkOrder:
        """Only a named person may, and says why: so a complaint is never lowered to an inquiry by the machine."""
        order = self.get(number)
        content = replace(order.content, request_type=request_type, machine_filled=order.content.machine_filled - {"request_type"})
        said = f"{order.content.request_type.label}改为{request_type.label}：{reason.strip()}" if reason.strip() else ""
        deadline = self._deadline(order, content)
        return self._move(number, version, by, OrderAction.RECLASSIFY, said, content=content, deadline=deadline)

    def open_contact(self, number: str, by: str, reason: str) -> Contact:
        """In clear, for the eyes of the one who asks; who and why stands in the history. Raises SealBroken as well."""
        moved = self._move_as_it_stands(number, by, OrderAction.OPEN_CONTACT, reason)
        return opened_contact(moved.caller, self.intake.vault)

    def progress(self, number: str, phone_suffix: str) -> OrderProgress:
        """Raises ProgressNotFound, which does not say whether number or suffix is wrong."""
        order = self._looked_up(number, phone_suffix)
        return self.progress_wording.progress(order, self.department_name(order.content.lead_department_id))

    def rate(self, number: str, phone_suffix: str, satisfaction: Satisfaction, comment: str = "") -> OrderProgress:
        """The citizen's own follow-up, once per reply. Raises ProgressNotFound, MoveNotAllowed."""
        order = self._looked_up(number, phone_suffix)
        self._move_as_it_stands(order.number, CALLER, OrderAction.FOLLOW_UP, comment, satisfaction=satisfaction)
        return self.progress(number, phone_suffix)

    def escalate_due(self, now: datetime) -> tuple[WorkOrder, ...]:
        intake = self.intake
        return DeadlineWatch(intake.store, intake.calendar, self.life_cycle, intake.deadlines, self.announcer).escalate_due(now)

    def department_name(self, department_id: str) -> str:
        """ "" for an unknown one."""
        department = self.departments.get(department_id) if department_id else None
        return department.name if department else ""

    def _move(self, number: str, version: int, by: str, action: OrderAction, reason: str = "", **changes: Any) -> WorkOrder:
        order = self.get(number)
        self.life_cycle.check(order, action, self._actor(by), reason)
        if order.version != version:
            raise OrderChanged(number)
        moved = self.life_cycle.apply(order, action, by, self.clock(), self.intake.mask(reason), **changes)
        self.intake.store.save(moved)
        self.announcer.announce(moved)
        return moved

    def _move_as_it_stands(self, number: str, by: str, action: OrderAction, reason: str, **changes: Any) -> WorkOrder:
        """For those who saw no version: what others do at the same moment does not stand in their way."""
        for _ in range(_ATTEMPTS):
            try:
                return self._move(number, self.get(number).version, by, action, reason, **changes)
            except OrderChanged:
                continue
        raise OrderChanged(number)

    def _actor(self, by: str) -> Actor:
        return Actor(by, _ROLES_OUTSIDE.get(by) or self.roles_of(by))

    def _sent_on(self, order: WorkOrder) -> WorkOrder:
        content = order.content
        try:
            return self.dispatch(
                order.number, order.version, SYSTEM, content.lead_department_id, content.co_department_ids, self.life_cycle.automatic_reason
            )
        except (OrderIncomplete, MoveNotAllowed):
            return order

    def _looked_up(self, number: str, suffix: str) -> WorkOrder:
        number = _written_plainly(number)
        digest = self.intake.lookup_digest(number, _written_plainly(suffix))
        try:
            order = self.intake.store.get(number)
        except UnknownOrder:
            raise ProgressNotFound from None
        if not hmac.compare_digest(digest, order.lookup_digest):
            raise ProgressNotFound
        return order

    def _check_sendable(self, content: OrderContent) -> None:
        missing = list(self.intake.completeness.missing(content))
        if not content.lead_department_id:
            missing.append(self.intake.completeness.words["no_department"])
        if missing:
            raise OrderIncomplete(missing)
        self._check_departments((content.lead_department_id, *content.co_department_ids))

    def _check_departments(self, department_ids: tuple[str, ...]) -> None:
        if any(self.departments.get(department_id) is None for department_id in department_ids):
            raise OrderIncomplete([self.intake.completeness.words["unknown_department"]])

    def _corrected(self, order: WorkOrder, content: OrderContent) -> OrderContent:
        """Departments of an order on its way are changed by sending it back, not by correcting it."""
        before = order.content
        if order.state is not OrderState.ACCEPTED:
            content = replace(content, lead_department_id=before.lead_department_id, co_department_ids=before.co_department_ids)
        untouched = {name for name in before.machine_filled if getattr(content, name, None) == getattr(before, name, None)}
        return replace(content, machine_filled=frozenset(untouched & content.machine_filled))

    def _deadline(self, order: WorkOrder, content: OrderContent) -> Deadline:
        before = order.content
        if (content.request_type, content.urgency) == (before.request_type, before.urgency):
            return order.deadline
        return self.intake.deadline(content, order.created_at)


def _written_plainly(text: str) -> str:
    """As typed on any keyboard: full-width characters, blanks and small letters mean the same."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
