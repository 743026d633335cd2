"""A whole WorkOrderDesk over fakes, for tests of pages and of use cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from assistant.hotline.assembly import OrderPorts, assemble_work_orders
from assistant.hotline.work_orders import WorkOrderDesk
from assistant.ports import Clock
from knowledge_base.ports import DepartmentStore
from knowledge_base.regions import RegionDirectory
from tests.factories import a_department
from tests.fakes.contact_vault import FakeContactVault
from tests.fakes.entry_stores import MemoryDepartmentStore
from tests.fakes.order_announcer import MemoryAnnouncer
from tests.fakes.routing_example_store import MemoryRoutingExampleStore
from tests.fakes.work_order_store import MemoryWorkOrderStore
from tests.fakes.working_calendar import WeekdayCalendar
from tests.hotline_factories import A_MOMENT

SEEDS = Path(__file__).parents[2] / "knowledge_base" / "seeds"
REGIONS = RegionDirectory.from_csv(SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv")
LOOKUP_CODE = "4321"


def staff(name: str) -> frozenset[str]:
    """Everyone is an operator; who is called 班长 leads them."""
    return frozenset({"supervisor", "operator"} if "班长" in name else {"operator"})


@dataclass
class MemoryDesk:
    """The desk with the parts behind it. `now` can be moved."""

    departments: DepartmentStore = field(
        default_factory=lambda: MemoryDepartmentStore([a_department(), a_department("dept-b", "示范市住房和城乡建设局")])
    )
    regions: RegionDirectory = REGIONS
    clock: Clock | None = None
    mask: Callable[[str], str] = lambda text: text.replace("13800138000", "【手机号】")
    roles_of: Callable[[str], frozenset[str]] = staff

    def __post_init__(self) -> None:
        self.now = A_MOMENT
        self.store, self.vault, self.calendar = MemoryWorkOrderStore(), FakeContactVault(), WeekdayCalendar()
        self.examples, self.announcer = MemoryRoutingExampleStore(), MemoryAnnouncer()

    @property
    def desk(self) -> WorkOrderDesk:
        clock = self.clock or (lambda: self.now)
        ports = OrderPorts(
            self.store,
            self.vault,
            self.calendar,
            self.examples,
            self.announcer,
            self.departments,
            self.regions,
            self.mask,
            clock,
            code=lambda: LOOKUP_CODE,
        )
        return assemble_work_orders(ports, self.roles_of)
