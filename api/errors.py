"""The one place that turns errors into HTTP: RFC 9457 problem details for programs, a Chinese page for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from api.access.errors import (
    AccessError,
    PasswordChangeNeeded,
    SessionNeeded,
)
from api.error_statuses import status_of
from api.links import inside, sign_in_link
from api.openai_v1.errors import PREFIX as OPENAI_PREFIX
from api.openai_v1.errors import CompletionRefused, openai_error, openai_status
from api.wording import WebWording
from assistant.errors import AssistantError
from indexing.errors import IndexingError
from knowledge_base.errors import (
    KnowledgeBaseError,
)

RETRY_AFTER_S = 5
"""Where nobody knows better. A database that is started anew is back in seconds, and nobody shall wait longer for it than needed."""
_FOR_PROGRAMS = ("/api/", OPENAI_PREFIX, "/mcp")
_WANTING_A_KEY = frozenset({"ApiKeyNeeded", "ApiKeyRefused"})


class PageNotFound(HTTPException):
    """A page, an edition or a guide that does not exist; `detail` is a Chinese sentence."""

    def __init__(self, detail: str) -> None:
        super().__init__(404, detail)


class BodyTooLarge(HTTPException):
    """More than `limit` bytes were sent, or announced."""

    def __init__(self, limit: int) -> None:
        super().__init__(413)
        self.limit = limit


def install_error_handlers(app: FastAPI, wording: WebWording) -> None:
    """Register handlers for domain errors, bad input, and what the framework raises."""

    async def domain(request: Request, error: Exception) -> Response:
        return domain_response(request, wording, error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only, narrows for mypy
        faults = [fault_of(fault, wording) for fault in error.errors()]
        detail = "；".join(f"{fault['name']}：{fault['message']}" for fault in faults) + "。"
        return problem_response(request, wording, 422, detail=detail, errors=faults)

    async def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only, narrows for mypy
        return problem_response(request, wording, error.status_code, detail=detail_of(error, wording), headers=error.headers)

    async def elsewhere_first(request: Request, error: Exception) -> Response:
        if not _wants_page(request):
            return await domain(request, error)
        return RedirectResponse("/account" if isinstance(error, PasswordChangeNeeded) else sign_in_link(_place(request)), 303)

    for kind in (KnowledgeBaseError, IndexingError, AssistantError, AccessError):
        app.add_exception_handler(kind, domain)
    app.add_exception_handler(SessionNeeded, elsewhere_first)
    app.add_exception_handler(PasswordChangeNeeded, elsewhere_first)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, framework)


def domain_response(request: Request, wording: WebWording, error: Exception) -> Response:
    """For a domain error; where there is one, its `retry_after_s` says when to come back."""
    faults = [{"field": error.param, "name": error.param, "message": str(error)}] if isinstance(error, CompletionRefused) else []
    again = getattr(error, "retry_after_s", None)
    headers = {"Retry-After": str(again)} if again else None
    return problem_response(
        request, wording, status_of(error), detail=str(error), kind=type(error).__name__, errors=faults, headers=headers
    )


def said_of(error: Exception, wording: WebWording) -> tuple[int, str, str]:
    """Status, title and detail, where a reply has begun and can only end with them. What is not ours is not repeated."""
    status = status_of(error)
    title, usual = wording.problem(status)
    return status, title, usual if status == 500 else str(error)


def detail_of(error: HTTPException, wording: WebWording) -> str:
    if isinstance(error, PageNotFound):
        return str(error.detail)
    usual = wording.problem(error.status_code)[1]
    if isinstance(error, BodyTooLarge):
        kb = error.limit // 1024
        return usual.format(limit=f"{kb // 1024} MB" if kb >= 1024 else f"{kb} KB")
    return usual


def problem_response(  # noqa: PLR0913 - the members of a problem detail, each named by the caller
    request: Request,
    wording: WebWording,
    status: int,
    *,
    detail: str = "",
    kind: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem detail (RFC 9457), or an error page where a person is looking at it in a browser."""
    title, usual_detail = wording.problem(status)
    body: dict[str, Any] = {
        "type": f"urn:zhengwen:problem:{kind or status}",
        "title": title,
        "status": status,
        "detail": detail or usual_detail,
        "instance": request.url.path,
        "request_id": getattr(request.state, "request_id", ""),
    }
    if errors:
        body["errors"] = list(errors)
    sent = ({"Retry-After": str(RETRY_AFTER_S)} if status == 503 else {}) | dict(headers or {})
    if kind in _WANTING_A_KEY:
        sent["WWW-Authenticate"] = "Bearer"
    if request.url.path.startswith(OPENAI_PREFIX):
        said = openai_error(openai_status(status), body["detail"], kind, errors)
        return JSONResponse(said, openai_status(status), headers=sent)
    if _wants_page(request):
        return _error_page(request, body, sent)
    return JSONResponse(body, status, headers=sent, media_type="application/problem+json")


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith(_FOR_PROGRAMS) and "text/html" in request.headers.get("accept", "")


def _place(request: Request) -> str:
    """Where to come back to after signing in: the page asked for, or the page that held the form."""
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    came_from = urlsplit(request.headers.get("referer", ""))
    return inside(came_from.path if came_from.netloc == request.url.netloc else "", "")


def _error_page(request: Request, problem: Mapping[str, Any], headers: dict[str, str]) -> Response:
    pages: Any = request.app.state.pages
    response: Response = pages.render(request, "error.html", {"problem": problem}, status=problem["status"])
    response.headers.update(headers)
    return response


def fault_of(fault: Mapping[str, Any], wording: WebWording) -> dict[str, str]:
    """One wrong field: its Chinese name, the place pydantic gives, what to do."""
    place = [str(part) for part in fault["loc"]]
    name = next((wording.fields[part] for part in reversed(place) if part in wording.fields), place[-1])
    template = wording.validation.get(fault["type"], wording.validation["other"])
    facts = {key: str(value).replace(" or ", "、").replace("'", "") for key, value in (fault.get("ctx") or {}).items()}
    return {"field": ".".join(place), "name": name, "message": template.format_map(facts)}
