"""Put work orders together from their ports; rules and wording come from the files beside. Chooses no adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.hotline.completeness import load_completeness
from assistant.hotline.contact_finder import load_contact_finder
from assistant.hotline.deadlines import load_deadlines
from assistant.hotline.drafting import WorkOrderDrafter
from assistant.hotline.event_places import load_event_places
from assistant.hotline.life_cycle import load_life_cycle
from assistant.hotline.message_cues import load_message_cues
from assistant.hotline.occurred_times import load_occurred_times
from assistant.hotline.ports import ClassSuggester, ContactVault, OrderAnnouncer, WorkingCalendar, WorkOrderStore
from assistant.hotline.progress import load_progress_wording
from assistant.hotline.routing_lessons import RoutingLessons
from assistant.hotline.similar_orders import SimilarOrders, load_similarity_rules, weigh_words
from assistant.hotline.submission import OrderIntake, four_digits
from assistant.hotline.work_orders import WorkOrderDesk
from assistant.intents import IntentRecogniser
from assistant.ports import Clock
from assistant.routing import DepartmentRouter, RoutingExampleStore
from assistant.steps.privacy_screen import PrivacyScreen
from indexing.ports import Tokenizer
from knowledge_base.ports import DepartmentStore
from knowledge_base.regions import RegionDirectory


@dataclass(frozen=True, slots=True)
class OrderPorts:
    """What work orders need from outside. `mask` hides personal data; `code` makes look-up codes."""

    store: WorkOrderStore
    vault: ContactVault
    calendar: WorkingCalendar
    examples: RoutingExampleStore
    announcer: OrderAnnouncer
    departments: DepartmentStore
    regions: RegionDirectory
    mask: Callable[[str], str]
    clock: Clock
    code: Callable[[], str] = four_digits


def assemble_work_orders(ports: OrderPorts, roles_of: Callable[[str], frozenset[str]]) -> WorkOrderDesk:
    """`roles_of`: the roles of an account by name, none for an unknown one."""
    completeness = load_completeness(ports.regions)
    intake = OrderIntake(ports.store, ports.vault, ports.calendar, load_deadlines(), completeness, ports.mask, ports.code)
    return WorkOrderDesk(
        intake=intake,
        life_cycle=load_life_cycle(),
        departments=ports.departments,
        lessons=RoutingLessons(ports.examples),
        announcer=ports.announcer,
        progress_wording=load_progress_wording(),
        clock=ports.clock,
        roles_of=roles_of,
    )


@dataclass(frozen=True, slots=True)
class DraftingPorts:
    """What drafting needs beyond work orders themselves."""

    recogniser: IntentRecogniser
    router: DepartmentRouter
    classes: ClassSuggester
    tokenizer: Tokenizer
    screen: PrivacyScreen
    default_jurisdiction: str = ""


def assemble_drafter(desk: WorkOrderDesk, ports: DraftingPorts) -> WorkOrderDrafter:
    """Rules come from the files beside; numbers, deadlines and completeness are the desk's own."""
    intake, similarity = desk.intake, load_similarity_rules()
    return WorkOrderDrafter(
        recogniser=ports.recogniser,
        router=ports.router,
        classes=ports.classes,
        cues=load_message_cues(),
        places=load_event_places(intake.completeness.regions),
        times=load_occurred_times(),
        contacts=load_contact_finder(ports.screen),
        similar=SimilarOrders(intake.store, weigh_words(ports.tokenizer, similarity), similarity),
        completeness=intake.completeness,
        intake=intake,
        mask=intake.mask,
        clock=desk.clock,
        default_jurisdiction=ports.default_jurisdiction,
    )
