"""The order form: from what an operator typed, or from a hand-over, to a draft, and from the filled form to an order."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import Form

from api.container import Container
from api.sendings import sending_of
from assistant.hotline.models import Confidentiality, Contact, OrderContent, Urgency, WorkOrderDraft
from assistant.intents import RequestType

_SEPARATOR = "/"
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class OrderForm:
    """The fields of the form as they were sent. `notes`, `phone`, `region`, `answer_id`, `handoff` are what the draft was made from.

    `form_key` "": the form was not shown yet.
    """

    notes: str
    phone: str
    region: str
    answer_id: str
    handoff: str
    handoff_version: int
    request_type: str
    title: str
    content: str
    wish: str
    place: str
    occurred: str
    jurisdiction: str
    class_path: str
    urgency: str
    confidentiality: str
    lead_department_id: str
    co_department_ids: tuple[str, ...]
    name: str
    address: str
    form_key: str

    @property
    def sending(self) -> str:
        return sending_of(self.form_key, asdict(self))

    def contact(self) -> Contact:
        return Contact(self.name.strip(), self.phone.strip(), self.address.strip())

    def filled(self, container: Container, before: OrderContent) -> OrderContent:
        """The content as the person left it. What still reads as the machine wrote it stays marked."""
        region = container.regions.resolve(self.jurisdiction)
        content = replace(
            before,
            request_type=_one_of(RequestType, self.request_type, before.request_type),
            title=self.title.strip(),
            content=self.content.strip(),
            wish=self.wish.strip(),
            place=self.place.strip(),
            occurred=self.occurred.strip(),
            jurisdiction=region.code if region else self.jurisdiction.strip(),
            class_path=tuple(part.strip() for part in self.class_path.split(_SEPARATOR) if part.strip()),
            urgency=_one_of(Urgency, self.urgency, before.urgency),
            confidentiality=_one_of(Confidentiality, self.confidentiality, before.confidentiality),
            lead_department_id=self.lead_department_id,
            co_department_ids=tuple(each for each in self.co_department_ids if each != self.lead_department_id),
        )
        untouched = {each.name for each in fields(content) if getattr(content, each.name) == getattr(before, each.name)}
        return replace(content, machine_filled=before.machine_filled & untouched)


def _one_of(kind: type[_Choice], value: str, usual: _Choice) -> _Choice:
    return kind(value) if value in {each.value for each in kind} else usual


def order_form(
    notes: Annotated[str, Form(max_length=8000)] = "",
    phone: Annotated[str, Form(max_length=40)] = "",
    region: Annotated[str, Form(max_length=60)] = "",
    answer_id: Annotated[str, Form(max_length=64)] = "",
    handoff: Annotated[str, Form(max_length=64)] = "",
    handoff_version: Annotated[int, Form()] = 0,
    request_type: Annotated[str, Form(max_length=20)] = "",
    title: Annotated[str, Form(max_length=200)] = "",
    content: Annotated[str, Form(max_length=8000)] = "",
    wish: Annotated[str, Form(max_length=2000)] = "",
    place: Annotated[str, Form(max_length=400)] = "",
    occurred: Annotated[str, Form(max_length=200)] = "",
    jurisdiction: Annotated[str, Form(max_length=60)] = "",
    class_path: Annotated[str, Form(max_length=200)] = "",
    urgency: Annotated[str, Form(max_length=20)] = "",
    confidentiality: Annotated[str, Form(max_length=20)] = "",
    lead_department_id: Annotated[str, Form(max_length=64)] = "",
    co_department_ids: Annotated[list[str] | None, Form()] = None,
    name: Annotated[str, Form(max_length=100)] = "",
    address: Annotated[str, Form(max_length=300)] = "",
    form_key: Annotated[str, Form(max_length=64)] = "",
) -> OrderForm:
    """A dependency of the routes."""
    given = {key: value for key, value in locals().items() if key != "co_department_ids"}
    return OrderForm(**given, co_department_ids=tuple(each for each in co_department_ids or () if each))


def drafted(container: Container, form: OrderForm) -> WorkOrderDraft:
    """What the machine makes of the call or of the hand-over; the same again for the same notes. Raises UnknownHandoff."""
    if form.handoff:
        return container.handoffs.draft_order(form.handoff)
    region = container.regions.resolve(form.region) or container.regions.resolve(container.settings.service_region)
    record = container.conversations.get(form.answer_id) if form.answer_id else None
    contact = Contact(phone=form.phone.strip())
    return container.drafter().from_call(form.notes, jurisdiction=region.code if region else None, contact=contact, answer=record)
