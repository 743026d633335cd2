"""Lets pages of named sites ask and read answers from their own origin (CORS), at the addresses the chat widget uses and no others."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapi import Request
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.csrf import comes_from_here
from api.access.errors import SiteNotPermitted
from api.dependencies import UsedContainer

_WIDGET_ADDRESSES = re.compile(r"/api/v1/(widget|chat|answers/[^/]+/feedback)")
_PREFLIGHT_S = 600


class WidgetDoor:
    """No cookies pass: credentials are not allowed. Origins are compared whole; none is ever answered with "*"."""

    def __init__(self, app: ASGIApp, *, sites: Sequence[str]) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=sites,
            allow_methods=("GET", "POST"),
            allow_headers=("Accept", "Content-Type"),
            expose_headers=("Retry-After", "X-Request-ID"),
            max_age=_PREFLIGHT_S,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and _WIDGET_ADDRESSES.fullmatch(scope["path"])
        await (self._open if ours else self._app)(scope, receive, send)


async def from_permitted_site(request: Request, container: UsedContainer) -> None:
    """Browsers only hide the reply from other sites; this keeps the question from being answered. Programs send no origin.

    Raises SiteNotPermitted.
    """
    origin = request.headers.get("origin")
    if origin is None or comes_from_here(request.headers) or origin in container.settings.widget_sites:
        return
    raise SiteNotPermitted(origin)
