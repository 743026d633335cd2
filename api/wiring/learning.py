"""What learns from examples: intents, departments, classes of requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.deferred import Deferred
from api.settings import Settings
from api.wiring import engines
from api.wiring.content import EntryStores
from api.wiring.search import Search
from assistant.adapters.sql import SqlRoutingExampleStore
from assistant.hotline.class_catalogue import CATALOGUE_FILE, ClassCatalogue
from assistant.intent_learning import CurrentRecogniser, IntentTeacher
from assistant.learning_assembly import LearningPorts, assemble_intents, assemble_router, assemble_routing
from assistant.routing import DepartmentRouter
from assistant.routing_learning import RoutingTeacher
from indexing.cached_vectors import QuestionKeepingEmbedder

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from api.content.live import LiveParts


@dataclass(frozen=True, slots=True)
class Learning:
    """Made on first use, but for the `examples`. `routing` and `intents` teach, `router` and `recogniser` use what was learned."""

    examples: SqlRoutingExampleStore
    routing: Callable[[], RoutingTeacher]
    router: Callable[[], DepartmentRouter]
    intents: Callable[[], IntentTeacher]
    recogniser: Callable[[], CurrentRecogniser]
    classes: Callable[[], ClassCatalogue]


def learning_on(engine: Engine, settings: Settings, stores: EntryStores, live: LiveParts, search: Search) -> Learning:
    base, examples = search.base, SqlRoutingExampleStore(engine)
    ports = Deferred(
        lambda: LearningPorts(
            stores.documents,
            stores.guides,
            stores.departments,
            examples,
            live.regions,
            QuestionKeepingEmbedder(base(), search.vectors(), search.tuning.snapshots.embed_batch),
            *engines.classifiers(settings, base(), search.words.shipped()),
            settings.home,
            settings.demonstration,
            live.rules,
            live.examples,
        )
    )
    routing, intents = Deferred(lambda: assemble_routing(ports())), Deferred(lambda: assemble_intents(ports()))
    return Learning(
        examples=examples,
        routing=routing,
        router=Deferred(lambda: assemble_router(ports(), routing())),
        intents=intents,
        recogniser=Deferred(lambda: CurrentRecogniser(intents(), live.examples_version)),
        classes=Deferred(lambda: ClassCatalogue.from_file(settings.class_catalogue or CATALOGUE_FILE, base(), search.tokenizer())),
    )
