"""Moves of work orders: one address, one form per action. What is allowed, the life cycle decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.pages.desk_orders import Operator, order_page
from assistant.hotline.errors import HotlineError, ReasonRequired
from assistant.hotline.models import OrderAction, Satisfaction
from assistant.intents import RequestType

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class MoveForm:
    """What a move may carry; each uses what it needs."""

    action: OrderAction
    version: int
    reason: str
    text: str
    lead: str
    supporting: tuple[str, ...]
    request_type: str
    satisfaction: str


def _move_form(
    action: Annotated[OrderAction, Form()],
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=1000)] = "",
    text: Annotated[str, Form(max_length=8000)] = "",
    lead: Annotated[str, Form(max_length=64)] = "",
    supporting: Annotated[list[str] | None, Form()] = None,
    request_type: Annotated[str, Form(max_length=20)] = "",
    satisfaction: Annotated[str, Form(max_length=20)] = "",
) -> MoveForm:
    departments = tuple(each for each in supporting or () if each)
    return MoveForm(action, version, reason, text, lead, departments, request_type, satisfaction)


@router.post("/desk/orders/{number}/moves")
def move_order(
    request: Request, container: UsedContainer, operator: Operator, number: str, form: Annotated[MoveForm, Depends(_move_form)]
) -> Response:
    """Back to the order, as it is now; where the move was refused, with the reason above it."""
    try:
        _MOVES[form.action](container, number, operator.name, form)
    except HotlineError as error:
        return order_page(request, container, operator, container.work_orders.get(number), fault=error)
    return RedirectResponse(f"/desk/orders/{number}", 303)


def _follow_up(container: Container, number: str, by: str, form: MoveForm) -> None:
    if form.satisfaction not in set(Satisfaction):
        raise ReasonRequired(OrderAction.FOLLOW_UP.label)
    container.work_orders.follow_up(number, form.version, by, Satisfaction(form.satisfaction), form.reason)


def _reclassify(container: Container, number: str, by: str, form: MoveForm) -> None:
    if form.request_type not in set(RequestType):
        raise ReasonRequired(OrderAction.RECLASSIFY.label)
    container.work_orders.reclassify(number, form.version, by, RequestType(form.request_type), form.reason)


_MOVES: dict[OrderAction, Callable[[Container, str, str, MoveForm], object]] = {
    OrderAction.CLAIM: lambda container, number, by, form: container.work_orders.claim(number, form.version, by),
    OrderAction.RELEASE: lambda container, number, by, form: container.work_orders.release(number, form.version, by),
    OrderAction.DISPATCH: lambda container, number, by, form: container.work_orders.dispatch(
        number, form.version, by, form.lead, form.supporting, form.reason
    ),
    OrderAction.SEND_BACK: lambda container, number, by, form: container.work_orders.send_back(
        number, form.version, by, form.reason, form.lead
    ),
    OrderAction.START: lambda container, number, by, form: container.work_orders.start(number, form.version, by),
    OrderAction.REPLY: lambda container, number, by, form: container.work_orders.reply(number, form.version, by, form.text),
    OrderAction.FOLLOW_UP: _follow_up,
    OrderAction.REOPEN: lambda container, number, by, form: container.work_orders.reopen(number, form.version, by, form.reason),
    OrderAction.CLOSE: lambda container, number, by, form: container.work_orders.close(number, form.version, by),
    OrderAction.SUPERVISE: lambda container, number, by, form: container.work_orders.supervise(number, form.version, by, form.reason),
    OrderAction.RECLASSIFY: _reclassify,
}
