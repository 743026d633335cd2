"""Drafts a work order from a call or a conversation. Read `_draft` first. Submits nothing: a person looks at it, or the machine must."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.hotline.completeness import Completeness
from assistant.hotline.contact_finder import ContactFinder
from assistant.hotline.contacts import normalised_phone
from assistant.hotline.deadlines import china_day
from assistant.hotline.event_places import EventPlaces
from assistant.hotline.message_cues import MessageCues
from assistant.hotline.models import (
    Channel,
    Confidentiality,
    Contact,
    DepartmentSuggestion,
    OrderContent,
    OrderFilter,
    OrderOrigin,
    ReliedProvision,
    Urgency,
    WorkOrderDraft,
)
from assistant.hotline.occurred_times import OccurredTimes
from assistant.hotline.ports import ClassSuggester
from assistant.hotline.similar_orders import SimilarOrders
from assistant.hotline.submission import OrderIntake
from assistant.intents import ConversationAct, Intent, IntentRecogniser, RequestType
from assistant.models import AnswerRecord, Citation
from assistant.ports import Clock
from assistant.routing import DepartmentRouter, RoutedDepartment

_MATTERS = (ConversationAct.MATTER, ConversationAct.FOLLOW_UP, ConversationAct.EMERGENCY)
_EARLIER_SHOWN = 10


@dataclass(frozen=True, slots=True)
class WorkOrderDrafter:
    """Safe to call from many threads. `default_jurisdiction` is where an order belongs that names no place, "" for none."""

    recogniser: IntentRecogniser
    router: DepartmentRouter
    classes: ClassSuggester
    cues: MessageCues
    places: EventPlaces
    times: OccurredTimes
    contacts: ContactFinder
    similar: SimilarOrders
    completeness: Completeness
    intake: OrderIntake
    mask: Callable[[str], str]
    clock: Clock
    default_jurisdiction: str = ""

    def from_call(
        self, notes: str, *, jurisdiction: str | None, contact: Contact | None = None, answer: AnswerRecord | None = None
    ) -> WorkOrderDraft:
        """From what an operator typed. `answer` is the answer found meanwhile; its citations become the provisions relied on."""
        records = (answer,) if answer else ()
        origin = OrderOrigin(Channel.PHONE, answer.conversation_id if answer else "", answer.answer_id if answer else "")
        return self._draft([notes], records, jurisdiction, contact, origin)

    def from_conversation(
        self, records: Sequence[AnswerRecord], *, said: Sequence[str] = (), contact: Contact | None = None, origin: OrderOrigin
    ) -> WorkOrderDraft:
        """From the questions asked in a chat and what was `said` to a person afterwards, oldest first."""
        asked = [record.question.text for record in records]
        jurisdiction = next((record.question.jurisdiction for record in reversed(records) if record.question.jurisdiction), None)
        return self._draft([*asked, *said], records, jurisdiction, contact, origin)

    def complete(self, draft: WorkOrderDraft, contact: Contact | None = None) -> WorkOrderDraft:
        """The draft after a change of its content: deadline, what is missing and similar orders afresh; suggestions stay."""
        content = self.intake.masked(draft.content)
        earlier = draft.earlier if contact is None else self._earlier(contact)
        return replace(
            draft,
            content=content,
            deadline=self.intake.deadline(content, self.clock()),
            earlier=earlier,
            similar=self.similar.like(content, earlier),
            missing=self.completeness.missing(content, contact),
        )

    def contact_in(self, text: str) -> Contact:
        """Who calls, as far as the notes say; to be asked for before the notes are masked."""
        return self.contacts.contact_in(text)

    def _draft(
        self,
        texts: Sequence[str],
        records: Sequence[AnswerRecord],
        jurisdiction: str | None,
        contact: Contact | None,
        origin: OrderOrigin,
    ) -> WorkOrderDraft:
        masked = [self.mask(text) for text in texts if text.strip()]
        content = self._content(self._matters(masked), jurisdiction)
        routing = self.router.route(content.content, content.jurisdiction or None, title=content.title, evidence=_evidence(records))
        content = replace(
            content,
            lead_department_id=routing.lead.department.id if routing.lead else "",
            co_department_ids=tuple(routed.department.id for routed in routing.supporting),
        )
        draft = WorkOrderDraft(
            content=replace(content, machine_filled=_filled(content, jurisdiction)),
            origin=origin,
            suggestions=tuple(_suggestion(routed) for routed in routing.candidates),
            provisions=_provisions(records),
            automatic=routing.automatic,
        )
        return self.complete(draft, contact)

    def _matters(self, texts: Sequence[str]) -> list[tuple[str, Intent]]:
        """What was said of the matter, without greetings and calls for a person; everything where nothing else is left."""
        understood = [(text, self.recogniser.recognise(text, in_conversation=place > 0)) for place, text in enumerate(texts)]
        return [pair for pair in understood if pair[1].act in _MATTERS] or understood

    def _content(self, matters: Sequence[tuple[str, Intent]], jurisdiction: str | None) -> OrderContent:
        texts, intents = [text for text, _ in matters], [intent for _, intent in matters]
        content = self.cues.content(texts) or "\n".join(texts)
        place = self.places.find(content)
        request_type = self._request_type(content, intents)
        occurred = self.times.find(content, china_day(self.clock()))
        classes = self.classes.suggest(content, 1)
        return OrderContent(
            request_type=request_type,
            title=self.cues.title(content, place),
            content=content,
            wish=self.cues.wish(content),
            jurisdiction=self._jurisdiction(content, jurisdiction),
            place=place,
            occurred=str(occurred) if occurred else "",
            class_path=classes[0][0] if classes else (),
            urgency=self._urgency(content, intents),
            confidentiality=self.cues.confidentiality(content, request_type),
        )

    def _request_type(self, content: str, intents: Sequence[Intent]) -> RequestType:
        """The most serious of what was recognised and of what the caller calls it: never lowered."""
        recognised = {intent.request_type for intent in intents if intent.request_type}
        said = self.cues.said_type(content)
        return self.cues.most_serious(recognised | ({said} if said else set())) or self.cues.guessed_type(content)

    def _urgency(self, content: str, intents: Sequence[Intent]) -> Urgency:
        emergency = any(intent.act is ConversationAct.EMERGENCY for intent in intents)
        return Urgency.CRITICAL if emergency else self.cues.urgency(content)

    def _jurisdiction(self, content: str, jurisdiction: str | None) -> str:
        """The region named, where it lies within the one served; else that one."""
        served, named = jurisdiction or self.default_jurisdiction, self.places.jurisdiction(content)
        if named and (not served or served in self.places.regions.lineage(named)):
            return named
        return served

    def _earlier(self, contact: Contact) -> tuple[str, ...]:
        digest = self.intake.vault.digest(normalised_phone(contact.phone))
        orders = self.intake.store.find(OrderFilter(phone_digest=digest, limit=_EARLIER_SHOWN)) if digest else ()
        return tuple(order.number for order in sorted(orders, key=lambda order: order.created_at, reverse=True))


def confirmed(before: OrderContent, after: OrderContent) -> OrderContent:
    """`after` as edited by a person: a field that differs from `before` no longer counts as filled by the machine."""
    untouched = (name for name in before.machine_filled if getattr(before, name) == getattr(after, name))
    return replace(after, machine_filled=frozenset(untouched))


def _filled(content: OrderContent, jurisdiction: str | None) -> frozenset[str]:
    """Names of the fields that the machine made up its mind about. The content is the caller's own words."""
    named = ("title", "wish", "place", "occurred", "class_path", "lead_department_id", "co_department_ids")
    filled = {"request_type"} | {name for name in named if getattr(content, name)}
    filled |= {"urgency"} if content.urgency is not Urgency.NORMAL else set()
    filled |= {"confidentiality"} if content.confidentiality is not Confidentiality.OPEN else set()
    return frozenset(filled | ({"jurisdiction"} if content.jurisdiction != (jurisdiction or "") else set()))


def _suggestion(routed: RoutedDepartment) -> DepartmentSuggestion:
    return DepartmentSuggestion(routed.department.id, routed.department.name, routed.confidence, routed.reasons)


def _evidence(records: Sequence[AnswerRecord]) -> tuple[str, ...]:
    """Departments of what was cited, the latest answer's first."""
    departments = (record.answer.department for record in reversed(records) if record.answer.citations)
    return tuple(dict.fromkeys(department.id for department in departments if department))


def _provisions(records: Sequence[AnswerRecord]) -> tuple[ReliedProvision, ...]:
    """Of all answers, the latest first, each provision once."""
    citations: dict[tuple[str, str, str], Citation] = {}
    for record in reversed(records):
        for citation in record.answer.citations:
            citations.setdefault((citation.document_id, citation.provision, citation.quote), citation)
    return tuple(ReliedProvision(c.title, c.document_number, c.provision, c.quote, c.link) for c in citations.values())
