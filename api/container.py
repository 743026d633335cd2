"""Chooses the adapters and wires everything. The only module that imports an adapter package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from api.access.adapters.sql import SqlAccountStore, SqlAttemptStore, SqlAuditTrail, SqlSessionStore, prepare_access
from api.access.assembly import Access, AccessStores, assemble_access
from api.access.role_names import roles_of
from api.access.rules import load_access_rules
from api.citizen_limits import load_citizen_limits
from api.deferred import Deferred
from api.parts import Container
from api.settings import DEFAULT_MODEL, Settings
from api.shipped_content import SEEDS, VOCABULARY, chosen_tuning, hot_questions, sensitive_topics, shipped_regions
from assistant.adapters.hotline import ChineseWorkingCalendar, FernetContactVault
from assistant.adapters.sql import (
    SqlConversationStore,
    SqlDeliveryStore,
    SqlHandoffStore,
    SqlJobRunStore,
    SqlRoutingExampleStore,
    SqlWorkOrderStore,
    prepare_conversations,
)
from assistant.assembly import assemble_assistant
from assistant.classification import ClassifierShelf, ClassifierTrainer
from assistant.handoff.assembly import HandoffPorts, assemble_handoffs
from assistant.hotline.announcers import Announcers
from assistant.hotline.assembly import DraftingPorts, OrderPorts, assemble_drafter, assemble_work_orders
from assistant.hotline.class_catalogue import CATALOGUE_FILE, ClassCatalogue
from assistant.hotline.contact_finder import ContactFinder, load_contact_finder
from assistant.hotline.desk_assembly import assemble_desk
from assistant.hotline.desk_rules import load_desk_rules
from assistant.hotline.models import Contact
from assistant.hotline.ports import OrderExporter
from assistant.hotline.webhook_deliveries import DeliveryStore, WebhookCourier
from assistant.hotline.webhook_messages import OrderMessages
from assistant.hotline.webhook_rules import WebhookRules, load_webhook_rules
from assistant.intent_learning import CurrentRecogniser
from assistant.learning_assembly import LearningPorts, assemble_intents, assemble_router, assemble_routing, learn_all
from assistant.privacy_rules import load_privacy_rules
from assistant.steps.privacy_screen import PrivacyScreen
from indexing.adapters.jieba_tokenizer import JiebaTokenizer
from indexing.adapters.remembering_embedder import RememberingEmbedder
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.adapters.sqlite_vector_cache import SqliteVectorCache
from indexing.ports import Embedder, Progress
from indexing.synchroniser import Synchroniser
from indexing.tuning import Tuning
from indexing.vocabulary import load_vocabulary
from knowledge_base.adapters.file_originals import FileOriginals
from knowledge_base.adapters.sql import SqlDepartmentStore, SqlDocumentStore, SqlGuideStore, open_records
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.models import Department, ServiceGuide
from knowledge_base.ports import Clock, DepartmentStore, DocumentParser
from knowledge_base.regions import RegionDirectory

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from indexing.adapters.snapshot_searcher import SnapshotSearcher

__all__ = ["SEEDS", "Container", "build_container", "classifier_trainer", "contact_in", "mask", "prepare_model", "present_moment"]


def present_moment() -> datetime:
    return datetime.now(UTC)


def build_container(settings: Settings, clock: Clock = present_moment) -> Container:
    """Opens the records; everything heavier waits for its first use. `clock` is the only source of the present moment.

    Raises StoreUnavailable, InvalidTuning.
    """
    engine = open_records(settings.records_address)
    prepare_conversations(engine)
    documents, guides, departments = SqlDocumentStore(engine), SqlGuideStore(engine), SqlDepartmentStore(engine)
    conversations, regions = SqlConversationStore(engine), shipped_regions(settings)
    tuning = chosen_tuning(settings)
    snapshots = SnapshotStore(settings.home / "index", tuning)
    tokenizer = Deferred(lambda: JiebaTokenizer(load_vocabulary(VOCABULARY)))
    embedder = Deferred[Embedder](lambda: RememberingEmbedder(_embedder(settings)))
    cache = Deferred(lambda: SqliteVectorCache(settings.home / "index" / "vectors.sqlite3"))
    searcher = Deferred(lambda: _searcher(snapshots, embedder(), tokenizer(), tuning, regions))
    examples = SqlRoutingExampleStore(engine)
    learning = Deferred(
        lambda: LearningPorts(
            documents,
            guides,
            departments,
            examples,
            regions,
            embedder(),
            *_classifiers(settings, embedder(), tokenizer()),
            settings.home,
            settings.demonstration,
        )
    )
    routing = Deferred(lambda: assemble_routing(learning()))
    router = Deferred(lambda: assemble_router(learning(), routing()))
    intents = Deferred(lambda: assemble_intents(learning()))
    recogniser = Deferred(lambda: CurrentRecogniser(intents()))
    classes = Deferred(lambda: ClassCatalogue.from_file(settings.class_catalogue or CATALOGUE_FILE, embedder(), tokenizer()))
    assistant = Deferred(
        lambda: assemble_assistant(
            searcher=searcher(),
            tokenizer=tokenizer(),
            documents=documents,
            guides=guides,
            departments=departments,
            regions=regions,
            conversations=conversations,
            embedder_fingerprint=embedder().fingerprint,
            recogniser=recogniser(),
            router=router(),
            topics=sensitive_topics(settings),
        )
    )
    access = _access(settings, engine, clock)
    webhook_rules, deliveries = load_webhook_rules(), SqlDeliveryStore(engine)
    ports = OrderPorts(
        store=SqlWorkOrderStore(engine, OrderMessages(settings.webhook_addresses, webhook_rules)),
        vault=FernetContactVault(settings.home / "contact.key", settings.contact_keys.get_secret_value()),
        calendar=ChineseWorkingCalendar(),
        examples=examples,
        announcer=Announcers(),
        departments=departments,
        regions=regions,
        mask=mask,
        clock=clock,
    )
    work_orders = assemble_work_orders(ports, lambda name: roles_of(access.accounts, name))
    drafter = Deferred(
        lambda: assemble_drafter(
            work_orders, DraftingPorts(recogniser(), router(), classes(), tokenizer(), privacy_screen(), settings.service_region)
        )
    )
    desk_rules = load_desk_rules()
    return Container(
        settings=settings,
        clock=clock,
        regions=regions,
        documents=documents,
        guides=guides,
        departments=departments,
        conversations=conversations,
        catalog=DocumentCatalog(documents, clock),
        parsers=Deferred(_parsers),
        snapshots=snapshots,
        embedder=embedder,
        searcher=searcher,
        answering_snapshot=lambda: searcher().manifest(),
        synchroniser=lambda: Synchroniser(documents, guides, embedder(), tokenizer(), cache(), snapshots, tuning),
        assistant=assistant,
        originals=FileOriginals(settings.home / "originals"),
        mask=mask,
        provision_model=lambda progress: _provision(settings, progress),
        read_guides=lambda path: _read_guides(path, regions),
        read_departments=lambda path: _read_departments(path, regions),
        access=access,
        work_orders=work_orders,
        drafter=drafter,
        contact_in=contact_in,
        handoffs=assemble_handoffs(
            HandoffPorts(SqlHandoffStore(engine), conversations, drafter, work_orders, ports.calendar, mask, clock),
            settings.service_hours,
        ),
        router=router,
        routing=routing,
        intents=intents,
        recogniser=recogniser,
        learn=lambda: learn_all(recogniser(), routing()),
        classes=classes,
        desk=Deferred(lambda: assemble_desk(assistant(), recogniser(), router(), clock, desk_rules)),
        desk_rules=desk_rules,
        limits=load_citizen_limits(SqlAttemptStore(engine), clock),
        exporters=_exporters(departments),
        deliveries=deliveries,
        courier=_courier(settings, deliveries, webhook_rules, clock),
        job_runs=SqlJobRunStore(engine),
        hot_questions=hot_questions(settings),
    )


def _access(settings: Settings, engine: Engine, clock: Clock) -> Access:
    prepare_access(engine)
    stores = AccessStores(SqlAccountStore(engine), SqlSessionStore(engine), SqlAttemptStore(engine), SqlAuditTrail(engine, clock, mask))
    idle, longest = timedelta(minutes=settings.session_idle_min), timedelta(hours=settings.session_hours)
    return assemble_access(stores, load_access_rules(), clock, idle=idle, longest=longest)


def prepare_model(settings: Settings, progress: Progress | None = None) -> None:
    """Provisions the default embedder where it is used and not there yet. Raises EmbedderUnavailable."""
    if not settings.embedder:
        _provision(settings, progress)


@cache  # Reading the rules takes milliseconds; the screen is immutable and the same for everybody.
def privacy_screen() -> PrivacyScreen:
    return PrivacyScreen(load_privacy_rules())


def mask(text: str) -> str:
    """The text without personal data."""
    return privacy_screen().mask(text)[0]


@cache
def _contact_finder() -> ContactFinder:
    return load_contact_finder(privacy_screen())


def contact_in(text: str) -> Contact:
    """Who calls, as far as an operator's notes say."""
    return _contact_finder().contact_in(text)


