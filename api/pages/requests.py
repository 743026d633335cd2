"""诉求登记: a form that is filled from the conversation, and the receipt. Works without JavaScript."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.citizen_limits import TooManyTries
from api.citizen_requests import Prefilled, RequestFields, RequestRefused, prefilled, submit_request
from api.container import Container
from api.dependencies import UsedContainer
from api.pages.rendering import pages_of
from api.sendings import new_form_key
from api.visitor import client_address, is_secure
from assistant.hotline.contacts import phone_suffix
from assistant.hotline.errors import OrderIncomplete, ProgressNotFound
from assistant.intents import RequestType
from knowledge_base.models import NATION_CODE, Region

router = APIRouter(include_in_schema=False)

RECEIPT_COOKIE = "zhengwen_receipt"
RECEIPT_S = 900
"""Long enough to write the number down; reloading the receipt must not send the request again."""


@router.get("/requests/new")
def show_form(request: Request, container: UsedContainer, answer: str = "") -> HTMLResponse:
    region = pages_of(request).preferences(request).region
    return _form(request, container, prefilled(container, answer, region.code if region else ""), {})


def _sent(
    answer_id: Annotated[str, Form(max_length=64)] = "",
    request_type: Annotated[str, Form(max_length=20)] = "",
    title: Annotated[str, Form()] = "",
    content: Annotated[str, Form()] = "",
    wish: Annotated[str, Form()] = "",
    jurisdiction: Annotated[str, Form(max_length=60)] = "",
    place: Annotated[str, Form()] = "",
    occurred: Annotated[str, Form()] = "",
    name: Annotated[str, Form(max_length=60)] = "",
    phone: Annotated[str, Form(max_length=40)] = "",
    anonymous: Annotated[bool, Form()] = False,
    form_key: Annotated[str, Form(max_length=64)] = "",
) -> RequestFields:
    return RequestFields(**locals())


@router.post("/requests")
def submit(
    request: Request,
    container: UsedContainer,
    sent: Annotated[RequestFields, Depends(_sent)],
    homepage: Annotated[str, Form()] = "",
) -> Response:
    if homepage:
        # No person sees this field; a program that fills in everything gives itself away.
        return _form(request, container, Prefilled(sent), {"": "没有提交成功，请核对后再提交一次。"}, 422)
    try:
        container.limits.note("request", address=client_address(request))
        submitted = submit_request(container, sent)
    except TooManyTries as error:
        return _form(request, container, Prefilled(sent), {"": str(error)}, 429)
    except RequestRefused as error:
        return _form(request, container, Prefilled(sent), error.faults, 422)
    except OrderIncomplete as error:
        return _form(request, container, Prefilled(sent), {"": str(error)}, 422)
    response = RedirectResponse("/requests/done", 303)
    kept = quote(
        f"{submitted.order.number}/{submitted.lookup_code or phone_suffix(sent.contact().phone)}/{'code' if submitted.lookup_code else ''}"
    )
    secure = is_secure(request, container)
    response.set_cookie(RECEIPT_COOKIE, kept, RECEIPT_S, path="/requests", httponly=True, samesite="strict", secure=secure)
    return response


@router.get("/requests/done")
def show_receipt(request: Request, container: UsedContainer) -> Response:
    """What the cookie says is believed only as far as number and digits belong together, as at any look-up."""
    number, _, rest = unquote(request.cookies.get(RECEIPT_COOKIE, "")).partition("/")
    suffix, _, kind = rest.partition("/")
    try:
        with container.limits.failures("progress", address=client_address(request), number=number):
            progress = container.work_orders.progress(number, suffix)
    except (ProgressNotFound, TooManyTries):
        return RedirectResponse("/progress", 303)
    facts = {"progress": progress, "code": suffix if kind == "code" else "", "suffix": suffix}
    response = pages_of(request).render(request, "request_receipt.html", facts)
    response.headers["Cache-Control"] = "no-store"
    return response


def _form(request: Request, container: Container, start: Prefilled, faults: dict[str, str], status: int = 200) -> HTMLResponse:
    facts = {
        "fields": start.fields,
        "machine_filled": start.machine_filled,
        "faults": faults,
        "form_key": start.fields.form_key or new_form_key(),
        "request_types": list(RequestType),
        "regions": _offered_regions(container, start.fields.jurisdiction),
    }
    response = pages_of(request).render(request, "request_form.html", facts, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _offered_regions(container: Container, chosen: str) -> list[tuple[str, str]]:
    """(code, full name): whom the service is for with those below, and the region chosen with those around it."""
    directory, offered = container.regions, dict[str, Region]()
    for code in (container.settings.service_region or NATION_CODE, chosen):
        region = directory.resolve(code) if code else None
        if region is not None:
            around = [directory.get(above) for above in directory.lineage(region.code) if above != NATION_CODE]
            offered |= {each.code: each for each in (*around, region, *directory.children(region.code))}
    return sorted((code, directory.full_name(code)) for code in offered if code != NATION_CODE)
