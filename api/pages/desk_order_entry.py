"""Taking an order down, and correcting one: the form, filled by the machine as far as it can, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.pages.desk_orders import ORDER_SCRIPTS, ORDER_STYLES, Operator, order_page
from api.pages.near_regions import near_region_names
from api.pages.order_form import OrderForm, drafted, order_form
from api.pages.order_view import departments_for, view_order
from api.pages.rendering import pages_of
from api.sendings import new_form_key
from assistant.errors import AssistantError
from assistant.hotline.errors import HotlineError, OrderChanged, OrderIncomplete
from assistant.hotline.models import Confidentiality, Contact, OrderContent, Submitted, Urgency, WorkOrder, WorkOrderDraft
from assistant.intents import RequestType

router = APIRouter(include_in_schema=False)

CHANGED = "工单刚刚被别人改过，您的更正还没有保存。请先在新窗口核对工单现在的内容，确认无误后再保存。"

UsedForm = Annotated[OrderForm, Depends(order_form)]


@router.get("/desk/orders/new")
def blank_form(request: Request, container: UsedContainer, _operator: Operator, handoff: str = "") -> HTMLResponse:
    """Blank, or what a hand-over gives."""
    form = order_form(handoff=handoff, handoff_version=container.handoffs.get(handoff).version if handoff else 0)
    return _form_page(request, container, form, drafted(container, form))


@router.post("/desk/orders/new")
def filled_form(request: Request, container: UsedContainer, _operator: Operator, form: UsedForm) -> HTMLResponse:
    """What the desk opens: the call's notes become a form already filled."""
    return _form_page(request, container, form, drafted(container, form))


@router.post("/desk/orders")
def submit_order(request: Request, container: UsedContainer, operator: Operator, form: UsedForm) -> Response:
    machine = drafted(container, form)
    origin = replace(machine.origin, sending=form.sending)
    draft = replace(machine, content=form.filled(container, machine.content), origin=origin)
    try:
        submitted = _submitted(container, form, draft, operator.name)
    except OrderIncomplete as error:
        completed = replace(container.drafter().complete(draft), missing=error.missing)
        return _form_page(request, container, form, completed, fault=error)
    facts = {"submitted": submitted, "view": view_order(container, submitted.order), "form": form}
    return pages_of(request).render(request, "desk/order_taken.html", facts | {"styles": ORDER_STYLES, "scripts": ORDER_SCRIPTS})


def _submitted(container: Container, form: OrderForm, draft: WorkOrderDraft, by: str) -> Submitted:
    if form.handoff:
        if number := container.handoffs.get(form.handoff).order_number:
            made = container.work_orders.get(number)
            if made.origin.sending == form.sending:
                return container.work_orders.intake.again(made)
        return container.handoffs.to_order(form.handoff, form.handoff_version, by, draft, form.contact())
    return container.work_orders.submit(draft, form.contact(), by)


@router.get("/desk/orders/{number}/edit")
def correction_form(request: Request, container: UsedContainer, _operator: Operator, number: str) -> HTMLResponse:
    order = container.work_orders.get(number)
    return _correction_page(request, container, order, order.content)


@router.post("/desk/orders/{number}/edit")
def correct_order(
    request: Request, container: UsedContainer, operator: Operator, number: str, form: UsedForm, version: Annotated[int, Form()] = 0
) -> Response:
    order = container.work_orders.get(number)
    content = replace(form.filled(container, order.content), request_type=order.content.request_type)
    try:
        container.work_orders.correct(number, version, operator.name, content)
    except OrderIncomplete as error:
        return _correction_page(request, container, replace(order, version=version), content, str(error), status_of(error))
    except OrderChanged as error:
        # With the present version: saving once more is a choice made by somebody who knows of the other change.
        return _correction_page(request, container, container.work_orders.get(number), content, CHANGED, status_of(error))
    except HotlineError as error:
        return order_page(request, container, operator, order, fault=error)
    return RedirectResponse(f"/desk/orders/{number}", 303)


def _form_page(
    request: Request, container: Container, form: OrderForm, draft: WorkOrderDraft, fault: AssistantError | None = None
) -> HTMLResponse:
    found = container.contact_in(form.notes) if form.notes else Contact()
    contact = Contact(form.name or found.name, form.phone or found.phone, form.address or found.address)
    facts = {"form": form, "form_key": form.form_key or new_form_key(), "draft": draft, "content": draft.content}
    facts |= {"contact": contact, "order": None}
    return _rendered(request, container, facts, draft.content, str(fault) if fault else "", status_of(fault) if fault else 200)


def _correction_page(
    request: Request, container: Container, order: WorkOrder, content: OrderContent, fault: str = "", status: int = 200
) -> HTMLResponse:
    facts = {"form": order_form(), "form_key": "", "draft": None, "content": content, "contact": Contact(), "order": order}
    return _rendered(request, container, facts, content, fault, status)


def _rendered(
    request: Request, container: Container, facts: dict[str, Any], content: OrderContent, fault: str, status: int
) -> HTMLResponse:
    common = {
        "fault": fault,
        "region_name": container.region_name(content.jurisdiction) if content.jurisdiction else "",
        "regions": near_region_names(container),
        "classes": ["/".join(path) for path in container.classes().all()],
        "departments": departments_for(container, content.jurisdiction),
        "request_types": tuple(RequestType),
        "urgencies": tuple(Urgency),
        "confidentialities": tuple(Confidentiality),
        "styles": ORDER_STYLES,
        "scripts": (*ORDER_SCRIPTS, "order-form"),
    }
    return pages_of(request).render(request, "desk/order_form.html", facts | common, status=status)
