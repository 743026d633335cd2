"""Chooses the adapters and wires everything. The only module that imports an adapter package."""

from __future__ import annotations

from datetime import UTC, datetime

from api.access.adapters.sql import SqlAttemptStore
from api.access.role_names import roles_of
from api.backups.assembly import assemble_backups
from api.citizen_limits import load_citizen_limits
from api.deferred import Deferred
from api.parts import Container
from api.settings import Settings
from api.shipped_content import SEEDS, chosen_tuning, golden_files, sensitive_topics
from api.wiring import engines
from api.wiring.content import EntryStores, content_on
from api.wiring.engines import classifier_trainer, prepare_model
from api.wiring.index import index_runs
from api.wiring.insight import InsightPorts, assemble_insight
from api.wiring.intake import intake_on
from api.wiring.jobs import background_work
from api.wiring.privacy import contact_in, mask, privacy_screen
from api.wiring.sources import sources_on
from api.wiring.trust import access_on, retention_on
from api.wiring.words import words_for
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
from assistant.handoff.assembly import HandoffPorts, assemble_handoffs
from assistant.hotline.announcers import Announcers
from assistant.hotline.assembly import DraftingPorts, OrderPorts, assemble_drafter, assemble_work_orders
from assistant.hotline.class_catalogue import CATALOGUE_FILE, ClassCatalogue
from assistant.hotline.desk_assembly import assemble_desk
from assistant.hotline.desk_rules import load_desk_rules
from assistant.hotline.webhook_messages import OrderMessages
from assistant.hotline.webhook_rules import load_webhook_rules
from assistant.intent_learning import CurrentRecogniser
from assistant.learning_assembly import LearningPorts, assemble_intents, assemble_router, assemble_routing, learn_all
from assistant.versions import version_of
from indexing.adapters.remembering_embedder import RememberingEmbedder
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.adapters.snapshot_tokenizers import ServingTokenizer
from indexing.adapters.sqlite_vector_cache import SqliteVectorCache
from indexing.ports import Embedder
from indexing.synchroniser import Synchroniser
from knowledge_base.adapters.file_originals import FileOriginals
from knowledge_base.adapters.sql import SqlDepartmentStore, SqlDocumentStore, SqlGuideStore, open_records
from knowledge_base.ports import Clock
from knowledge_base.released_documents import ReleasedDocuments

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
    content, live = content_on(engine, settings, EntryStores(documents, guides, departments), mask, clock)
    conversations, regions = SqlConversationStore(engine), live.regions
    tuning, intake = chosen_tuning(settings), intake_on(engine, settings, documents, regions, clock)
    snapshots = SnapshotStore(settings.home / "index", tuning)
    words = words_for(live.vocabulary)
    embedder = Deferred[Embedder](lambda: RememberingEmbedder(engines.load_embedding(settings)))
    cache = Deferred(lambda: SqliteVectorCache(settings.home / "index" / "vectors.sqlite3"))

    def synchroniser() -> Synchroniser:
        return Synchroniser(documents, guides, embedder(), words.wanted(), cache(), snapshots, tuning)

    searcher = Deferred(lambda: engines.searcher(snapshots, embedder(), words, tuning, regions))
    tokenizer = Deferred(lambda: ServingTokenizer(searcher().tokenizer, words.shipped()))
    examples = SqlRoutingExampleStore(engine)
    learning = Deferred(
        lambda: LearningPorts(
            documents,
            guides,
            departments,
            examples,
            regions,
            embedder(),
            *engines.classifiers(settings, embedder(), words.shipped()),
            settings.home,
            settings.demonstration,
            live.rules,
            live.examples,
        )
    )
    routing = Deferred(lambda: assemble_routing(learning()))
    router = Deferred(lambda: assemble_router(learning(), routing()))
    intents = Deferred(lambda: assemble_intents(learning()))
    recogniser = Deferred(lambda: CurrentRecogniser(intents(), live.examples_version))
    classes = Deferred(lambda: ClassCatalogue.from_file(settings.class_catalogue or CATALOGUE_FILE, embedder(), tokenizer()))
    assistant = Deferred(
        lambda: assemble_assistant(
            searcher=searcher(),
            tokenizer=tokenizer(),
            documents=ReleasedDocuments(documents, clock),
            guides=guides,
            departments=departments,
            regions=regions,
            conversations=conversations,
            embedder_fingerprint=embedder().fingerprint,
            wording=live.wording,
            recogniser=recogniser(),
            router=router(),
            topics=sensitive_topics(settings),
            versions=lambda: {"tuning": version_of(tuning), "tokenizer": tokenizer().fingerprint, **recogniser().versions()},
        )
    )
    access = access_on(settings, engine, clock)
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
    work = background_work(engine, settings.home)
    return Container(
        settings=settings,
        clock=clock,
        regions=regions,
        documents=documents,
        guides=guides,
        departments=departments,
        conversations=conversations,
        catalog=intake.catalog,
        intake=intake,
        sources=sources_on(engine, settings, intake, work.submit, clock),
        parsers=Deferred(engines.parsers),
        snapshots=snapshots,
        embedder=embedder,
        searcher=searcher,
        answering_snapshot=lambda: searcher().manifest(),
        synchroniser=synchroniser,
        assistant=assistant,
        originals=FileOriginals(settings.home / "originals"),
        mask=mask,
        provision_model=lambda progress: engines.provision(settings, progress),
        read_guides=lambda path: engines.read_guides(path, regions),
        read_departments=lambda path: engines.read_departments(path, regions),
        access=access,
        work_orders=work_orders,
        drafter=drafter,
        contact_in=contact_in,
        handoffs=assemble_handoffs(
            HandoffPorts(SqlHandoffStore(engine), conversations, drafter, work_orders, ports.calendar, mask, clock),
            settings.service_hours,
            live.handoff_wording,
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
        exporters=engines.exporters(departments),
        deliveries=deliveries,
        courier=engines.courier(settings, deliveries, webhook_rules, clock),
        job_runs=SqlJobRunStore(engine),
        retention=retention_on(settings, engine, clock),
        work=work,
        index=index_runs(
            engine,
            snapshots,
            synchroniser,
            lambda snapshot_id: engines.searcher(snapshots, embedder(), words, tuning, regions, snapshot_id),
            (documents, guides),
            golden_files(settings),
            work,
            clock,
        ),
        backups=assemble_backups(settings, clock),
        insight=assemble_insight(
            InsightPorts(
                engine, settings.home, guides, documents, departments, regions, embedder, tokenizer, router, assistant, mask, clock
            )
        ),
        content=content,
    )
