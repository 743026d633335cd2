"""From a citizen's question to an answer, step by step. Read this first: `_steps` is the whole flow."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from assistant.answer_cache import SHED, AnswerCache
from assistant.answer_status import AnswerStatus
from assistant.conversation_subject import about_a_matter
from assistant.departments import DepartmentFinder
from assistant.intents import ConversationAct, Intent, more_than_words
from assistant.models import (
    Answer,
    AnswerRecord,
    CitizenQuestion,
    ConversationTurn,
    DraftAnswer,
    Evidence,
    ScreenedQuestion,
    SearchTrace,
    UnderstoodQuestion,
)
from assistant.ports import ConversationStore
from assistant.rules import AnsweringRules
from assistant.sensitive_topics import SensitiveTopics
from assistant.steps.absence_explainer import AbsenceExplainer
from assistant.steps.answer_checker import AnswerChecker
from assistant.steps.composer import ExtractiveComposer
from assistant.steps.decision_screen import DecisionScreen
from assistant.steps.evidence_finder import EvidenceFinder
from assistant.steps.intent_screen import IntentScreen
from assistant.steps.part_joiner import SUBSTANTIAL, PartJoiner, plain_text
from assistant.steps.privacy_screen import PrivacyScreen
from assistant.steps.question_focus import QuestionFocus
from assistant.steps.question_hearing import QuestionHearing
from assistant.steps.question_rewriter import QuestionRewriter
from assistant.steps.question_splitter import QuestionSplitter
from assistant.steps.region_splitter import RegionSplitter
from assistant.steps.safety_screen import SafetyScreen
from assistant.told_conversation import Exchange, ToldConversation, told_turns
from assistant.trace import Trace, ranked_in
from assistant.wording import Wording
from indexing.errors import IndexingError
from knowledge_base.errors import StoreUnavailable
from knowledge_base.one_reading import one_reading

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PolicyAssistant:
    """Safe to call from many threads; holds no state of its own."""

    privacy: PrivacyScreen
    safety: SafetyScreen
    intents: IntentScreen
    hearing: QuestionHearing
    splitter: QuestionSplitter
    rewriter: QuestionRewriter
    focus: QuestionFocus
    finder: EvidenceFinder
    absence: AbsenceExplainer
    composer: ExtractiveComposer
    region_splitter: RegionSplitter
    decisions: DecisionScreen
    checker: AnswerChecker
    joiner: PartJoiner
    departments: DepartmentFinder
    conversations: ConversationStore
    wording: Wording
    rules: AnsweringRules
    topics: SensitiveTopics
    embedder_fingerprint: str
    versions: Callable[[], Mapping[str, str]] = dict
    cache: AnswerCache | None = None

    def answer(self, question: CitizenQuestion) -> AnswerRecord:
        """Always ends in an answer with a status; what goes wrong inside is logged and told to the citizen in fixed wording.

        Raises knowledge_base.errors.StoreUnavailable where the records cannot be read or the answer's cannot be kept: nobody is told
        half an answer, and whoever asks again is answered when they are back.
        """
        trace = Trace()
        screened = trace.timed("privacy_screen", lambda: self.privacy.screen(question))
        record = self._recalled(screened, trace)
        self.conversations.save(record)
        _log.info("answered", answer_id=record.answer_id, status=str(record.answer.status), timings_ms=record.timings_ms)
        return record

    def told(self, question: CitizenQuestion, exchanges: Sequence[Exchange]) -> PolicyAssistant:
        """This assistant as if the exchanges had come before the question in its conversation; none of them is kept."""
        try:
            turns = told_turns(self, question, exchanges)
        except IndexingError:
            # Answering meets it again, and says so to the citizen.
            turns = ()
        return replace(self, conversations=ToldConversation(self.conversations, question.conversation_id, turns))

    def tried(self, question: CitizenQuestion) -> AnswerRecord:
        """What `answer` would say and how it came about; nothing is kept. Raises StoreUnavailable."""
        trace = Trace()
        return self._made(trace.timed("privacy_screen", lambda: self.privacy.screen(question)), trace)

    def _recalled(self, question: ScreenedQuestion, trace: Trace) -> AnswerRecord:
        """As kept, where nothing has moved since; else made."""
        if self.cache is None:
            return self._made(question, trace)
        return self.cache.recalled(
            question,
            self.versions,
            begun=lambda: bool(self.conversations.last_turns(question.conversation_id, 1)),
            make=lambda: self._made(question, trace),
        )

    def _made(self, question: ScreenedQuestion, trace: Trace) -> AnswerRecord:
        with one_reading():
            return self._record(question, self._guarded_steps(question, trace), trace)

    def _steps(self, question: ScreenedQuestion, trace: Trace) -> Answer:
        screened = trace.timed("safety_screen", lambda: self.safety.screen(question))
        if isinstance(screened, Answer):
            trace.intent = _stopped_by_rule(screened)
            return self._with_department(screened, question)
        turns = about_a_matter(self.conversations.last_turns(question.conversation_id, self.rules.follow_up.turns))
        heard = trace.timed("hearing", lambda: self.hearing.hear(screened))
        intent = trace.timed("intent_screen", lambda: self.intents.recognise(heard, in_conversation=bool(turns)))
        trace.intent = intent
        reply = self.intents.reply(heard, intent)
        if reply is not None:
            return self._with_department(reply, question)
        parts = (screened.text,) if more_than_words(intent) else self.splitter.split(screened.text)
        if len(parts) > 1:
            return self._found_apart(screened, parts, intent, trace)
        understood = trace.timed("rewriter", lambda: self.understood(heard, turns, intent))
        trace.standalone_text = understood.standalone_text
        return self._held_back(self.intents.offer_order(self._found(understood, trace), understood), understood, trace)

    def _found_apart(self, question: ScreenedQuestion, parts: tuple[str, ...], intent: Intent, trace: Trace) -> Answer:
        """Several questions in one message: each goes through the steps alone; what is not answered says so below its own heading."""
        whole = self.rewriter.rewrite(question, (), intent)
        answers = [self._found_part(replace(question, text=part, jurisdiction=whole.jurisdiction), trace) for part in parts]
        trace.standalone_text = "\n".join(parts)
        answer = self.joiner.join(parts, answers)
        faults = self.checker.faults_of_parts(answer, question)
        if faults:
            _log.warning("answer_withheld", faults=faults, snapshot_id=trace.snapshot_id)
            return self.wording.answer(AnswerStatus.CHECK_FAILED, department=answer.department)
        return self._held_back(answer, whole, trace)

    def _found_part(self, part: ScreenedQuestion, trace: Trace) -> Answer:
        heard = trace.timed("hearing", lambda: self.hearing.hear(part))
        intent = trace.timed("intent_screen", lambda: self.intents.recognise(heard, in_conversation=False))
        reply = self.intents.reply(heard, intent)
        if reply is not None:
            return self._with_department(reply, part)
        understood = trace.timed("rewriter", lambda: self.understood(heard, (), intent))
        return self._found(understood, trace)

    def understood(self, heard: ScreenedQuestion, turns: tuple[ConversationTurn, ...], intent: Intent | None) -> UnderstoodQuestion:
        """Standing on its own, and of a long message the part that asks."""
        return self.focus.narrowed(self.rewriter.rewrite(heard, turns, intent))

    def _found(self, understood: UnderstoodQuestion, trace: Trace) -> Answer:
        """What the policy base says to it."""
        evidence = trace.timed("evidence_finder", lambda: self.finder.find(understood))
        trace.snapshot_id = evidence.snapshot_id
        trace.searches += (self.traced(understood, evidence),)
        absence = trace.timed("absence_explainer", lambda: self.absence.explain(understood, evidence))
        if absence is not None:
            return absence
        by_region = self._by_region(understood, evidence, trace)
        if by_region is not None:
            return by_region
        draft = trace.timed("composer", lambda: self.composer.compose(understood, evidence))
        trace.subjects = tuple(dict.fromkeys((*trace.subjects, *draft.subjects)))
        answer = trace.timed("checker", lambda: self.checked(draft, evidence, understood))
        return self.decisions.declined(self.unless_elsewhere(answer, understood), understood)

    def _by_region(self, question: UnderstoodQuestion, evidence: Evidence, trace: Trace) -> Answer | None:
        """Where nobody said which place is meant and the places differ: each below its own heading, and the question back."""
        answers: dict[str, Answer] = {}
        for code, binding in self.region_splitter.apart(question, evidence):
            there = replace(question, jurisdiction=code)
            draft = self.composer.compose(there, binding)
            answer = self.checked(draft, binding, there)
            if answer.status in SUBSTANTIAL:
                answers[code] = answer
                trace.subjects = tuple(dict.fromkeys((*trace.subjects, *draft.subjects)))
        if len(answers) < 2:
            return None
        headings = {self.absence.regions.full_name(code): code for code in answers}
        joined = self.joiner.join_regions(
            self.absence.asked_back(question, tuple(answers)), tuple(zip(headings, answers.values(), strict=True))
        )
        return None if self.checker.faults_of_regions(joined, headings) else joined

    def traced(self, question: UnderstoodQuestion, evidence: Evidence) -> SearchTrace:
        """What is kept of a search, so that it can be shown and repeated."""
        versions = dict(self.versions()) | ({"reranker": SHED} if "rerank_shed" in evidence.timings_ms else {})
        return SearchTrace(question.jurisdiction, question.as_of, ranked_in(evidence), versions, question.searched)

    def unless_elsewhere(self, answer: Answer, question: UnderstoodQuestion) -> Answer:
        """No evidence where shared words brought up one department's guide for a complaint that clearly belongs to another."""
        if more_than_words(question.intent) is None or answer.status is not AnswerStatus.ANSWERED_FROM_GUIDE or answer.department is None:
            return answer
        elsewhere = self.departments.belongs_elsewhere(question.standalone_text, question.jurisdiction, answer.department)
        return self.absence.no_evidence(question, elsewhere) if elsewhere else answer

    def _held_back(self, answer: Answer, question: UnderstoodQuestion, trace: Trace) -> Answer:
        """On a sensitive topic the answer is kept as a draft until a supervisor has released it."""
        topic = self.topics.of(question.standalone_text) if answer.status in SUBSTANTIAL or answer.citations else ""
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
        except StoreUnavailable:
            # Over in seconds, mostly: to be asked again, and no answer to be kept among the others.
            raise
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
            text=plain_text(draft.blocks),
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
            search=trace.searches[0] if trace.searches else None,
            further_searches=trace.searches[1:],
        )


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
