"""Keys for other systems in the console: the list, a new one that is shown once, and revoking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.access.errors import AccessError, InvalidApiKey, ReasonMissing, UnknownApiKey
from api.access.key_models import NewKey, Scope
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.errors import PageNotFound
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done
from api.visitor import client_address

router = APIRouter(include_in_schema=False)

PAGE = "/admin/api-keys"
# What the form proposes: long enough not to be a burden, short enough that forgotten keys end.
_PROPOSED = timedelta(days=365)


@router.get(PAGE)
def list_keys(request: Request, container: UsedContainer, _reader: ConsoleReader) -> HTMLResponse:
    return _page(request, container)


@router.post(PAGE)
def create_key(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    name: Annotated[str, Form(max_length=200)] = "",
    owner: Annotated[str, Form(max_length=200)] = "",
    expires_on: Annotated[str, Form(max_length=20)] = "",
    scopes: Annotated[list[Scope], Form()] = [],  # noqa: B006 - FastAPI copies the default of a form field
) -> HTMLResponse:
    """The key stands on the answer to this request and nowhere else."""
    typed = {"name": name, "owner": owner, "expires_on": expires_on, "scopes": scopes}
    try:
        last_day = _day(expires_on)
        made = container.keys.create(name, owner, scopes, by=by.name, expires_on=last_day, address=client_address(request))
    except AccessError as error:
        return _page(request, container, typed=typed, fault=error)
    page = _page(request, container, made=made)
    page.headers["Cache-Control"] = "no-store"
    return page


@router.post(PAGE + "/{key_id}/revoke")
def revoke_key(
    request: Request, container: UsedContainer, by: Administrator, key_id: str, reason: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    try:
        if not reason.strip():
            raise ReasonMissing
        key = container.keys.revoke(key_id, by=by.name, reason=reason.strip(), address=client_address(request))
    except UnknownApiKey as error:
        raise PageNotFound(str(error)) from None
    except AccessError as error:
        return _page(request, container, fault=error)
    return done(PAGE, f"密钥 {key.prefix} 已停用，下一次请求起不再有效。")


def _page(
    request: Request,
    container: Container,
    *,
    typed: Mapping[str, Any] | None = None,
    fault: AccessError | None = None,
    made: NewKey | None = None,
) -> HTMLResponse:
    today = container.today()
    facts = {
        "keys": [(key, key.state_on(today)) for key in container.keys.all()],
        "scopes": tuple(Scope),
        "typed": typed or {"name": "", "owner": "", "expires_on": (today + _PROPOSED).isoformat(), "scopes": []},
        "made": made,
        "today": today.isoformat(),
        "fault": str(fault) if fault else "",
    }
    return admin_page(request, "api_keys.html", facts, status=status_of(fault) if fault else 200, styles=("admin-accounts", "admin-doors"))


def _day(text: str) -> date | None:
    """None for no end. Raises InvalidApiKey."""
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        raise InvalidApiKey("有效期应写成 2027-11-23 这样的日期，或者留空表示不限。") from None
