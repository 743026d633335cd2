"""Tells whether a request was made by a page of ours: a token bound to the session, and what the browser says of the request's origin."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlsplit


def token_for(secret: str) -> str:
    """The token of the forms shown to whoever holds the cookie `secret`; it does not reveal the cookie."""
    return hmac.new(secret.encode(), b"zhengwen form", sha256).hexdigest()


def is_token_of(secret: str, token: str) -> bool:
    return hmac.compare_digest(token_for(secret).encode(), token.encode())


def comes_from_here(headers: Mapping[str, str]) -> bool:
    """False where the browser says that another site sent this. Programs send neither header and are let through to the token.

    Sec-Fetch-Site decides where it is present: unlike Origin and Host, no proxy rewrites it.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")
