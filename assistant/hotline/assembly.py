"""Put work orders together from their ports; rules and wording come from the files beside. Chooses no adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.hotline.completeness import load_completeness
from assistant.hotline.deadlines import load_deadlines
from assistant.hotline.life_cycle import load_life_cycle
from assistant.hotline.ports import ContactVault, OrderAnnouncer, WorkingCalendar, WorkOrderStore
from assistant.hotline.progress import load_progress_wording
from assistant.hotline.routing_lessons import RoutingLessons
from assistant.hotline.submission import OrderIntake, four_digits
from assistant.hotline.work_orders import WorkOrderDesk
from assistant.ports import Clock
from assistant.routing import RoutingExampleStore
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
