"""Signing in and out, and changing one's own password. Works without JavaScript."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.csrf import token_for
from api.access.errors import AccessError, ForgedRequest, SignInRefused, TooManyAttempts, UnsuitablePassword, WrongPassword
from api.access.guards import SESSION_COOKIE, CurrentSession, require_token, signed_in
from api.access.models import LOCAL, Account, OpenSession, Role
from api.access.ports import SignInAnswer
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.links import SIGN_IN_PAGE, inside
from api.pages.rendering import pages_of

router = APIRouter(include_in_schema=False)

FORM_COOKIE = "zhengwen_sign_in"
"""Binds the sign-in form to the browser that asked for it, before there is a session."""

AnyStaff = Annotated[Account, Depends(signed_in(password_may_be_due=True))]


@router.get(SIGN_IN_PAGE)
def show_sign_in(request: Request, container: UsedContainer, return_to: str = "") -> HTMLResponse:
    return sign_in_form(request, container, return_to)


async def _form_fault(request: Request) -> ForgedRequest | None:
    """An old form is shown again, not answered with an error page."""
    try:
        await require_token(request, request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(32))
    except ForgedRequest as error:
        return error
    return None


@router.post(SIGN_IN_PAGE)
def sign_in(
    request: Request,
    container: UsedContainer,
    fault: Annotated[ForgedRequest | None, Depends(_form_fault)],
    name: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    return_to: Annotated[str, Form()] = "",
) -> Response:
    if fault:
        return sign_in_form(request, container, return_to, name, fault)
    answer = SignInAnswer({"name": name, "password": password}, client_address(request))
    try:
        session = container.access.sign_in.sign_in(LOCAL, answer, request.cookies.get(SESSION_COOKIE, ""))
    except (SignInRefused, TooManyAttempts) as error:
        return sign_in_form(request, container, return_to, name, error)
    return signed_in_response(request, container, session, return_to)


@router.post("/sign-out")
def sign_out(request: Request, container: UsedContainer, session: CurrentSession, _account: AnyStaff) -> Response:
    container.access.sign_in.sign_out(session, client_address(request))
    response = RedirectResponse(SIGN_IN_PAGE, 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/account")
def show_account(request: Request, account: AnyStaff, changed: bool = False) -> HTMLResponse:
    return _account_page(request, account, changed=changed)


@router.post("/account/password")
def change_password(
    request: Request,
    container: UsedContainer,
    account: AnyStaff,
    current: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    try:
        if new != again:
            raise UnsuitablePassword("两次输入的新密码不一样，请重新输入。")
        container.accounts.change_password(account, current, new, client_address(request))
    except (WrongPassword, TooManyAttempts, UnsuitablePassword) as error:
        return _account_page(request, account, error)
    response = RedirectResponse("/account?changed=true", 303)
    renewed = container.accounts.get(account.id) or account
    _set_session(response, request, container, container.access.sessions.open(renewed))
    return response


def signed_in_response(request: Request, container: Container, session: OpenSession, return_to: str) -> Response:
    """Goes to the page asked for, where it is one of ours, and carries the cookie of the session."""
    response = RedirectResponse(_next_page(session.account, return_to), 303)
    _set_session(response, request, container, session)
    return response


def _next_page(account: Account, return_to: str) -> str:
    """The page asked for; for who asked for nothing in particular, that of their role."""
    if account.must_change_password:
        return "/account"
    if account.may(Role.OPERATOR):
        return inside(return_to, "/desk")
    return inside(return_to, "/admin" if account.may(Role.ADMINISTRATOR, Role.AUDITOR) else "/account")


def sign_in_form(request: Request, container: Container, return_to: str, name: str = "", error: AccessError | None = None) -> HTMLResponse:
    secret = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(32)
    facts = {
        "csrf_token": token_for(secret),
        "return_to": inside(return_to, ""),
        "name": name,
        "error": error,
        "elsewhere": container.access.sign_in.elsewhere,
    }
    response = pages_of(request).render(request, "sign_in.html", facts, status_of(error) if error else 200)
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(FORM_COOKIE, secret, path=SIGN_IN_PAGE, httponly=True, samesite="lax", secure=only_https(request, container))
    return response


def _account_page(request: Request, account: Account, error: AccessError | None = None, changed: bool = False) -> HTMLResponse:
    facts = {"account": account, "error": error, "changed": changed}
    return pages_of(request).render(request, "account.html", facts, status_of(error) if error else 200)


def _set_session(response: Response, request: Request, container: Container, session: OpenSession) -> None:
    """Without an age: the cookie goes when the browser is closed, the session ends on this side."""
    response.set_cookie(SESSION_COOKIE, session.token, path="/", httponly=True, samesite="lax", secure=only_https(request, container))


def only_https(request: Request, container: Container) -> bool:
    wanted = container.settings.secure_cookies
    return request.url.scheme == "https" if wanted == "auto" else wanted == "true"


def client_address(request: Request) -> str:
    return request.client.host if request.client else ""
