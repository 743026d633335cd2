"""The citizen's browser: the key that opens its hand-overs, and the address it comes from. Nobody signs in here."""

from __future__ import annotations

import re
import secrets

from fastapi import Request, Response

from api.container import Container

VISITOR_COOKIE = "zhengwen_visitor"
_KEY = re.compile(r"[A-Za-z0-9_-]{20,100}")


def visitor_key(request: Request) -> str:
    """The key this browser holds, else a new one that `keep_key` must hand to it."""
    held = request.cookies.get(VISITOR_COOKIE, "")
    return held if _KEY.fullmatch(held) else secrets.token_urlsafe(24)


def keep_key(response: Response, request: Request, container: Container, key: str) -> None:
    """A functional cookie without an age: it goes when the browser is closed. Only a digest of the key is ever stored here."""
    response.set_cookie(VISITOR_COOKIE, key, httponly=True, samesite="lax", secure=is_secure(request, container))


def is_secure(request: Request, container: Container) -> bool:
    wanted = container.settings.secure_cookies
    return request.url.scheme == "https" if wanted == "auto" else wanted == "true"


def client_address(request: Request) -> str:
    return request.client.host if request.client else ""
