"""The answer card of the operator's desk: the steps of answering run on the notes of a call, and nothing is stored until it is used."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import structlog

from assistant.answer_status import AnswerStatus
from assistant.answering import PolicyAssistant
from assistant.hotline.call_script import CallScript
from assistant.hotline.conclusion import nearest_sentences
from assistant.hotline.desk_models import DeskCard, DeskField, DeskSubject
from assistant.hotline.desk_rules import DeskRules
from assistant.hotline.message_text import MessageText
from assistant.hotline.points_to_check import PointsToCheck
from assistant.intents import IntentRecogniser
from assistant.models import AcceptedPassage, Answer, AnswerRecord, CitizenQuestion, Evidence, ScreenedQuestion, UnderstoodQuestion
from assistant.ports import Clock
from assistant.question_terms import subject_of
from assistant.quotation import sentences
from assistant.routing import DepartmentRouter, Routing
from assistant.steps.guide_composer import guide_field, shown_facets
from assistant.trace import Trace
from indexing.errors import IndexingError
from indexing.models import SearchQuery

_log = structlog.get_logger(__name__)
_HANZI = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_FIRST_WORDS = "居住证怎么办"
_SAYS_NOTHING_YET = frozenset({AnswerStatus.GREETING, AnswerStatus.THANKS, AnswerStatus.UNREADABLE_QUESTION})
"""Notes that the safety screen stops in this way are only begun. Long notes and wishes for a person stop nothing: one is there."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the steps made of the notes. `about` is the passage of the guide or policy the answer is about, None where there is none."""

    question: UnderstoodQuestion | None
    evidence: Evidence | None
    answer: Answer
    about: AcceptedPassage | None = None
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskAssistant:
    """Safe to call from many threads; holds no state of its own. Without recogniser or router the card says less, never wrong things."""

    assistant: PolicyAssistant
    recogniser: IntentRecogniser | None
    router: DepartmentRouter | None
    script: CallScript
    message: MessageText
    points: PointsToCheck
    rules: DeskRules
    clock: Clock

    def card(  # noqa: PLR0913  # what one keystroke at the desk depends on, each named by the caller
        self, text: str, *, jurisdiction: str | None, as_of: date, plain: bool = False, choice: str = "", conversation_id: str = ""
    ) -> DeskCard:
        """`text` are the notes so far, in clear; `choice` is a DeskSubject.choice. What goes wrong inside is told by `answer.status`."""
        asked = CitizenQuestion(text, conversation_id or uuid.uuid4().hex, jurisdiction, as_of, self.clock())
        screened = self.assistant.privacy.screen(asked)
        if len(_HANZI.findall(screened.text)) < self.rules.card.min_characters:
            return DeskCard(screened.text)
        stopped = self.assistant.safety.screen(screened)
        if isinstance(stopped, Answer) and stopped.status in _SAYS_NOTHING_YET:
            return DeskCard(screened.text)
        trace = Trace()
        if isinstance(stopped, Answer) and stopped.status is AnswerStatus.EMERGENCY:
            found = _Found(None, None, stopped)
        else:
            found = self._guarded(screened, choice, trace)
        card = self._completed(self._card(screened, found, trace), found, jurisdiction)
        return replace(card, script=self.script.write(card, plain), points=self.points.of(card, jurisdiction), sms=self.message.write(card))

    def warm_up(self) -> None:
        """Loads whatever waits for its first use: the first caller of the day shall not wait for it. Raises IndexingError."""
        self.assistant.finder.searcher.search(SearchQuery(_FIRST_WORDS))
        if self.recogniser:
            self.recogniser.recognise(_FIRST_WORDS)
        if self.router:
            self.router.route(_FIRST_WORDS, None)

    def keep(self, card: DeskCard) -> str:
        """Stores the card's answer as a record, once it is copied, doubted or taken into an order; its id. Raises StoreUnavailable."""
        if card.record is None:
            raise ValueError("a card without an answer has nothing to keep")
        self.assistant.conversations.save(card.record)
        _log.info("desk_answer_kept", answer_id=card.record.answer_id, status=str(card.record.answer.status))
        return card.record.answer_id

    def _guarded(self, screened: ScreenedQuestion, choice: str, trace: Trace) -> _Found:
        wording = self.assistant.wording
        try:
            return trace.timed("desk", lambda: self._found(screened, choice, trace))
        except IndexingError as error:
            _log.info("index_not_ready", error=str(error))
            return _Found(None, None, wording.answer(AnswerStatus.INDEX_NOT_READY, department=wording.hotline))
        except Exception as error:  # an operator on the phone never meets a stack trace
            _log.exception("desk_card_failed", error=type(error).__name__)
            return _Found(None, None, wording.answer(AnswerStatus.FAILED, department=wording.hotline))

    def _found(self, screened: ScreenedQuestion, choice: str, trace: Trace) -> _Found:
        steps = self.assistant
        heard = steps.hearing.hear(replace(screened, text=_last_sentences(screened.text, self.rules.card.search_characters)))
        question = steps.understood(heard, (), self.recogniser.recognise(heard.text) if self.recogniser else None)
        trace.standalone_text = question.standalone_text
        evidence = steps.finder.find(question)
        trace.snapshot_id = evidence.snapshot_id
        trace.searches = (steps.traced(question, evidence),)
        chosen = next((item for item in evidence.accepted if _choice(item) == choice), None)
        absence = None if chosen else steps.absence.explain(question, evidence)
        if absence is not None:
            return _Found(question, evidence, absence)
        found = self._composed(question, evidence, chosen)
        if chosen is None and (answer := steps.unless_elsewhere(found.answer, question)) is not found.answer:
            return _Found(question, evidence, answer)
        return found

    def _composed(self, question: UnderstoodQuestion, evidence: Evidence, chosen: AcceptedPassage | None) -> _Found:
        steps = self.assistant
        draft = steps.composer.compose_about(question, evidence, chosen) if chosen else steps.composer.compose(question, evidence)
        answer = steps.checked(draft, evidence, question)
        main = answer.citations[0].document_id if answer.citations else ""
        about = next((item for item in evidence.accepted if item.ranked.passage.document_id == main), None)
        return _Found(question, evidence, answer, about, draft.subjects)

    def _card(self, screened: ScreenedQuestion, found: _Found, trace: Trace) -> DeskCard:
        answer = found.answer
        record = AnswerRecord(
            answer_id=uuid.uuid4().hex,
            conversation_id=screened.conversation_id,
            question=screened,
            standalone_text=trace.standalone_text or screened.text,
            answer=answer,
            subjects=found.subjects,
            snapshot_id=trace.snapshot_id,
            embedder_fingerprint=self.assistant.embedder_fingerprint,
            timings_ms=trace.timings_ms,
            intent=found.question.intent if found.question else None,
            search=trace.searches[0] if trace.searches else None,
        )
        return DeskCard(
            text=screened.text,
            answer=answer,
            record=record,
            subject=self._subject(found.about) if found.about else None,
            conclusion=self._conclusion(found),
            fields=self._fields(found),
            alternatives=self._alternatives(found),
            sensitive_topic=self.assistant.topics.of(trace.standalone_text or screened.text),
            digest=hashlib.blake2b(answer.text.encode(), digest_size=8).hexdigest(),
        )

    def _completed(self, card: DeskCard, found: _Found, jurisdiction: str | None) -> DeskCard:
        """With the request type, and with the likely department where nothing answers or an order is near."""
        if found.question is None:
            return card
        kind = found.question.intent.request_type if found.question.intent else None
        suggests = kind in self.rules.card.order_types
        needs_department = card.subject is None or suggests
        return replace(
            card, request_type=kind, suggests_order=suggests, routing=self._routing(found, jurisdiction) if needs_department else None
        )

    def _routing(self, found: _Found, jurisdiction: str | None) -> Routing | None:
        if found.question is None or found.evidence is None or self.router is None:
            return None
        guides = (item.guide.department_id for item in found.evidence.accepted if item.guide)
        region = found.question.jurisdiction or jurisdiction
        return self.router.route(found.question.standalone_text, region, evidence=tuple(dict.fromkeys(guides)))

    def _subject(self, item: AcceptedPassage) -> DeskSubject:
        passage = item.ranked.passage
        regions = self.assistant.departments.regions
        if item.guide:
            note = f"办事指南·{regions.get(passage.jurisdiction).name}"
        else:
            number = item.edition.revision.metadata.document_number if item.edition else None
            note = "·".join(part for part in (number, passage.citation, regions.get(passage.jurisdiction).name) if part)
        return DeskSubject(_choice(item), passage.title, note)

    def _conclusion(self, found: _Found) -> tuple[str, ...]:
        """Fixed wording where nothing is cited; of a provision the sentences nearest to the question. A guide has its fields."""
        if found.about is None or found.question is None:
            return tuple(line for block in found.answer.blocks for line in block.lines)
        if found.about.guide:
            return ()
        text, rules = found.question.searched, self.assistant.rules
        terms = tuple(self.assistant.finder.tokenizer.query_terms(subject_of(text, rules) or text))
        return nearest_sentences(found.answer.citations, text, terms, self.rules.conclusion)

    def _fields(self, found: _Found) -> tuple[DeskField, ...]:
        """Every field a caller may ask about next, those asked first."""
        guide = found.about.guide if found.about else None
        if guide is None or found.question is None:
            return ()
        asked, headings = found.question.facets, self.assistant.wording.facet_headings
        facets = dict.fromkeys((*asked, *shown_facets(())))
        return tuple(DeskField(facet, headings[facet], lines, facet in asked) for facet in facets if (lines := guide_field(guide, facet)))

    def _alternatives(self, found: _Found) -> tuple[DeskSubject, ...]:
        own = _choice(found.about) if found.about else ""
        others = (item for item in found.evidence.accepted if _choice(item) != own) if found.evidence else iter(())
        return tuple(self._subject(item) for item in _distinct(others))[: self.rules.card.alternatives]


def _choice(item: AcceptedPassage) -> str:
    return f"{'guide' if item.guide else 'policy'}:{item.ranked.passage.document_id}"


def _distinct(items: Iterator[AcceptedPassage]) -> Iterator[AcceptedPassage]:
    """The nearest passage of each guide and policy."""
    seen: set[str] = set()
    for item in items:
        if _choice(item) not in seen:
            seen.add(_choice(item))
            yield item


def _last_sentences(notes: str, limit: int) -> str:
    """What a caller said last, in whole sentences: long notes hold more than one question."""
    text = notes.strip()
    if len(text) <= limit:
        return text
    spans = [span for span in sentences(text) if len(text) - span.start <= limit]
    return text[spans[0].start :] if spans else text[-limit:]
