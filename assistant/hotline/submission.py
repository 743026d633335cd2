"""From a draft to an order: complete, masked, contact sealed, numbered, with a promised day."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from assistant.hotline.completeness import Completeness
from assistant.hotline.contacts import phone_suffix, sealed_caller
from assistant.hotline.deadlines import DeadlineRules, china_day
from assistant.hotline.errors import OrderIncomplete, SentBefore
from assistant.hotline.models import (
    Contact,
    Deadline,
    OrderAction,
    OrderContent,
    OrderMove,
    OrderState,
    Submitted,
    WorkOrder,
    WorkOrderDraft,
)
from assistant.hotline.ports import ContactVault, WorkingCalendar, WorkOrderStore

_TEXTS = ("title", "content", "wish", "place", "occurred")


def four_digits() -> str:
    """Stands in for the last four digits of a phone nobody gave."""
    return f"{secrets.randbelow(10_000):04d}"


@dataclass(frozen=True, slots=True)
class OrderIntake:
    """Takes drafts in. `mask` hides personal data; `code` makes look-up codes."""

    store: WorkOrderStore
    vault: ContactVault
    calendar: WorkingCalendar
    deadlines: DeadlineRules
    completeness: Completeness
    mask: Callable[[str], str]
    code: Callable[[], str] = four_digits

    def take(self, draft: WorkOrderDraft, contact: Contact, by: str, at: datetime, *, by_person: bool) -> Submitted:
        """Stores the order; what was sent before gives the order made then. Raises OrderIncomplete: what a person must fill in.

        What the machine takes down only needs its essence.
        """
        content = self.masked(draft.content)
        if missing := self.completeness.missing(content, contact if by_person else None, essential_only=not by_person):
            raise OrderIncomplete(missing)
        number = self.store.next_number(china_day(at))
        suffix = phone_suffix(contact.phone)
        code = "" if suffix else self._code_for(draft.origin.sending)
        order = WorkOrder(
            number=number,
            version=1,
            state=OrderState.ACCEPTED,
            content=content,
            origin=draft.origin,
            caller=sealed_caller(contact, self.vault),
            deadline=self.deadline(content, at),
            created_at=at,
            created_by=by,
            suggestions=draft.suggestions,
            provisions=draft.provisions,
            earlier=draft.earlier,
            similar=draft.similar,
            lookup_digest=self.lookup_digest(number, suffix or code),
            history=(OrderMove(at, by, OrderAction.SUBMIT, OrderState.ACCEPTED),),
        )
        try:
            self.store.add(order)
        except SentBefore as before:
            return self.again(self.store.get(before.number))
        return Submitted(order, code)

    def again(self, order: WorkOrder) -> Submitted:
        """What was said when this order was made, for whoever sends the same form once more."""
        code = "" if order.caller.phone_digest else self._code_for(order.origin.sending)
        return Submitted(order, code, repeated=True)

    def deadline(self, content: OrderContent, received_at: datetime) -> Deadline:
        return self.deadlines.promised(self.calendar, content.request_type, content.urgency, received_at)

    def masked(self, content: OrderContent) -> OrderContent:
        """What a person typed into a form may hold personal data again."""
        masked: dict[str, Any] = {name: self.mask(getattr(content, name)).strip() for name in _TEXTS}
        return replace(content, **masked)

    def _code_for(self, sending: str) -> str:
        """The same for the same sending, and without the vault's key not to be guessed from it."""
        if not sending:
            return self.code()
        return f"{int(sha256(self.vault.digest(f'{sending}/code').encode()).hexdigest(), 16) % 10_000:04d}"

    def lookup_digest(self, number: str, suffix: str) -> str:
        return self.vault.digest(f"{number}/{suffix}")
