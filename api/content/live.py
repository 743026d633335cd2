"""What the service is made of, always as the entries say that stand now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.content.hot_questions import questions_of
from api.content.kinds import Rows
from api.content.web_sentences import live_web_wording, web_wording_of
from api.wording import WebWording, load_web_wording
from assistant.handoff.wording import HandoffWording, load_handoff_wording
from assistant.intent_entries import examples_of
from assistant.intent_examples import IntentExample, LabelFamily
from assistant.routing_entries import rules_of
from assistant.routing_rules import RoutingRule
from assistant.wording import Wording, load_wording
from assistant.wording_entries import handoff_wording_of, live_handoff_wording, live_wording, wording_of
from indexing.vocabulary import PolicyVocabulary
from indexing.vocabulary_entries import vocabulary_of
from knowledge_base.content.live_content import CHECK_EVERY_S, LiveContent
from knowledge_base.content.models import Row
from knowledge_base.content.own_rules import regions_in
from knowledge_base.content.ports import ContentStore
from knowledge_base.current_regions import CurrentRegions
from knowledge_base.departments import DepartmentDirectory
from knowledge_base.models import Department
from knowledge_base.ports import DepartmentStore
from knowledge_base.regions import RegionDirectory


@dataclass(frozen=True, slots=True)
class _Sentences:
    assistant: Wording
    handoff: HandoffWording
    web: WebWording


@dataclass(frozen=True)
class LiveParts:
    """Made of the entries in `store`. `examples_version` moves with the examples of intents."""

    regions: RegionDirectory
    examples: Callable[[LabelFamily], tuple[IntentExample, ...]]
    examples_version: Callable[[], int]
    rules: Callable[[], tuple[RoutingRule, ...]]
    vocabulary: Callable[[], PolicyVocabulary]
    wording: Wording
    handoff_wording: HandoffWording
    web_wording: WebWording
    hot_questions: Callable[[], tuple[str, ...]]


def live_parts(store: ContentStore, shipped: Mapping[str, Rows], *, check_every_s: float = CHECK_EVERY_S) -> LiveParts:
    """`shipped` by kind; `check_every_s` 0 looks with every use."""
    spoken, answers, pages = load_handoff_wording(), load_wording(), load_web_wording()

    def sentences_of(rows: Mapping[str, Row]) -> _Sentences:
        return _Sentences(wording_of(rows, answers), handoff_wording_of(rows, spoken), web_wording_of(rows, pages))

    def of(kind: str) -> tuple[ContentStore, str, Rows]:
        return store, kind, shipped[kind]

    examples = LiveContent(*of("intents"), examples_of, check_every_s=check_every_s)
    sentences = LiveContent(*of("wording"), sentences_of, check_every_s=check_every_s)
    return LiveParts(
        regions=CurrentRegions(LiveContent(*of("regions"), regions_in, check_every_s=check_every_s)),
        examples=lambda family: examples()[family],
        examples_version=examples.number,
        rules=LiveContent(*of("routing-rules"), lambda rows: rules_of(rows, shipped["routing-rules"]()), check_every_s=check_every_s),
        vocabulary=LiveContent(*of("vocabulary"), vocabulary_of, check_every_s=check_every_s),
        wording=live_wording(lambda: sentences().assistant, answers),
        handoff_wording=live_handoff_wording(lambda: sentences().handoff, spoken),
        web_wording=live_web_wording(lambda: sentences().web, pages),
        hot_questions=LiveContent(*of("hot-questions"), questions_of, check_every_s=check_every_s),
    )


class CurrentDirectory:
    """Call it for the directory of the departments that a store has now; made again only when they are others."""

    def __init__(self, departments: DepartmentStore) -> None:
        self._departments = departments
        self._kept: tuple[tuple[Department, ...], DepartmentDirectory] = ((), DepartmentDirectory(()))

    def __call__(self) -> DepartmentDirectory:
        present, kept = self._departments.all(), self._kept
        if present != kept[0]:
            kept = (present, DepartmentDirectory(present))
            self._kept = kept
        return kept[1]
