"""What pages, addresses and commands are given: the parts, by their ports. Chooses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from api.access.accounts import Accounts
from api.access.api_keys import ApiKeys
from api.access.assembly import Access
from api.access.ports import AuditTrail
from api.backups.routine import BackupRoutine
from api.citizen_limits import CitizenLimits
from api.content.parts import Content
from api.jobs.huey_places import MakeHuey
from api.jobs.work_queue import BackgroundWork
from api.metrics import ServiceMetrics
from api.policy_listing import PolicyListing
from api.rate_limits import RateLimits
from api.settings import Settings
from assistant.answering import PolicyAssistant
from assistant.generation.rewording import Rewording
from assistant.handoff.answer_release import AnswerRelease
from assistant.handoff.handoff_desk import HandoffDesk
from assistant.hotline.class_catalogue import ClassCatalogue
from assistant.hotline.desk_card import DeskAssistant
from assistant.hotline.desk_rules import DeskRules
from assistant.hotline.drafting import WorkOrderDrafter
from assistant.hotline.models import Contact
from assistant.hotline.policy_announcer import PolicyAnnouncer
from assistant.hotline.ports import OrderExporter
from assistant.hotline.webhook_deliveries import DeliveryStore, WebhookCourier
from assistant.hotline.webhook_subscribers import SubscriberDesk
from assistant.hotline.work_orders import WorkOrderDesk
from assistant.insight.assembly import Insight
from assistant.intent_learning import IntentTeacher
from assistant.intents import IntentRecogniser
from assistant.job_runs import JobRunStore
from assistant.models import CHINA_TIME
from assistant.ports import ConversationStore
from assistant.ratings.rating_desk import RatingDesk
from assistant.retention import Retention
from assistant.routing import DepartmentRouter
from assistant.routing_learning import RoutingTeacher
from indexing.errors import NoSnapshot
from indexing.index_runs import IndexRuns
from indexing.models import SnapshotManifest
from indexing.ports import Embedder, PassageSearcher, Progress
from indexing.synchroniser import Synchroniser
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.models import Department, ServiceGuide
from knowledge_base.ports import Clock, DepartmentStore, DocumentParser, DocumentStore, GuideStore, OriginalStore
from knowledge_base.regions import RegionDirectory
from knowledge_base.released_documents import ReleasedDocuments
from knowledge_base.sources.source_desk import SourceDesk


class Snapshots(Protocol):
    """What the service asks of the snapshots beyond searching them."""

    def current(self) -> SnapshotManifest | None: ...

    def snapshots(self) -> tuple[SnapshotManifest, ...]: ...

    def current_id(self) -> str | None: ...

    def engine(self) -> str:
        """Where they are kept, in words."""


def _nothing_outside() -> None:
    """One process needs nobody else."""


def _no_language_model() -> Rewording | None:
    return None


@dataclass(frozen=True)
class Container:
    """Everything a page, an address or a command needs. Callables without arguments are made on first use.

    `mask` hides personal data in a text, `contact_in` finds the caller in it; `provision_model` prepares the default embedder;
    `read_guides` and `read_departments` read an entry file. `answering_snapshot` opens the index as a question would: it raises
    NoSnapshot, SnapshotMismatch, SnapshotDamaged or EmbedderUnavailable where no question could be answered. `exporters` by suffix,
    e.g. "csv". `courier` and `announcer` None: nobody is told of anything.
    `check_shared` raises StoreUnavailable where what several processes share cannot be reached, `check_embedder` EmbedderUnavailable
    where vectors come from a service that cannot be. `forget_answers` empties what answers are said again from.
    `rewording` is None where no language model is set.
    `learn` trains classifiers whose examples have changed, and goes on doing so; without it those on the shelf serve.
    """

    settings: Settings
    clock: Clock
    regions: RegionDirectory
    documents: DocumentStore
    guides: GuideStore
    departments: DepartmentStore
    conversations: ConversationStore
    catalog: DocumentCatalog
    intake: IntakeDesk
    sources: SourceDesk
    parsers: Callable[[], tuple[DocumentParser, ...]]
    originals: OriginalStore | None
    snapshots: Snapshots
    embedder: Callable[[], Embedder]
    searcher: Callable[[], PassageSearcher]
    answering_snapshot: Callable[[], SnapshotManifest]
    synchroniser: Callable[[], Synchroniser]
    assistant: Callable[[], PolicyAssistant]
    mask: Callable[[str], str]
    provision_model: Callable[[Progress], Path]
    read_guides: Callable[[Path], Iterable[ServiceGuide]]
    read_departments: Callable[[Path], Iterable[Department]]
    access: Access
    keys: ApiKeys
    work_orders: WorkOrderDesk
    drafter: Callable[[], WorkOrderDrafter]
    contact_in: Callable[[str], Contact]
    handoffs: HandoffDesk
    router: Callable[[], DepartmentRouter]
    routing: Callable[[], RoutingTeacher]
    intents: Callable[[], IntentTeacher]
    recogniser: Callable[[], IntentRecogniser]
    learn: Callable[[], None]
    classes: Callable[[], ClassCatalogue]
    desk: Callable[[], DeskAssistant]
    desk_rules: DeskRules
    limits: CitizenLimits
    rates: RateLimits
    exporters: Mapping[str, OrderExporter]
    deliveries: DeliveryStore
    subscribers: SubscriberDesk
    courier: WebhookCourier | None
    announcer: PolicyAnnouncer | None
    job_runs: JobRunStore
    retention: Retention
    work: BackgroundWork
    huey: MakeHuey
    index: IndexRuns
    backups: BackupRoutine
    insight: Insight
    content: Content
    ratings: RatingDesk
    metrics: ServiceMetrics = field(default_factory=ServiceMetrics)
    rewording: Callable[[], Rewording | None] = _no_language_model
    check_shared: Callable[[], None] = _nothing_outside
    check_embedder: Callable[[], None] = _nothing_outside
    forget_answers: Callable[[], None] = _nothing_outside
    listing: PolicyListing = field(init=False)

    def __post_init__(self) -> None:
        # The documented way to derive a field of a frozen dataclass.
        object.__setattr__(self, "listing", PolicyListing(self.documents, self.today))

    @property
    def hot_questions(self) -> tuple[str, ...]:
        return self.content.hot_questions()

    @property
    def accounts(self) -> Accounts:
        return self.access.accounts

    @property
    def audit(self) -> AuditTrail:
        return self.access.audit

    @property
    def releases(self) -> AnswerRelease:
        return AnswerRelease(self.conversations, self.handoffs, self.clock)

    @property
    def released(self) -> ReleasedDocuments:
        """The documents as citizens may see them now; `documents` holds them all."""
        return ReleasedDocuments(self.documents, self.clock)

    def today(self) -> date:
        """The date in China, wherever the machine stands."""
        return self.clock().astimezone(CHINA_TIME).date()

    def current_snapshot(self) -> SnapshotManifest:
        """Raises NoSnapshot."""
        manifest = self.snapshots.current()
        if manifest is None:
            raise NoSnapshot
        return manifest

    def place_name(self, code: str | None) -> str:
        """For sentences such as "适用于…的规定"."""
        return self.region_name(code) if code else "各地区"

    def region_name(self, code: str) -> str:
        """Full name of a region, the code itself where it is unknown."""
        region = self.regions.resolve(code)
        return self.regions.full_name(region.code) if region else code
