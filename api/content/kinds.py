"""The eight kinds put together: their tables, what judges their rows, and what comes with the program. Chooses no adapter."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from api.content.hot_questions import hot_question_rows
from api.content.web_sentences import web_rows
from api.deferred import Deferred
from api.settings import Settings
from api.shipped_content import SEEDS, VOCABULARY, region_files
from assistant.intent_entries import IntentRules, intent_rows
from assistant.routing_entries import RoutingRuleRules, rule_rows
from assistant.routing_rules import RULES_FILE, load_routing_rules
from assistant.watched_files import WatchedFiles
from assistant.wording_entries import WordingRules, assistant_rows
from indexing.vocabulary_entries import VocabularyRules, vocabulary_rows
from knowledge_base.content.kind_tables import kind_tables
from knowledge_base.content.models import ContentKind, Row
from knowledge_base.content.own_rules import DepartmentRules, PlainRules, RegionRules
from knowledge_base.content.ports import ContentRules
from knowledge_base.content.rows import References
from knowledge_base.ports import DepartmentStore, DocumentStore, GuideStore

Rows = Callable[[], Mapping[str, Row]]


@dataclass(frozen=True)
class ContentSources:
    """What rules look things up in."""

    settings: Settings
    documents: DocumentStore
    guides: GuideStore
    departments: DepartmentStore
    references: References
    mask: Callable[[str], str]


def content_kinds(sources: ContentSources, shipped: Mapping[str, Rows] | None = None) -> Mapping[str, ContentKind]:
    """By id, in the order of the menu."""
    rows = dict(shipped or shipped_rows(sources.settings))
    rules = _rules(sources, rows["wording"])
    return {name: ContentKind(table, rules[name], rows[name]) for name, table in kind_tables().items()}


def shipped_rows(settings: Settings) -> Mapping[str, Rows]:
    """By kind; read on first use. Guides and departments are all the administrator's: set-up imports those of the demonstration."""
    own_rules = settings.home / "routing_rules.yaml"
    hot = SEEDS / "demo" / "hot_questions.yaml"
    return {
        "guides": Deferred(_none),
        "departments": Deferred(_none),
        "regions": Deferred(lambda: _region_rows(*region_files(settings))),
        "intents": Deferred(lambda: intent_rows(settings.home / "examples" / "intents")),
        "routing-rules": WatchedFiles(lambda *paths: rule_rows(load_routing_rules(*paths)), own_rules, RULES_FILE),
        "vocabulary": Deferred(lambda: vocabulary_rows(VOCABULARY)),
        "wording": Deferred(lambda: assistant_rows() | web_rows()),
        "hot-questions": Deferred(lambda: hot_question_rows(hot) if settings.demonstration else {}),
    }


def _rules(sources: ContentSources, wording: Rows) -> Mapping[str, ContentRules]:
    def documents_at(code: str) -> int:
        histories = sources.documents.histories_without_text()
        return sum(1 for history in histories if history[-1].metadata.jurisdiction == code)

    return {
        "guides": PlainRules(),
        "departments": DepartmentRules(sources.guides.all),
        "regions": RegionRules(sources.guides.all, sources.departments.all, documents_at),
        "intents": IntentRules(sources.mask),
        "routing-rules": RoutingRuleRules(sources.references.departments),
        "vocabulary": VocabularyRules(),
        "wording": WordingRules(wording),
        "hot-questions": PlainRules(),
    }


def _none() -> Mapping[str, Row]:
    return {}


def _region_rows(*paths: Path) -> Mapping[str, Row]:
    rows: dict[str, Row] = {}
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for line in csv.DictReader(lines):
                rows[line["code"]] = {name: text for name, text in line.items() if text}
    return rows
