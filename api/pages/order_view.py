"""Work orders as pages show them: names instead of ids, and how much time is left, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.container import Container
from assistant.hotline.models import OrderAction, OrderState, WorkOrder
from knowledge_base.models import Department

_ENDED = (OrderState.REPLIED, OrderState.FOLLOWED_UP, OrderState.CLOSED)
NEAR_WORKING_DAYS = 2
"""From here on a promise counts as near; the first warning of deadlines.toml comes at the same time."""


@dataclass(frozen=True, slots=True)
class OrderView:
    """`due_tone` is a name of the design tokens; `due_words` says the same in text."""

    order: WorkOrder
    department: str
    supporting: tuple[str, ...]
    region: str
    due_words: str
    due_tone: str
    actions: tuple[OrderAction, ...] = ()
    suggested: OrderAction | None = None

    def is_machine_filled(self, field: str) -> bool:
        return field in self.order.content.machine_filled


def view_order(container: Container, order: WorkOrder, viewer: str = "") -> OrderView:
    """`viewer` is an account name; "" where nothing can be done with it."""
    desk, content = container.work_orders, order.content
    words, tone = due_in_words(container, order)
    return OrderView(
        order=order,
        department=desk.department_name(content.lead_department_id),
        supporting=tuple(name for each in content.co_department_ids if (name := desk.department_name(each))),
        region=container.region_name(content.jurisdiction) if content.jurisdiction else "",
        due_words=words,
        due_tone=tone,
        actions=desk.allowed_actions(order, viewer) if viewer else (),
        suggested=desk.suggested_action(order, viewer) if viewer else None,
    )


def due_in_words(container: Container, order: WorkOrder) -> tuple[str, str]:
    """How much of the promised time is left, and its tone."""
    if order.state in _ENDED:
        return "已答复", "good"
    today: date = container.today()
    left = container.work_orders.intake.calendar.working_days_left(today, order.deadline.due_on)
    if left < 0 or order.deadline.due_on < today:
        return f"已超期{max(1, -left)}个工作日", "danger"
    if left == 0:
        return "今天到期", "danger"
    return f"还剩{left}个工作日", "notice" if left <= NEAR_WORKING_DAYS else "quiet"


def departments_for(container: Container, jurisdiction: str) -> tuple[Department, ...]:
    """Those that serve the region, nearest first; all where no region is known."""
    everyone = container.departments.all()
    region = container.regions.resolve(jurisdiction) if jurisdiction else None
    if region is None:
        return everyone
    lineage = container.regions.lineage(region.code)
    below = {child.code for child in container.regions.children(region.code)}
    near = [department for department in everyone if department.jurisdiction in lineage or department.jurisdiction in below]
    places = {code: place for place, code in enumerate(lineage)}
    return tuple(sorted(near, key=lambda department: places.get(department.jurisdiction, len(places))))