# Adapters with heavy libraries are imported on first use: a command that lists policies shall not wait for those that read Word files.
# ruff: noqa: PLC0415


def _embedder(settings: Settings) -> Embedder:
    from indexing.adapters.embedders import load_embedder

    prepare_model(settings)
    return load_embedder(settings.embedder_source, settings.embedder_precision, settings.embedder_threads or None)


def classifier_trainer(settings: Settings) -> ClassifierTrainer:
    """As the service learns, for measuring."""
    return _classifiers(settings, _embedder(settings), JiebaTokenizer(load_vocabulary(VOCABULARY)))[0]


def _provision(settings: Settings, progress: Progress | None) -> Path:
    from indexing.adapters.model_provisioning import provision_default_model

    return provision_default_model(settings.models_folder / DEFAULT_MODEL, progress)


def _searcher(
    snapshots: SnapshotStore, embedder: Embedder, tokenizer: JiebaTokenizer, tuning: Tuning, regions: RegionDirectory
) -> SnapshotSearcher:
    from indexing.adapters.snapshot_searcher import SnapshotSearcher

    return SnapshotSearcher(snapshots, embedder, tokenizer, tuning, regions)


def _classifiers(settings: Settings, embedder: Embedder, tokenizer: JiebaTokenizer) -> tuple[ClassifierTrainer, ClassifierShelf]:
    from assistant.adapters.classifiers import FileClassifierShelf, SklearnTrainer, load_learning_settings

    learning = load_learning_settings()
    shelf = FileClassifierShelf(settings.home / "classifiers", embedder, tokenizer, learning)
    return SklearnTrainer(embedder, tokenizer, learning), shelf


def _parsers() -> tuple[DocumentParser, ...]:
    from knowledge_base.adapters.parsers import default_parsers

    return default_parsers()


def _read_guides(path: Path, regions: RegionDirectory) -> Iterable[ServiceGuide]:
    from knowledge_base.adapters.entry_files import load_guides

    return load_guides(path, regions)


def _read_departments(path: Path, regions: RegionDirectory) -> Iterable[Department]:
    from knowledge_base.adapters.entry_files import load_departments

    return load_departments(path, regions)


def _exporters(departments: DepartmentStore) -> Mapping[str, OrderExporter]:
    from assistant.adapters.hotline.exporters import order_exporters

    def name(department_id: str) -> str:
        department = departments.get(department_id) if department_id else None
        return department.name if department else department_id

    return order_exporters(name)


def _courier(settings: Settings, deliveries: DeliveryStore, rules: WebhookRules, clock: Clock) -> WebhookCourier | None:
    if not settings.webhook_addresses:
        return None
    from assistant.adapters.hotline.webhook_sender import SignedSender

    sender = SignedSender(settings.webhook_secret.get_secret_value(), rules)
    return WebhookCourier(deliveries, sender, frozenset(settings.webhook_addresses), rules, clock)
