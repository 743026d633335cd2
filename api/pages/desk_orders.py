"""Work orders at the desk: the list, one order with everything known of it, and files for other systems."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.access.guards import signed_in
from api.access.models import Account, Role
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.errors import PageNotFound
from api.pages.acts import note_act
from api.pages.move_form import NOTHING_TYPED, MoveForm
from api.pages.order_view import departments_for, view_order
from api.pages.rendering import STYLES, pages_of
from assistant.errors import AssistantError
from assistant.hotline.errors import HotlineError
from assistant.hotline.models import Contact, OrderFilter, OrderState, Satisfaction, WorkOrder
from assistant.intents import RequestType

router = APIRouter(include_in_schema=False)

Operator = Annotated[Account, Depends(signed_in(Role.OPERATOR))]
ORDER_STYLES = (*STYLES, "orders", "keys-sheet")
ORDER_SCRIPTS = ("order-keys",)
OPEN_STATES = tuple(state for state in OrderState if state is not OrderState.CLOSED)
_MOST_EXPORTED = 10_000

_LISTS: dict[str, tuple[str, tuple[OrderState, ...]]] = {
    "open": ("未办结", OPEN_STATES),
    "accepted": ("待派单", (OrderState.ACCEPTED,)),
    "working": ("办理中", (OrderState.DISPATCHED, OrderState.IN_PROGRESS)),
    "replied": ("待回访、办结", (OrderState.REPLIED, OrderState.FOLLOWED_UP)),
    "closed": ("已办结", (OrderState.CLOSED,)),
    "mine": ("我领取的", OPEN_STATES),
}


@dataclass(frozen=True, slots=True)
class ListChoice:
    """What the list shows, as the address says it."""

    show: str
    words: str
    department: str
    request_type: str
    page: int

    def address(self, **changes: Any) -> str:
        chosen = replace(self, **changes)
        fields = {"show": chosen.show, "words": chosen.words, "department": chosen.department, "type": chosen.request_type}
        given = {name: value for name, value in fields.items() if value} | ({"page": chosen.page} if chosen.page > 1 else {})
        return "?" + urlencode(given)

    def wanted(self, by: str, page_size: int) -> OrderFilter:
        return OrderFilter(
            states=_LISTS[self.show][1],
            department_id=self.department,
            held_by=by if self.show == "mine" else None,
            request_type=RequestType(self.request_type) if self.request_type in set(RequestType) else None,
            words=self.words.strip(),
            limit=page_size,
            offset=(self.page - 1) * page_size,
        )


def _list_choice(
    show: str = "open",
    words: Annotated[str, Query(max_length=100)] = "",
    department: Annotated[str, Query(max_length=64)] = "",
    request_type: Annotated[str, Query(alias="type", max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> ListChoice:
    return ListChoice(show if show in _LISTS else "open", words, department, request_type, page)


UsedChoice = Annotated[ListChoice, Depends(_list_choice)]


@router.get("/desk/orders")
def list_orders(request: Request, container: UsedContainer, operator: Operator, choice: UsedChoice) -> HTMLResponse:
    wanted, desk = choice.wanted(operator.name, container.settings.page_size), container.work_orders
    facts = {
        "rows": [view_order(container, order) for order in desk.find(wanted)],
        "total": desk.count(wanted),
        "page_size": container.settings.page_size,
        "choice": choice,
        "lists": {key: (label, _size(container, key, operator)) for key, (label, _) in _LISTS.items()},
        "departments": departments_for(container, container.settings.service_region),
        "request_types": tuple(RequestType),
        "suffixes": tuple(container.exporters),
    }
    return pages_of(request).render(request, "desk/orders.html", facts | {"styles": ORDER_STYLES, "scripts": ORDER_SCRIPTS})


def _size(container: Container, show: str, operator: Account) -> int:
    return container.work_orders.count(ListChoice(show, "", "", "", 1).wanted(operator.name, 1))


@router.get("/desk/orders/export.{suffix}")
def export_orders(request: Request, container: UsedContainer, operator: Operator, choice: UsedChoice, suffix: str) -> Response:
    """The orders of the list as a file; contacts stay masked. Who took which list away is recorded."""
    exporter = container.exporters.get(suffix)
    if exporter is None:
        raise PageNotFound(f"不能导出为“{suffix}”。可以选择：{'、'.join(container.exporters)}。")
    orders = container.work_orders.find(replace(choice.wanted(operator.name, _MOST_EXPORTED), offset=0))
    note_act(request, container, operator, "orders_exported", suffix, after=f"{_LISTS[choice.show][0]}，共{len(orders)}件")
    name = f"orders-{container.today():%Y%m%d}.{suffix}"
    return Response(
        exporter.export(orders), media_type=exporter.media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.get("/desk/orders/{number}")
def show_order(request: Request, container: UsedContainer, operator: Operator, number: str) -> HTMLResponse:
    return order_page(request, container, operator, container.work_orders.get(number))


@router.post("/desk/orders/{number}/contact")
def open_contact(
    request: Request, container: UsedContainer, operator: Operator, number: str, reason: Annotated[str, Form(max_length=200)] = ""
) -> HTMLResponse:
    """Shown once, on the answer to this request; who and why stands in the order's history and in the access record."""
    desk = container.work_orders
    try:
        contact = desk.open_contact(number, operator.name, reason)
    except HotlineError as error:
        return order_page(request, container, operator, desk.get(number), fault=error)
    order = desk.get(number)
    note_act(request, container, operator, "contact_opened", number, reason=reason, after=order.content.confidentiality.label)
    response = order_page(request, container, operator, order, contact=contact)
    response.headers["Cache-Control"] = "no-store"
    return response


def order_page(
    request: Request,
    container: Container,
    operator: Account,
    order: WorkOrder,
    *,
    contact: Contact | None = None,
    fault: AssistantError | None = None,
    typed: MoveForm | None = None,
) -> HTMLResponse:
    """`typed` is what a refused move carried: nobody types a reply twice."""
    facts = {
        "view": view_order(container, order, operator.name),
        "contact": contact,
        "fault": str(fault) if fault else "",
        "typed": typed or NOTHING_TYPED,
        "departments": departments_for(container, order.content.jurisdiction),
        "earlier": _known(container, order.earlier),
        "similar": _known(container, order.similar),
        "request_types": tuple(RequestType),
        "satisfactions": tuple(Satisfaction),
        "styles": ORDER_STYLES,
        "scripts": ORDER_SCRIPTS,
    }
    return pages_of(request).render(request, "desk/order.html", facts, status=status_of(fault) if fault else 200)


def _known(container: Container, numbers: tuple[str, ...]) -> tuple[WorkOrder, ...]:
    """Orders named in another one; those no longer there are left out."""
    found = []
    for number in numbers:
        try:
            found.append(container.work_orders.get(number))
        except HotlineError:
            continue
    return tuple(found)
