"""What hand-over needs of work orders, without the rest: drafts that say what was said, and numbers in a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from assistant.hotline.errors import OrderIncomplete
from assistant.hotline.models import (
    Caller,
    Contact,
    Deadline,
    OrderContent,
    OrderOrigin,
    OrderState,
    Submitted,
    WorkOrder,
    WorkOrderDraft,
)
from assistant.intents import RequestType
from assistant.models import AnswerRecord


class PlainDrafter:
    def from_conversation(
        self, records: Sequence[AnswerRecord], *, said: Sequence[str] = (), contact: Contact | None = None, origin: OrderOrigin
    ) -> WorkOrderDraft:
        words = "\n".join([*(record.question.text for record in records), *said])
        return WorkOrderDraft(OrderContent(RequestType.INQUIRY, words[:20], words, "答复", "990100"), origin)


class MemoryIntake:
    """`missing` refuses every draft with these sentences. `submitted` are the drafts taken in, with who submitted them."""

    def __init__(self, missing: Sequence[str] = ()) -> None:
        self.missing, self.submitted = list(missing), list[tuple[WorkOrderDraft, Contact, str]]()

    def submit(self, draft: WorkOrderDraft, contact: Contact, by: str) -> Submitted:
        if self.missing:
            raise OrderIncomplete(self.missing)
        self.submitted.append((draft, contact, by))
        order = WorkOrder(
            number=f"GD20261122-{len(self.submitted):05d}",
            version=1,
            state=OrderState.ACCEPTED,
            content=draft.content,
            origin=draft.origin,
            caller=Caller("", "", "", "", ""),
            deadline=Deadline(date(2026, 11, 24), 2),
            created_at=datetime(2026, 11, 22, tzinfo=UTC),
            created_by=by,
        )
        return Submitted(order, "" if contact.phone else "4821")
