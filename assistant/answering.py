"""From a citizen's question to an answer, step by step. Read this first: `_steps` is the whole flow."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import structlog

from assistant.answer_status import AnswerStatus
from assistant.departments import DepartmentFinder
from assistant.intents import ConversationAct, Intent, more_than_words
from assistant.models import (
    Answer,
    AnswerRecord,
    CitizenQuestion,
    DraftAnswer,
    Evidence,
    ScreenedQuestion,
    SearchTrace,
    TracedPassage,
    UnderstoodQuestion,
)
from assistant.ports import ConversationStore
from assistant.rules import AnsweringRules
from assistant.sensitive_topics import SensitiveTopics
from assistant.steps.absence_explainer import AbsenceExplainer
from assistant.steps.answer_checker import AnswerChecker
from assistant.steps.composer import ExtractiveComposer
from assistant.steps.evidence_finder import EvidenceFinder
from assistant.steps.intent_screen import IntentScreen
from assistant.steps.privacy_screen import PrivacyScreen
from assistant.steps.question_rewriter import QuestionRewriter
from assistant.steps.safety_screen import SafetyScreen
from assistant.wording import Wording
from indexing.errors import IndexingError

_log = structlog.get_logger(__name__)
_Value = TypeVar("_Value")


@dataclass(slots=True)
class Trace:
    """What one question leaves behind beside its answer: step times, the snapshot and what was found in it, the standalone text, …"""

    timings_ms: dict[str, float] = field(default_factory=dict)
    snapshot_id: str = ""
    standalone_text: str = ""
    subjects: tuple[str, ...] = ()
    intent: Intent | None = None
    withheld: Answer | None = None
    search: SearchTrace | None = None

    def timed(self, step: str, run: Callable[[], _Value]) -> _Value:
        started = time.perf_counter()
        try:
            return run()
        finally:
            self.timings_ms[step] = round((time.perf_counter() - started) * 1000, 2)


@dataclass(frozen=True, slots=True)
class PolicyAssistant:
    """Safe to call from many threads; holds no state of its own."""

    privacy: PrivacyScreen
    safety: SafetyScreen
    intents: IntentScreen
    rewriter: QuestionRewriter
    finder: EvidenceFinder
    absence: AbsenceExplainer
    composer: ExtractiveComposer
    checker: AnswerChecker
    departments: DepartmentFinder
    conversations: ConversationStore
    wording: Wording
    rules: AnsweringRules
    topics: SensitiveTopics
    embedder_fingerprint: str
    versions: Callable[[], Mapping[str, str]] = dict

    def answer(self, question: CitizenQuestion) -> AnswerRecord:
        """Always ends in an answer with a status; what goes wrong inside is logged and told to the citizen in fixed wording.

        Raises knowledge_base.errors.StoreUnavailable if the record cannot be kept.
        """
        record = self.tried(question)
        self.conversations.save(record)
        _log.info("answered", answer_id=record.answer_id, status=str(record.answer.status), timings_ms=record.timings_ms)
        return record

    def tried(self, question: CitizenQuestion) -> AnswerRecord:
        """What `answer` would say and how it came about; nothing is kept."""
        trace = Trace()
        screened = trace.timed("privacy_screen", lambda: self.privacy.screen(question))
        answer = self._guarded_steps(screened, trace)
        return self._record(screened, answer, trace)

    def _steps(self, question: ScreenedQuestion, trace: Trace) -> Answer:
        screened = trace.timed("safety_screen", lambda: self.safety.screen(question))
        if isinstance(screened, Answer):
            trace.intent = _stopped_by_rule(screened)
            return self._with_department(screened, question)
        turns = self.conversations.last_turns(question.conversation_id, self.rules.follow_up.turns)
        intent = trace.timed("intent_screen", lambda: self.intents.recognise(screened, in_conversation=bool(turns)))
        trace.intent = intent
        reply = self.intents.reply(screened, intent)
        if reply is not None:
            return self._with_department(reply, question)
        understood = trace.timed("rewriter", lambda: self.rewriter.rewrite(screened, turns, intent))
        trace.standalone_text = understood.standalone_text
        return self._held_back(self.intents.offer_order(self._found(understood, trace), understood), understood, trace)

    def _found(self, understood: UnderstoodQuestion, trace: Trace) -> Answer:
        """What the policy base says to it."""
        evidence = trace.timed("evidence_finder", lambda: self.finder.find(understood))
        trace.snapshot_id = evidence.snapshot_id
        trace.search = self.traced(understood, evidence)
        absence = trace.timed("absence_explainer", lambda: self.absence.explain(understood, evidence))
        if absence is not None:
            return absence
        draft = trace.timed("composer", lambda: self.composer.compose(understood, evidence))
        trace.subjects = draft.subjects
        answer = trace.timed("checker", lambda: self.checked(draft, evidence, understood))
        return self.unless_elsewhere(answer, understood)

    def traced(self, question: UnderstoodQuestion, evidence: Evidence) -> SearchTrace:
        """What is kept of a search, so that it can be shown and repeated."""
        return SearchTrace(question.jurisdiction, question.as_of, ranked_in(evidence), dict(self.versions()))

    def unless_elsewhere(self, answer: Answer, question: UnderstoodQuestion) -> Answer:
        """No evidence where shared words brought up one department's guide for a complaint that clearly belongs to another."""
        if more_than_words(question.intent) is None or answer.status is not AnswerStatus.ANSWERED_FROM_GUIDE or answer.department is None:
            return answer
        elsewhere = self.departments.belongs_elsewhere(question.standalone_text, question.jurisdiction, answer.department)
        return self.absence.no_evidence(question, elsewhere) if elsewhere else answer

    def _held_back(self, answer: Answer, question: UnderstoodQuestion, trace: Trace) -> Answer:
        """On a sensitive topic the answer is kept as a draft until a supervisor has released it."""
        topic = self.topics.of(question.standalone_text) if answer.status in _SUBSTANTIAL else ""
        if not topic:
            return answer
        trace.withheld = answer
        return self.wording.answer(AnswerStatus.AWAITING_RELEASE, department=answer.department, topic=topic)

    def _guarded_steps(self, question: ScreenedQuestion, trace: Trace) -> Answer:
        try:
            return self._steps(question, trace)
        except IndexingError as error:
            _log.info("index_not_ready", error=str(error))
            return self.wording.answer(AnswerStatus.INDEX_NOT_READY, department=self.wording.hotline)
        except Exception as error:  # the one catch-all: a citizen never meets a stack trace
            _log.exception("answering_failed", error=type(error).__name__, timings_ms=trace.timings_ms)
            return self.wording.answer(AnswerStatus.FAILED, department=self.wording.hotline)

    def checked(self, draft: DraftAnswer, evidence: Evidence, question: UnderstoodQuestion) -> Answer:
        """The draft as an answer, or fixed wording where it does not pass the last check."""
        faults = self.checker.faults(draft, evidence, question)
        if faults:
            _log.warning("answer_withheld", faults=faults, snapshot_id=evidence.snapshot_id)
            return self.wording.answer(AnswerStatus.CHECK_FAILED, department=draft.department)
        return Answer(
            status=draft.status,
            text="\n".join(line for block in draft.blocks for line in (block.heading, *block.lines) if line),
            blocks=draft.blocks,
            citations=draft.citations,
            department=draft.department,
            next_questions=draft.next_questions,
            documents_as_of=question.as_of,
        )

    def _with_department(self, answer: Answer, question: ScreenedQuestion) -> Answer:
        """Offers of a person always name one."""
        if not answer.offers_person or answer.department is not None:
            return answer
        return replace(answer, department=self.departments.central_hotline())

    def _record(self, question: ScreenedQuestion, answer: Answer, trace: Trace) -> AnswerRecord:
        return AnswerRecord(
            answer_id=uuid.uuid4().hex,
            conversation_id=question.conversation_id,
            question=question,
            standalone_text=trace.standalone_text or question.text,
            answer=answer,
            subjects=trace.subjects,
            snapshot_id=trace.snapshot_id,
            embedder_fingerprint=self.embedder_fingerprint,
            timings_ms=trace.timings_ms,
            intent=trace.intent,
            withheld=trace.withheld,
            search=trace.search,
        )


