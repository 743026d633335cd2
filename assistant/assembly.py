"""Put the steps of answering together from their ports. The container calls this once; it chooses no adapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.answer_cache import AnswerCache
from assistant.answering import PolicyAssistant
from assistant.certain_intents import CertainIntents
from assistant.departments import DepartmentFinder
from assistant.hearing_rules import HearingRules, load_hearing_rules
from assistant.intents import IntentRecogniser
from assistant.known_names import NamesBySound
from assistant.matter_screen import MatterScreen
from assistant.matters import load_matters
from assistant.ports import ConversationStore, Script, Sounds
from assistant.privacy_rules import load_privacy_rules
from assistant.routing import DepartmentRouter
from assistant.rules import AnsweringRules, load_rules
from assistant.safety_rules import load_safety_rules
from assistant.sensitive_topics import SensitiveTopics, load_sensitive_topics
from assistant.spoken_words import load_spoken_words
from assistant.steps.absence_explainer import AbsenceExplainer
from assistant.steps.answer_checker import AnswerChecker
from assistant.steps.composer import ExtractiveComposer
from assistant.steps.conflict_finder import ConflictFinder
from assistant.steps.decision_screen import DecisionScreen
from assistant.steps.evidence_finder import EvidenceFinder
from assistant.steps.guide_composer import GuideComposer
from assistant.steps.intent_screen import IntentScreen
from assistant.steps.matter_before import MatterBefore
from assistant.steps.part_joiner import PartJoiner
from assistant.steps.privacy_screen import PrivacyScreen
from assistant.steps.question_focus import QuestionFocus
from assistant.steps.question_hearing import QuestionHearing
from assistant.steps.question_rewriter import QuestionRewriter
from assistant.steps.question_splitter import QuestionSplitter
from assistant.steps.quote_selector import QuoteSelector
from assistant.steps.region_splitter import RegionSplitter
from assistant.steps.safety_screen import SafetyScreen
from assistant.versions import version_of
from assistant.wording import Wording, load_wording
from indexing.ports import PassageSearcher, Tokenizer
from knowledge_base.ports import DepartmentStore, DocumentStore, GuideStore
from knowledge_base.regions import RegionDirectory


@dataclass(frozen=True, slots=True)
class AnsweringPorts:
    """Wording, rules and topics default to the shipped files. Without a recogniser rules alone tell intents apart.

    `versions`: see SearchTrace.
    """

    searcher: PassageSearcher
    tokenizer: Tokenizer
    documents: DocumentStore
    guides: GuideStore
    departments: DepartmentStore
    regions: RegionDirectory
    conversations: ConversationStore
    embedder_fingerprint: str
    wording: Wording | None = None
    rules: AnsweringRules | None = None
    recogniser: IntentRecogniser | None = None
    router: DepartmentRouter | None = None
    topics: SensitiveTopics | None = None
    versions: Callable[[], Mapping[str, str]] = dict
    cache: AnswerCache | None = None
    script: Script | None = None
    sounds: Sounds | None = None


def assemble_assistant(ports: AnsweringPorts) -> PolicyAssistant:
    tokenizer, guides, regions = ports.tokenizer, ports.guides, ports.regions
    safety_rules, wording, rules = load_safety_rules(), ports.wording or load_wording(), ports.rules or load_rules()
    hearing_rules = load_hearing_rules()
    topics = ports.topics if ports.topics is not None else load_sensitive_topics()
    matters = MatterScreen(load_matters(), ports.departments, guides, tokenizer, rules)
    finder = EvidenceFinder(ports.searcher, ports.documents, guides, tokenizer, rules, matters)
    directory = DepartmentFinder(ports.departments, regions, tokenizer, wording.hotline, rules.departments, ports.router)
    return PolicyAssistant(
        privacy=PrivacyScreen(load_privacy_rules()),
        safety=SafetyScreen(safety_rules, wording),
        intents=IntentScreen(CertainIntents(safety_rules), wording, ports.recogniser),
        hearing=_hearing(ports, rules, hearing_rules),
        splitter=QuestionSplitter(tokenizer, guides, rules),
        rewriter=QuestionRewriter(tokenizer, regions, guides, rules, MatterBefore(finder, rules)),
        focus=QuestionFocus(tokenizer, rules, hearing_rules.focus),
        finder=finder,
        absence=AbsenceExplainer(ports.searcher, finder, ports.documents, directory, regions, wording),
        composer=_composer(tokenizer, directory, wording, rules),
        region_splitter=RegionSplitter(finder, regions),
        decisions=DecisionScreen(rules.decisions, wording),
        checker=AnswerChecker(regions),
        joiner=PartJoiner(wording),
        departments=directory,
        conversations=ports.conversations,
        wording=wording,
        rules=rules,
        topics=topics,
        embedder_fingerprint=ports.embedder_fingerprint,
        versions=_with_own(ports.versions, wording, rules, topics),
        cache=ports.cache,
    )


def _hearing(ports: AnsweringPorts, rules: AnsweringRules, hearing_rules: HearingRules) -> QuestionHearing:
    names = NamesBySound(ports.sounds, hearing_rules.sounds) if ports.sounds else None
    return QuestionHearing(ports.tokenizer, ports.guides, rules, load_spoken_words(), ports.script, names)


def _composer(tokenizer: Tokenizer, directory: DepartmentFinder, wording: Wording, rules: AnsweringRules) -> ExtractiveComposer:
    guide_composer, conflicts = GuideComposer(tokenizer, wording, rules), ConflictFinder(directory.regions, rules.conflicts)
    return ExtractiveComposer(tokenizer, directory, guide_composer, QuoteSelector(rules.quoting), conflicts, wording, rules)


def _with_own(
    others: Callable[[], Mapping[str, str]], wording: Wording, rules: AnsweringRules, topics: SensitiveTopics
) -> Callable[[], Mapping[str, str]]:
    own = {"wording": version_of(wording), "rules": version_of(rules), "topics": version_of(topics)}
    return lambda: own | dict(others())
