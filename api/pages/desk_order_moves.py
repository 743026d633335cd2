"""Moves of work orders: one address, one form per action. What is allowed, the life cycle decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.pages.desk_orders import Operator, order_page
from api.pages.move_form import MoveForm, move_form
from assistant.hotline.errors import HotlineError, MoveNotAllowed, ReasonRequired
from assistant.hotline.models import OrderAction, Satisfaction
from assistant.intents import RequestType

router = APIRouter(include_in_schema=False)


@router.post("/desk/orders/{number}/moves")
def move_order(
    request: Request, container: UsedContainer, operator: Operator, number: str, form: Annotated[MoveForm, Depends(move_form)]
) -> Response:
    """Back to the order, as it is now; where the move was refused, with the reason above it and what was typed still there."""
    try:
        _MOVES.get(form.action, _refuse)(container, number, operator.name, form)
    except HotlineError as error:
        return order_page(request, container, operator, container.work_orders.get(number), fault=error, typed=form)
    return RedirectResponse(f"/desk/orders/{number}", 303)


def _refuse(container: Container, number: str, _by: str, form: MoveForm) -> None:
    """Actions that have no form of this kind: those of the machine, and those with a page of their own."""
    raise MoveNotAllowed(number, form.action.label, container.work_orders.get(number).state.label)


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