def ranked_in(evidence: Evidence) -> tuple[TracedPassage, ...]:
    """Everything the search gave, best first, whether it could be cited or not."""
    hits = (item.ranked for item in evidence.accepted)
    accepted = [TracedPassage(hit.passage.id, hit.score, hit.vector_score, hit.lexical_score) for hit in hits]
    rejected = [
        TracedPassage(each.passage_id, each.score, each.vector_score, each.lexical_score, each.reason) for each in evidence.rejected
    ]
    return tuple(sorted([*accepted, *rejected], key=lambda passage: -passage.score))


_SUBSTANTIAL = (AnswerStatus.ANSWERED, AnswerStatus.ANSWERED_FROM_GUIDE)
_RULED = {
    AnswerStatus.EMERGENCY: ConversationAct.EMERGENCY,
    AnswerStatus.GREETING: ConversationAct.GREETING,
    AnswerStatus.THANKS: ConversationAct.THANKS,
    AnswerStatus.HANDOFF_REQUESTED: ConversationAct.HANDOFF,
}


def _stopped_by_rule(answer: Answer) -> Intent | None:
    """The intent a rule of the safety screen was certain of; None where the message was empty, too long or unreadable."""
    act = _RULED.get(answer.status)
    return Intent(act, 1.0, True, None, 0.0) if act else None
