"""Chooses the adapters and wires everything. The only module that imports an adapter package."""

from __future__ import annotations

from datetime import UTC, datetime

from api.access.adapters.sql import SqlAttemptStore
from api.citizen_limits import load_citizen_limits
from api.deferred import Deferred
from api.metrics import ServiceMetrics
from api.parts import Container
from api.settings import Settings
from api.shipped_content import SEEDS, chosen_tuning, golden_files, sensitive_topics
from api.wiring import engines
from api.wiring.answer_cache import answer_cache
from api.wiring.content import EntryStores, content_on
from api.wiring.embedding_check import embedder_check
from api.wiring.engines import (
    classifier_trainer,
    encoder_trainer,
    head_trainer,
    load_own_embedding,
    prepare_model,
    token_trainer,
    write_adapter,
)
from api.wiring.hotline import hotline_on
from api.wiring.index import database_beside, index_runs
from api.wiring.insight import InsightPorts, assemble_insight
from api.wiring.intake import intake_on
from api.wiring.jobs import background_work, huey_on
from api.wiring.language_model import rewording_on
from api.wiring.learning import learning_on
from api.wiring.moving import RECORD_TABLES, open_all_records
from api.wiring.privacy import contact_in, mask
from api.wiring.rates import rates_of
from api.wiring.ratings import ratings_on
from api.wiring.search import search_on
from api.wiring.sources import sources_on
from api.wiring.storage import backups_on, originals_on
from api.wiring.trust import access_on, keys_on, retention_on
from api.wiring.valkey import checked, valkey_of
from assistant.adapters.characters.pinyin_sounds import PinyinSounds
from assistant.adapters.characters.simplified_script import OpenCcScript
from assistant.adapters.sql import (
    SqlConversationStore,
    SqlJobRunStore,
    note_policy_change,
    prepare_conversations,
)
from assistant.assembly import AnsweringPorts, assemble_assistant
from assistant.hotline.desk_assembly import assemble_desk
from assistant.hotline.desk_rules import load_desk_rules
from assistant.learning_assembly import learn_all
from assistant.versions import version_of
from knowledge_base.adapters.sql import SqlDepartmentStore, SqlDocumentStore, SqlGuideStore, open_records
from knowledge_base.ports import Clock
from knowledge_base.released_documents import ReleasedDocuments

__all__ = [
    "RECORD_TABLES",
    "SEEDS",
    "Container",
    "backups_on",
    "build_container",
    "classifier_trainer",
    "contact_in",
    "database_beside",
    "encoder_trainer",
    "head_trainer",
    "load_own_embedding",
    "mask",
    "open_all_records",
    "prepare_model",
    "present_moment",
    "token_trainer",
    "write_adapter",
]


def present_moment() -> datetime:
    return datetime.now(UTC)


def build_container(settings: Settings, clock: Clock = present_moment) -> Container:
    """Opens the records; everything heavier waits for its first use. `clock` is the only source of the present moment.

    Raises StoreUnavailable, EngineUnfit, InvalidTuning.
    """
    engine, valkey = open_records(settings.records_address), valkey_of(settings)
    prepare_conversations(engine)
    documents, guides, departments = SqlDocumentStore(engine, note_policy_change), SqlGuideStore(engine), SqlDepartmentStore(engine)
    stores, released = EntryStores(documents, guides, departments), ReleasedDocuments(documents, clock)
    content, live = content_on(engine, settings, stores, mask, clock)
    conversations, regions = SqlConversationStore(engine), live.regions
    tuning, intake = chosen_tuning(settings), intake_on(engine, settings, documents, regions, clock)
    metrics, access = ServiceMetrics(), access_on(settings, engine, clock)
    search = search_on(engine, settings, tuning, stores, live, metrics)
    learning = learning_on(engine, settings, stores, live, search)
    router, recogniser = learning.router, learning.recogniser
    answers = answer_cache(settings, engine, valkey, lambda: search.searcher().manifest().snapshot_id, metrics, search.is_busy)
    assistant = Deferred(
        lambda: assemble_assistant(
            AnsweringPorts(
                searcher=search.searcher(),
                tokenizer=search.tokenizer(),
                documents=released,
                guides=guides,
                departments=departments,
                regions=regions,
                conversations=conversations,
                embedder_fingerprint=search.embedder().fingerprint,
                wording=live.wording,
                recogniser=recogniser(),
                router=router(),
                topics=sensitive_topics(settings),
                versions=lambda: {
                    "tuning": version_of(tuning),
                    "tokenizer": search.tokenizer().fingerprint,
                    "reranker": search.searcher().reranker(),
                    **recogniser().versions(),
                },
                script=OpenCcScript(),
                sounds=PinyinSounds(),
                cache=answers,
            )
        )
    )
    hotline = hotline_on(engine, settings, stores, live, search, learning, conversations, access, clock)
    desk_rules = load_desk_rules()
    huey = huey_on(settings.home, valkey)
    work = background_work(engine, settings.home, huey)
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
        snapshots=search.snapshots,
        embedder=search.embedder,
        searcher=search.searcher,
        answering_snapshot=lambda: search.searcher().manifest(),
        synchroniser=search.synchroniser,
        assistant=assistant,
        originals=originals_on(settings),
        mask=mask,
        provision_model=lambda progress: engines.provision(settings, progress),
        read_guides=lambda path: engines.read_guides(path, regions),
        read_departments=lambda path: engines.read_departments(path, regions),
        access=access,
        keys=keys_on(engine, access, clock),
        work_orders=hotline.work_orders,
        drafter=hotline.drafter,
        contact_in=contact_in,
        handoffs=hotline.handoffs,
        router=router,
        routing=learning.routing,
        intents=learning.intents,
        recogniser=recogniser,
        learn=lambda: learn_all(recogniser(), learning.routing()),
        classes=learning.classes,
        desk=Deferred(lambda: assemble_desk(assistant(), recogniser(), router(), clock, desk_rules)),
        desk_rules=desk_rules,
        limits=load_citizen_limits(SqlAttemptStore(engine), clock),
        rates=rates_of(settings, valkey),
        exporters=engines.exporters(departments),
        deliveries=hotline.webhooks.deliveries,
        subscribers=hotline.webhooks.subscribers,
        courier=hotline.webhooks.courier,
        announcer=hotline.webhooks.announcer,
        job_runs=SqlJobRunStore(engine),
        retention=retention_on(settings, engine, clock),
        work=work,
        huey=huey,
        index=index_runs(
            engine, search.snapshots, search.synchroniser, search.searcher_of, (documents, guides), golden_files(settings), work, clock
        ),
        backups=backups_on(settings, clock),
        insight=assemble_insight(
            InsightPorts(
                engine,
                settings.home,
                guides,
                documents,
                departments,
                regions,
                search.base,
                search.tokenizer,
                router,
                assistant,
                mask,
                clock,
            )
        ),
        content=content,
        ratings=ratings_on(settings, engine, conversations, (documents, guides), clock),
        metrics=metrics,
        check_shared=checked(valkey),
        forget_answers=answers.forget if answers else lambda: None,
        check_embedder=embedder_check(settings),
        rewording=Deferred(lambda: rewording_on(settings, engine, conversations, search.base, live.wording, mask, clock)),
    )
