"""A container of fakes: everything in memory, a few policies, a scripted assistant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api.access.api_keys import ApiKeys
from api.access.assembly import Access
from api.backups.assembly import assemble_backups
from api.citizen_limits import load_citizen_limits
from api.container import SEEDS, Container, contact_in
from api.deferred import Deferred
from api.jobs.huey_places import QUEUE_FILE, huey_in_file
from api.rate_limits import RateLimits, load_rate_rules
from api.settings import Settings
from api.wiring.ratings import known_labels
from assistant.adapters.hotline.exporters import order_exporters
from assistant.assembly import AnsweringPorts, assemble_assistant
from assistant.handoff.assembly import HandoffPorts, assemble_handoffs
from assistant.hotline.class_catalogue import CATALOGUE_FILE, ClassCatalogue, read_catalogue
from assistant.hotline.desk_assembly import assemble_desk
from assistant.hotline.desk_card import DeskAssistant
from assistant.hotline.desk_rules import load_desk_rules
from assistant.hotline.webhook_subscribers import SubscriberDesk
from assistant.models import Answer
from assistant.ports import ConversationStore
from assistant.ratings.rating_desk import RatingDesk
from assistant.ratings.rules import load_rating_rules
from assistant.retention import Retention, RetentionRules
from assistant.rules import load_rules
from indexing.errors import NoSnapshot
from indexing.models import Passage, SnapshotManifest
from indexing.ports import PassageSearcher
from knowledge_base.models import DocumentRevision
from knowledge_base.ports import Clock, DepartmentStore, DocumentStore
from knowledge_base.regions import RegionDirectory
from knowledge_base.released_documents import ReleasedDocuments
from tests.factories import DEMO_DISTRICT, a_department, a_guide, a_revision
from tests.fakes.account_store import MemoryAttemptStore, memory_access
from tests.fakes.api_key_store import MemoryApiKeyStore
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.contact_vault import FakeContactVault
from tests.fakes.content import memory_content
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.delivery_store import MemoryDeliveryStore
from tests.fakes.desk_senses import FirstDepartmentRouter, WordRecogniser
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.drafter import a_drafter
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.entry_stores import MemoryDepartmentStore, MemoryGuideStore
from tests.fakes.figure_store import MemoryRecords
from tests.fakes.handoff_store import MemoryHandoffStore
from tests.fakes.indexing_run_store import memory_index_runs
from tests.fakes.insight import memory_insight
from tests.fakes.intake import memory_intake
from tests.fakes.job_run_store import MemoryJobRunStore
from tests.fakes.memory_passage_searcher import MemoryPassageSearcher
from tests.fakes.order_intake import PlainDrafter
from tests.fakes.rating_store import MemoryCases, MemoryRatingStore
from tests.fakes.retention_store import MemoryRetentionStore
from tests.fakes.scripted_assistant import ScriptedAssistant
from tests.fakes.sources import memory_sources
from tests.fakes.subscriber_store import MemorySubscriberStore
from tests.fakes.survey_store import MemorySurveyStore
from tests.fakes.work_order_desk import MemoryDesk, staff
from tests.fakes.work_queue import RecordingQueue
from tests.fakes.working_calendar import WeekdayCalendar

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
REGIONS = RegionDirectory.from_csv(SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv")

A_LONG_TEXT = (
    "第一章 总则\n第一条 为了规范居住证管理，制定本办法。\n第二章 申领\n第二条 申领居住证，应当提交下列材料：\n"
    "（一）身份证明；\n（二）居住地址证明。\n第三条 本办法自2024年1月1日起施行。\n"
)


class MemorySnapshots:
    """A shelf that says which snapshot answers; None is an empty shelf."""

    def __init__(self, snapshot_id: str | None = "20261122-1") -> None:
        self._ids = [snapshot_id] if snapshot_id else []

    def current(self) -> SnapshotManifest | None:
        return self.snapshots()[0] if self._ids else None

    def snapshots(self) -> tuple[SnapshotManifest, ...]:
        return tuple(SnapshotManifest(name, NOW, 10, 3, 16, "hashing", "bigrams", {}) for name in self._ids)

    def rollback(self, to: str | None = None) -> str:
        return to or self._ids[-1]

    def current_id(self) -> str | None:
        return self._ids[0] if self._ids else None

    def engine(self) -> str:
        return "本机文件"


def some_revisions() -> tuple[DocumentRevision, ...]:
    """In force, replaced by the first, and not yet in force (of one district)."""
    return (
        a_revision(text=A_LONG_TEXT, number=1, effective_on=date(2024, 1, 1), is_demonstration=True),
        a_revision(
            "d-old", title="示范市暂住证管理办法", effective_on=date(2010, 5, 1), repealed_on=date(2024, 1, 1), repealed_by="d-residence"
        ),
        a_revision("d-future", title="明德区老年人助餐办法", effective_on=date(2027, 1, 1), jurisdiction=DEMO_DISTRICT),
    )


def a_container(
    *,
    revisions: Sequence[DocumentRevision] | None = None,
    passages: Sequence[Passage] | None = (),
    answers: dict[str, Answer | Exception] | None = None,
    snapshot_id: str | None = "20261122-1",
    clock: Clock = lambda: NOW,
    **settings: Any,
) -> Container:
    """`answers` go to the scripted assistant; `settings` are fields of Settings."""
    documents, conversations = MemoryDocumentStore(), MemoryConversationStore()
    for revision in some_revisions() if revisions is None else revisions:
        documents.add(revision)
    deliveries = MemoryDeliveryStore()
    snapshots, work = MemorySnapshots(snapshot_id), RecordingQueue()
    ratings = MemoryRatingStore(conversations)
    assistant = ScriptedAssistant(conversations, answers)
    embedder, tokenizer = FakeEmbedder(), BigramTokenizer()
    searcher = MemoryPassageSearcher(passages, embedder, tokenizer, REGIONS)
    departments, intake = MemoryDepartmentStore([a_department()]), memory_intake(documents, REGIONS, clock)
    access = memory_access(clock, mask_one_number)
    orders = MemoryDesk(departments, REGIONS, clock, mask_one_number, lambda name: _roles(access, name))
    work_orders, guides, handed_over = orders.desk, MemoryGuideStore([a_guide()]), MemoryHandoffStore()
    records = MemoryRecords(conversations, handed_over, orders.store, MemorySurveyStore())
    handoffs = HandoffPorts(handed_over, conversations, PlainDrafter, work_orders, WeekdayCalendar(), mask_one_number, clock)
    used = Settings(_env_file=None, **({"home": Path("/nowhere"), "service_hours": "每天 0:00-24:00", "jobs": "off"} | settings))
    return Container(
        settings=used,
        clock=clock,
        regions=REGIONS,
        documents=documents,
        guides=guides,
        departments=departments,
        conversations=conversations,
        catalog=intake.catalog,
        intake=intake,
        sources=memory_sources(intake, work.submit, clock),
        parsers=lambda: (),
        originals=None,
        snapshots=snapshots,
        embedder=lambda: embedder,
        searcher=lambda: searcher,
        answering_snapshot=lambda: _current(snapshots),
        synchroniser=_no_synchroniser,
        assistant=lambda: assistant,
        mask=mask_one_number,
        access=access,
        keys=ApiKeys(MemoryApiKeyStore(), access.audit, mask_one_number, clock),
        work_orders=work_orders,
        drafter=lambda: a_drafter(work_orders),
        contact_in=contact_in,
        handoffs=assemble_handoffs(handoffs, used.service_hours),
        router=lambda: FirstDepartmentRouter(departments),
        routing=_no_teacher,
        intents=_no_teacher,
        recogniser=WordRecogniser,
        learn=lambda: None,
        classes=lambda: ClassCatalogue(read_catalogue(CATALOGUE_FILE), embedder, tokenizer),
        desk=Deferred(lambda: _desk(searcher, conversations, ReleasedDocuments(documents, clock), departments, clock)),
        desk_rules=load_desk_rules(),
        limits=load_citizen_limits(MemoryAttemptStore(), clock),
        rates=RateLimits(load_rate_rules()),
        provision_model=lambda progress: Path("/nowhere"),
        read_guides=lambda path: (),
        read_departments=lambda path: (),
        exporters=order_exporters(lambda department_id: department_id),
        deliveries=deliveries,
        subscribers=SubscriberDesk(
            MemorySubscriberStore(), deliveries, FakeContactVault(), lambda url: url.startswith("https://"), mask_one_number, clock
        ),
        courier=None,
        announcer=None,
        job_runs=MemoryJobRunStore(),
        retention=Retention(MemoryRetentionStore(conversations, handed_over, orders.store, ratings), RetentionRules(180, 365, 10), clock),
        work=work,
        huey=huey_in_file(used.home / QUEUE_FILE),
        index=memory_index_runs(snapshots, documents, guides, lambda snapshot_id: searcher, work, clock),
        backups=assemble_backups(used, clock),
        insight=memory_insight(records, guides, documents, departments, lambda: FirstDepartmentRouter(departments), mask_one_number, clock),
        content=memory_content(used, documents, guides, departments, clock),
        ratings=RatingDesk(
            ratings,
            conversations,
            MemoryCases(),
            load_rating_rules(),
            mask_one_number,
            clock,
            known_labels(documents, guides),
            lambda answers: answers[0],
        ),
    )


def _desk(
    searcher: PassageSearcher,
    conversations: ConversationStore,
    documents: DocumentStore,
    departments: DepartmentStore,
    clock: Clock,
) -> DeskAssistant:
    """The real desk over the same stores; the assistant beside it is scripted, this one is not."""
    rules = load_rules()
    # The fake embedder's cosines are lower than a model's.
    lenient = replace(rules, evidence=replace(rules.evidence, min_vector_score=0.2, strong_vector_score=0.6, absence_margin=0.05))
    answering = assemble_assistant(
        AnsweringPorts(
            searcher=searcher,
            tokenizer=BigramTokenizer(),
            documents=documents,
            guides=MemoryGuideStore([a_guide()]),
            departments=departments,
            regions=REGIONS,
            conversations=conversations,
            embedder_fingerprint="hashing",
            rules=lenient,
        )
    )
    return assemble_desk(answering, WordRecogniser(), FirstDepartmentRouter(departments), clock)


def _roles(access: Access, name: str) -> frozenset[str]:
    """Those of the account, else what a name without one stands for in tests."""
    account = next((account for account in access.accounts.all() if account.name == name), None)
    return frozenset(role.value for role in account.roles) if account else staff(name)


def mask_one_number(text: str) -> str:
    return text.replace("13800138000", "【手机号】")


def _current(snapshots: MemorySnapshots) -> SnapshotManifest:
    manifest = snapshots.current()
    if manifest is None:
        raise NoSnapshot
    return manifest


def _no_teacher() -> Any:
    raise AssertionError("no test of the web layer trains a classifier")


def _no_synchroniser() -> Any:
    raise AssertionError("no test of the web layer refreshes the index")
