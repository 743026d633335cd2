"""Put the steps of answering together from their ports. The container calls this once; it chooses no adapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.answering import PolicyAssistant
from assistant.certain_intents import CertainIntents
from assistant.departments import DepartmentFinder
from assistant.intents import IntentRecogniser
from assistant.ports import ConversationStore
from assistant.privacy_rules import load_privacy_rules
from assistant.routing import DepartmentRouter
from assistant.rules import AnsweringRules, load_rules
from assistant.safety_rules import load_safety_rules
from assistant.sensitive_topics import SensitiveTopics, load_sensitive_topics
from assistant.steps.absence_explainer import AbsenceExplainer
from assistant.steps.answer_checker import AnswerChecker
from assistant.steps.composer import ExtractiveComposer
from assistant.steps.evidence_finder import EvidenceFinder
from assistant.steps.guide_composer import GuideComposer
from assistant.steps.intent_screen import IntentScreen
from assistant.steps.privacy_screen import PrivacyScreen
from assistant.steps.question_rewriter import QuestionRewriter
from assistant.steps.quote_selector import QuoteSelector
from assistant.steps.safety_screen import SafetyScreen
from assistant.versions import version_of
from assistant.wording import Wording, load_wording
from indexing.ports import PassageSearcher, Tokenizer
from knowledge_base.ports import DepartmentStore, DocumentStore, GuideStore
from knowledge_base.regions import RegionDirectory


def assemble_assistant(  # noqa: PLR0913  # one keyword per port, named at the one place that calls it
    *,
    searcher: PassageSearcher,
    tokenizer: Tokenizer,
    documents: DocumentStore,
    guides: GuideStore,
    departments: DepartmentStore,
    regions: RegionDirectory,
    conversations: ConversationStore,
    embedder_fingerprint: str,
    wording: Wording | None = None,
    rules: AnsweringRules | None = None,
    recogniser: IntentRecogniser | None = None,
    router: DepartmentRouter | None = None,
    topics: SensitiveTopics | None = None,
    versions: Callable[[], Mapping[str, str]] = dict,
) -> PolicyAssistant:
    """Wording and rules default to the shipped files. Without a recogniser rules alone tell intents apart. `versions`: see SearchTrace."""
    safety_rules, wording, rules = load_safety_rules(), wording or load_wording(), rules or load_rules()
    finder = EvidenceFinder(searcher, documents, guides, tokenizer, rules)
    directory = DepartmentFinder(departments, regions, tokenizer, wording.hotline, rules.departments, router)
    return PolicyAssistant(
        privacy=PrivacyScreen(load_privacy_rules()),
        safety=SafetyScreen(safety_rules, wording),
        intents=IntentScreen(CertainIntents(safety_rules), wording, recogniser),
        rewriter=QuestionRewriter(tokenizer, regions, guides, rules),
        finder=finder,
        absence=AbsenceExplainer(searcher, finder, documents, directory, regions, wording),
        composer=ExtractiveComposer(
            tokenizer, directory, GuideComposer(tokenizer, wording, rules), QuoteSelector(rules.quoting), wording, rules
        ),
        checker=AnswerChecker(regions),
        departments=directory,
        conversations=conversations,
        wording=wording,
        rules=rules,
        topics=topics if topics is not None else load_sensitive_topics(),
        embedder_fingerprint=embedder_fingerprint,
        versions=_with_own(versions, wording, rules),
    )


def _with_own(others: Callable[[], Mapping[str, str]], wording: Wording, rules: AnsweringRules) -> Callable[[], Mapping[str, str]]:
    own = {"wording": version_of(wording), "rules": version_of(rules)}
    return lambda: own | dict(others())
