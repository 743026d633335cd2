"""诉求登记: from what a citizen fills in to a work order. Shared by the page and the JSON interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

import structlog

from api.container import Container
from api.sendings import sending_of
from assistant.errors import AssistantError
from assistant.hotline.contacts import is_phone
from assistant.hotline.life_cycle import CALLER
from assistant.hotline.models import Channel, Contact, OrderContent, OrderOrigin, Submitted, WorkOrderDraft
from assistant.intents import RequestType
from assistant.models import AnswerRecord
from indexing.errors import IndexingError

log = structlog.get_logger()

_WITH_CONTACT = (RequestType.COMPLAINT, RequestType.REPORT)
_TITLE_LENGTH = 30


class RequestRefused(AssistantError):
    """`faults` by field name, each a Chinese sentence that says what to do."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("".join(faults.values()))
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class RequestFields:
    """The form as it was sent. `jurisdiction` is a code or a name; `anonymous`: no name and phone, a look-up code instead.

    `form_key` tells one form from another: the same one with the same words, sent twice, makes one order.
    """

    answer_id: str = ""
    request_type: str = ""
    title: str = ""
    content: str = ""
    wish: str = ""
    jurisdiction: str = ""
    place: str = ""
    occurred: str = ""
    name: str = ""
    phone: str = ""
    anonymous: bool = False
    form_key: str = ""

    def contact(self) -> Contact:
        return Contact() if self.anonymous else Contact(self.name.strip(), self.phone.strip())


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What the form starts from; `machine_filled` names the fields a person should check."""

    fields: RequestFields
    machine_filled: frozenset[str] = frozenset()


def prefilled(container: Container, answer_id: str, jurisdiction: str) -> Prefilled:
    """From the conversation of an answer; an unknown answer, or none, gives an empty form."""
    record = container.conversations.get(answer_id) if answer_id else None
    if record is None:
        return Prefilled(RequestFields(jurisdiction=jurisdiction))
    draft = _from_conversation(container, record)
    if draft is None:
        return Prefilled(
            RequestFields(answer_id=answer_id, content=record.question.text, jurisdiction=jurisdiction), frozenset({"content"})
        )
    content = draft.content
    filled = RequestFields(
        answer_id=answer_id,
        request_type=content.request_type.value,
        title=content.title,
        content=content.content,
        wish=content.wish,
        jurisdiction=content.jurisdiction or jurisdiction,
        place=content.place,
        occurred=content.occurred,
    )
    return Prefilled(filled, content.machine_filled)


def submit_request(container: Container, sent: RequestFields) -> Submitted:
    """Raises RequestRefused, OrderIncomplete."""
    if faults := _faults(container, sent):
        raise RequestRefused(faults)
    record = container.conversations.get(sent.answer_id) if sent.answer_id else None
    contact = sent.contact()
    return container.work_orders.submit(_draft(container, sent, record, contact), contact, CALLER)


def _faults(container: Container, sent: RequestFields) -> dict[str, str]:
    faults = {}
    if sent.request_type not in set(RequestType):
        faults["request_type"] = "请选择诉求类型。"
    if not sent.content.strip():
        faults["content"] = "请写明诉求内容。"
    if container.regions.resolve(sent.jurisdiction.strip()) is None:
        faults["jurisdiction"] = "请选择事发地区。"
    limits, names = container.work_orders.intake.completeness.limits, container.work_orders.intake.completeness.fields
    for name, limit in limits.items():
        if len(getattr(sent, name)) > limit:
            faults[name] = f"{names[name]}不能超过 {limit} 个字，请缩短。"
    return faults if sent.anonymous else faults | _contact_faults(sent)


def _contact_faults(sent: RequestFields) -> dict[str, str]:
    faults = {}
    needed = sent.request_type in {kind.value for kind in _WITH_CONTACT}
    if sent.phone.strip() and not is_phone(sent.phone):
        faults["phone"] = "电话号码的位数不对，请核对。"
    if needed and not sent.phone.strip():
        faults["phone"] = "投诉和举报需要核实情况，请填写联系电话，或者选择匿名登记。"
    if needed and not sent.name.strip():
        faults["name"] = "请填写称呼，或者选择匿名登记。"
    return faults


def _draft(container: Container, sent: RequestFields, record: AnswerRecord | None, contact: Contact) -> WorkOrderDraft:
    """The machine's suggestions with the citizen's words; what they confirmed by sending no longer counts as filled by the machine."""
    conversation, answer = (record.conversation_id, record.answer_id) if record else ("", "")
    origin = OrderOrigin(Channel.WEB, conversation, answer, sending=sending_of(sent.form_key, asdict(sent)))
    region = container.regions.resolve(sent.jurisdiction.strip())
    words = {
        "request_type": RequestType(sent.request_type),
        "title": sent.title.strip() or " ".join(container.mask(sent.content).split())[:_TITLE_LENGTH],
        "content": container.mask(sent.content).strip(),
        "wish": container.mask(sent.wish).strip(),
        "jurisdiction": region.code if region else "",
        "place": sent.place.strip(),
        "occurred": sent.occurred.strip(),
    }
    suggested = _suggested(container, str(words["content"]), str(words["jurisdiction"]), record, contact)
    if suggested is None:
        return WorkOrderDraft(OrderContent(**words), origin)  # type: ignore[arg-type]  # fields by name
    content = replace(suggested.content, **words)  # type: ignore[arg-type]  # fields by name
    content = replace(content, machine_filled=content.machine_filled - {field.name for field in fields(sent)})
    return replace(suggested, content=content, origin=origin)


def _suggested(container: Container, words: str, jurisdiction: str, record: AnswerRecord | None, contact: Contact) -> WorkOrderDraft | None:
    """What the machine makes of the citizen's own words; None where it cannot be asked now: the request is taken in all the same."""
    try:
        return container.drafter().from_call(words, jurisdiction=jurisdiction, contact=contact, answer=record)
    except (AssistantError, IndexingError) as error:
        log.warning("request_not_drafted", error=type(error).__name__)
        return None


def _from_conversation(container: Container, record: AnswerRecord) -> WorkOrderDraft | None:
    origin = OrderOrigin(Channel.WEB, record.conversation_id, record.answer_id)
    try:
        return container.drafter().from_conversation(container.conversations.records_of(record.conversation_id), origin=origin)
    except (AssistantError, IndexingError) as error:
        log.warning("request_not_drafted", error=type(error).__name__)
        return None
