"""What surrounds every request: an id, a size limit, security headers, one log line, metrics, and the last resort for errors."""

from __future__ import annotations

import re
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.body_limits import BodyLimits
from api.error_statuses import status_of
from api.errors import BodyTooLarge, detail_of, domain_response, problem_response
from api.logs import where
from api.metrics import ServiceMetrics
from api.wording import WebWording

log = structlog.get_logger()

# 32 hexadecimal digits, as nginx, Envoy and OpenTelemetry make them, written as a UUID or not; at least one a letter. Anything freer could
# carry a phone number or a name into the log.
_REQUEST_ID = re.compile(r"(?=.*[a-f])[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_PREFIXES = ("/api/v1", "/v1")
_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class RequestGuard:
    """Pure ASGI, so that streamed answers pass through unbuffered."""

    def __init__(self, app: ASGIApp, *, metrics: ServiceMetrics, wording: WebWording, limits: BodyLimits) -> None:
        self.app, self.metrics, self.wording, self.limits = app, metrics, wording, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, started, status = _request_id(scope), perf_counter(), 500
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                # Some libraries put http.HTTPStatus there, which is written differently.
                status = int(message["status"])
                _add_headers(message, request_id, private="staff" in scope["state"])
            await send(message)

        try:
            await self._serve(scope, receive, send_guarded)
        finally:
            self._note(scope, status, perf_counter() - started)
            structlog.contextvars.clear_contextvars()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            limit = await self.limits.of(scope)
            if int(Headers(scope=scope).get("content-length") or 0) > limit:
                raise BodyTooLarge(limit)
            await self.app(scope, _limited(receive, limit), send_watched)
        except Exception as error:
            status = error.status_code if isinstance(error, HTTPException) else status_of(error)
            if status == 500:
                log.error("request_failed", error=where(error))
            if started:
                return
            await self._refusal(Request(scope), error)(scope, receive, send)

    def _refusal(self, request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return problem_response(request, self.wording, error.status_code, detail=detail_of(error, self.wording))
        if status_of(error) == 500:
            return problem_response(request, self.wording, 500)
        return domain_response(request, self.wording, error)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self.metrics.requests.labels(scope["method"], route, status).inc()
        self.metrics.request_seconds.labels(route).observe(seconds)
        log.info("request", method=scope["method"], route=route, status=status, duration_ms=round(seconds * 1000, 1))


def _limited(receive: Receive, limit: int) -> Receive:
    """Count what arrives: a chunked body carries no length to check beforehand."""
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise BodyTooLarge(limit)
        return message

    return receive_limited


def _route(scope: Scope) -> str:
    """The route's template, never the address asked for. Routers are nested, so a route does not know its own prefix."""
    path: str = getattr(scope.get("route"), "path", "other")
    prefix = next((prefix for prefix in _PREFIXES if scope["path"].startswith(f"{prefix}/")), "")
    return path if path.startswith(prefix) else prefix + path


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def _add_headers(message: Message, request_id: str, private: bool) -> None:
    """`private`: what a signed-in person sees must not stay in a shared browser."""
    headers = MutableHeaders(scope=message)
    headers["X-Request-ID"] = request_id
    if private:
        headers.setdefault("Cache-Control", "no-store")
    for name, value in _SECURITY_HEADERS.items():
        headers.setdefault(name, value)
