"""Signing in with an identity provider elsewhere: the browser is sent there and comes back with an answer for it."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.access.csrf import is_token_of, token_for
from api.access.errors import ForgedRequest, SignInRefused, TooManyAttempts
from api.access.guards import SESSION_COOKIE
from api.access.ports import SignInAnswer
from api.dependencies import UsedContainer
from api.errors import PageNotFound
from api.links import SIGN_IN_PAGE, inside
from api.pages.sign_in import client_address, only_https, sign_in_form, signed_in_response

router = APIRouter(include_in_schema=False, prefix=SIGN_IN_PAGE)

STATE_COOKIE = "zhengwen_sign_in_state"
"""Binds what comes back to the browser that was sent away; holds a secret and the page to go on to."""
STATE_S = 600


@router.get("/{provider}")
def send_away(provider: str, request: Request, container: UsedContainer, return_to: str = "") -> Response:
    secret = secrets.token_urlsafe(32)
    address = container.access.sign_in.begin(provider, token_for(secret), _callback(request, provider))
    if address is None:
        raise PageNotFound("没有这种登录方式。请回到登录页重新选择。")
    response = RedirectResponse(address, 303)
    kept = f"{secret}.{quote(inside(return_to, ''), safe='')}"
    secure = only_https(request, container)
    response.set_cookie(STATE_COOKIE, kept, STATE_S, path=SIGN_IN_PAGE, httponly=True, samesite="lax", secure=secure)
    return response


@router.get("/{provider}/callback")
def come_back(provider: str, request: Request, container: UsedContainer, state: Annotated[str, Query()] = "") -> Response:
    secret, _, kept = request.cookies.get(STATE_COOKIE, "").partition(".")
    return_to = unquote(kept)
    answer = SignInAnswer(dict(request.query_params), client_address(request), _callback(request, provider))
    try:
        if not secret or not is_token_of(secret, state):
            raise ForgedRequest
        session = container.access.sign_in.sign_in(provider, answer, request.cookies.get(SESSION_COOKIE, ""))
    except (ForgedRequest, SignInRefused, TooManyAttempts) as error:
        return sign_in_form(request, container, return_to, error=error)
    response = signed_in_response(request, container, session, return_to)
    response.delete_cookie(STATE_COOKIE, path=SIGN_IN_PAGE)
    return response


def _callback(request: Request, provider: str) -> str:
    return str(request.base_url) + f"{SIGN_IN_PAGE}/{quote(provider, safe='')}/callback".lstrip("/")
