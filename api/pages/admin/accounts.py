"""Accounts in the console: who works here, with which roles, and what to do when somebody cannot sign in or has left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.access.act_names import load_act_names
from api.access.errors import AccessError, ReasonMissing, UnknownAccount
from api.access.models import Account, EventFilter, Identity, Role
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.errors import PageNotFound
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done

router = APIRouter(include_in_schema=False)

PAGE = "/admin/accounts"
_SHOWN_EVENTS = 20

Reason = Annotated[str, Form(max_length=200)]
Roles = Annotated[list[Role], Form()]


@router.get(PAGE)
def list_accounts(request: Request, container: UsedContainer, _reader: ConsoleReader) -> HTMLResponse:
    return _list_page(request, container)


@router.post(PAGE)
def create_account(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    name: Annotated[str, Form(max_length=64)] = "",
    display_name: Annotated[str, Form(max_length=64)] = "",
    department: Annotated[str, Form(max_length=64)] = "",
    roles: Roles = [],  # noqa: B006 - FastAPI copies the default of a form field
) -> HTMLResponse:
    """The generated password stands on the answer to this request and nowhere else."""
    typed = {"name": name, "display_name": display_name, "department": department, "roles": roles}
    try:
        made = container.accounts.create(
            name, roles, by=by.name, display_name=display_name, department_id=department or None, address=_address(request)
        )
    except AccessError as error:
        return _list_page(request, container, typed=typed, fault=error)
    return _shown_once(_list_page(request, container, password=made.initial_password or "", whose=made.account.name))


@router.get(PAGE + "/{name}")
def show_account(request: Request, container: UsedContainer, _reader: ConsoleReader, name: str) -> HTMLResponse:
    return _account_page(request, container, name)


@router.post(PAGE + "/{name}/roles")
def set_roles(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    name: str,
    roles: Roles = [],  # noqa: B006 - as above
    reason: Reason = "",
) -> Response:
    return _changed(
        request,
        container,
        name,
        lambda: container.accounts.set_roles(name, roles, by=by.name, reason=reason, address=_address(request)),
        "角色已经改好，下一次操作起生效。",
    )


@router.post(PAGE + "/{name}/disable")
def disable(request: Request, container: UsedContainer, by: Administrator, name: str, reason: Reason = "") -> Response:
    return _with_reason(request, container, by, name, reason, container.accounts.disable, "账号已停用，已登录的已经退出。")


@router.post(PAGE + "/{name}/enable")
def enable(request: Request, container: UsedContainer, by: Administrator, name: str, reason: Reason = "") -> Response:
    return _with_reason(request, container, by, name, reason, container.accounts.enable, "账号已启用，可以登录了。")


@router.post(PAGE + "/{name}/unlock")
def unlock(request: Request, container: UsedContainer, by: Administrator, name: str, reason: Reason = "") -> Response:
    return _with_reason(request, container, by, name, reason, container.accounts.unlock, "已解除锁定，可以重新输入密码登录。")


@router.post(PAGE + "/{name}/end-sessions")
def end_sessions(request: Request, container: UsedContainer, by: Administrator, name: str, reason: Reason = "") -> Response:
    return _with_reason(request, container, by, name, reason, container.accounts.end_sessions, "这个账号已在所有电脑上退出。")


@router.post(PAGE + "/{name}/reset-password")
def reset_password(request: Request, container: UsedContainer, by: Administrator, name: str, reason: Reason = "") -> HTMLResponse:
    """The new password stands on the answer to this request and nowhere else."""
    try:
        if not reason.strip():
            raise ReasonMissing
        password = container.accounts.reset_password(name, by=by.name, reason=reason, address=_address(request))
    except UnknownAccount as error:
        raise PageNotFound(str(error)) from None
    except AccessError as error:
        return _account_page(request, container, name, fault=error)
    return _shown_once(_account_page(request, container, name, password=password))


@router.post(PAGE + "/{name}/link")
def link(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    name: str,
    provider: Annotated[str, Form(max_length=64)] = "",
    subject: Annotated[str, Form(max_length=255)] = "",
) -> Response:
    identity = Identity(provider.strip(), subject.strip())
    return _changed(
        request,
        container,
        name,
        lambda: container.accounts.link(name, identity, by=by.name, address=_address(request)),
        "统一身份已绑定，可以用它登录这个账号。",
    )


@router.post(PAGE + "/{name}/unlink")
def unlink(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    name: str,
    provider: Annotated[str, Form(max_length=64)] = "",
    subject: Annotated[str, Form(max_length=255)] = "",
) -> Response:
    identity = Identity(provider, subject)
    return _changed(
        request,
        container,
        name,
        lambda: container.accounts.unlink(name, identity, by=by.name, address=_address(request)),
        "统一身份的绑定已解除。",
    )


def _with_reason(
    request: Request, container: Container, by: Account, name: str, reason: str, act: Callable[..., None], words: str
) -> Response:
    def run() -> None:
        if not reason.strip():
            raise ReasonMissing
        act(name, by=by.name, reason=reason.strip(), address=_address(request))

    return _changed(request, container, name, run, words)


def _changed(request: Request, container: Container, name: str, act: Callable[[], object], words: str) -> Response:
    try:
        act()
    except UnknownAccount as error:
        raise PageNotFound(str(error)) from None
    except AccessError as error:
        return _account_page(request, container, name, fault=error)
    return done(f"{PAGE}/{name}", words)


def _list_page(
    request: Request,
    container: Container,
    *,
    typed: Mapping[str, Any] | None = None,
    fault: AccessError | None = None,
    password: str = "",
    whose: str = "",
) -> HTMLResponse:
    facts = {
        "accounts": container.accounts.all(),
        "roles": tuple(Role),
        "departments": container.departments.all(),
        "typed": typed or {"name": "", "display_name": "", "department": "", "roles": []},
        "password": password,
        "whose": whose,
        "fault": str(fault) if fault else "",
    }
    return admin_page(request, "accounts.html", facts, status=status_of(fault) if fault else 200, styles=("admin-accounts",))


def _account_page(
    request: Request, container: Container, name: str, *, fault: AccessError | None = None, password: str = ""
) -> HTMLResponse:
    try:
        account = container.accounts.named(name)
    except UnknownAccount as error:
        raise PageNotFound(str(error)) from None
    department = container.departments.get(account.department_id) if account.department_id else None
    facts = {
        "account": account,
        "department": department.name if department else account.department_id or "",
        "roles": tuple(Role),
        "identities": container.accounts.identities(account.name),
        "providers": container.access.sign_in.elsewhere,
        "done_by": container.audit.page(EventFilter(actor=account.name), _SHOWN_EVENTS),
        "password": password,
        "fault": str(fault) if fault else "",
        "names": load_act_names(),
    }
    return admin_page(request, "account.html", facts, status=status_of(fault) if fault else 200, styles=("admin-accounts",))


def _shown_once(response: HTMLResponse) -> HTMLResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
