"""Put together what is learned from examples: the router and the recogniser. The container calls this; it chooses no adapter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.certain_intents import CertainIntents
from assistant.classification import ClassifierShelf, ClassifierTrainer
from assistant.department_router import EvidenceRouter
from assistant.intent_examples import IntentExample, LabelFamily
from assistant.intent_learning import CurrentRecogniser, IntentLessons, IntentTeacher
from assistant.intent_settings import load_intent_settings
from assistant.routing import DepartmentRouter, RoutingExampleStore
from assistant.routing_learning import DEMONSTRATION_EXAMPLES, RoutingTeacher, read_labelled
from assistant.routing_rules import RULES_FILE, RoutingRule, load_routing_rules
from assistant.routing_settings import load_routing_settings
from assistant.safety_rules import load_safety_rules
from assistant.watched_files import WatchedFiles
from indexing.ports import Embedder
from knowledge_base.ports import DepartmentStore, DocumentStore, GuideStore
from knowledge_base.regions import RegionDirectory

_OWN_EXAMPLES = "examples"


@dataclass(frozen=True, slots=True)
class LearningPorts:
    """`home` is ZHENGWEN_HOME, where an administrator's examples and rules lie; `demonstration`: with those of the invented city.

    `rules` and `examples` stand for the files where the administrator edits them in the console.
    """

    documents: DocumentStore
    guides: GuideStore
    departments: DepartmentStore
    past: RoutingExampleStore
    regions: RegionDirectory
    embedder: Embedder
    trainer: ClassifierTrainer
    shelf: ClassifierShelf
    home: Path
    demonstration: bool
    rules: Callable[[], tuple[RoutingRule, ...]] | None = None
    examples: Callable[[LabelFamily], Sequence[IntentExample]] | None = None


def assemble_routing(ports: LearningPorts) -> RoutingTeacher:
    shipped = (DEMONSTRATION_EXAMPLES,) if ports.demonstration else ()
    return RoutingTeacher(
        departments=ports.departments,
        guides=ports.guides,
        past=ports.past,
        labelled=WatchedFiles(read_labelled, ports.home / _OWN_EXAMPLES / "routing.yaml", *shipped),
        embedder=ports.embedder,
        trainer=ports.trainer,
        shelf=ports.shelf,
        settings=load_routing_settings(),
    )


def assemble_router(ports: LearningPorts, teacher: RoutingTeacher) -> DepartmentRouter:
    rules = ports.rules or WatchedFiles(load_routing_rules, ports.home / "routing_rules.yaml", RULES_FILE)
    return EvidenceRouter(teacher.knowledge, ports.regions, ports.embedder, rules, load_routing_settings())


def assemble_intents(ports: LearningPorts) -> IntentTeacher:
    return IntentTeacher(
        lessons=IntentLessons(ports.home / _OWN_EXAMPLES / "intents", ports.guides, ports.departments, ports.documents, ports.examples),
        trainer=ports.trainer,
        shelf=ports.shelf,
        rules=CertainIntents(load_safety_rules()),
        settings=load_intent_settings(),
    )


def learn_all(recogniser: CurrentRecogniser, routing: RoutingTeacher) -> None:
    """Trains what is older than its examples; those who ask meanwhile are answered by what was learned before."""
    recogniser.learn()
    routing.learn()
