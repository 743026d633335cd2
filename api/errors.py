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
    AccountExists,
    AuditKeyUnreadable,
    ForgedRequest,
    IdentityTaken,
    InvalidAccount,
    LastAdministrator,
    NotPermitted,
    OwnAccount,
    PasswordChangeNeeded,
    ReasonMissing,
    SessionNeeded,
    SignInRefused,
    TooManyAttempts,
    UnknownAccount,
    UnsuitablePassword,
    WrongPassword,
)
from api.backups.errors import BackupError, UnknownBackup
from api.citizen_limits import TooManyTries
from api.citizen_requests import RequestRefused
from api.links import inside, sign_in_link
from api.wording import WebWording
from assistant.errors import AssistantError, UnknownAnswer
from assistant.handoff.errors import HandoffError, NothingSaid, UnknownHandoff
from assistant.hotline.errors import HotlineError, OrderIncomplete, ProgressNotFound, ReasonRequired, SealBroken, UnknownOrder
from assistant.insight.errors import InsightError, UnknownIssue
from assistant.retention import ConversationStillOpen, UnknownConversation
from assistant.surveys.errors import AnsweredBefore, SurveyError
from indexing.errors import IndexingError, RefreshInProgress, RunNotReady, UnknownRun
from knowledge_base.content.errors import ContentConflict, ContentError, UnknownEntry
from knowledge_base.errors import (
    ImpossibleChange,
    InvalidEntry,
    KnowledgeBaseError,
    RevisionConflict,
    StoreUnavailable,
    UnknownDocument,
    UnknownRegion,
    UnreadableDocument,
)
from knowledge_base.intake.errors import (
    DraftChanged,
    DraftDecided,
    FileRefused,
    ProposalDecided,
    UnknownDraft,
    UnknownProposal,
    UnknownUpload,
)
from knowledge_base.sources.errors import InvalidSource, NothingRunning, SourceBusy, SourceChanged, SourceSwitchedOff, UnknownSource

RETRY_AFTER_S = 30

_STATUS_BY_ERROR: tuple[tuple[type[Exception], int], ...] = (
    (UnknownDocument, 404),
    (UnknownEntry, 404),
    (ContentConflict, 409),
    (ContentError, 422),
    (UnknownUpload, 404),
    (UnknownDraft, 404),
    (UnknownProposal, 404),
    (UnknownAnswer, 404),
    (UnknownConversation, 404),
    (ConversationStillOpen, 409),
    (UnknownHandoff, 404),
    (UnknownOrder, 404),
    (ProgressNotFound, 404),
    (NothingSaid, 422),
    (RequestRefused, 422),
    (OrderIncomplete, 422),
    (ReasonRequired, 422),
    (SealBroken, 503),
    (AuditKeyUnreadable, 503),
    (UnknownRegion, 422),
    (InvalidEntry, 422),
    (UnreadableDocument, 422),
    (RevisionConflict, 409),
    (ImpossibleChange, 409),
    (DraftChanged, 409),
    (DraftDecided, 409),
    (ProposalDecided, 409),
    (FileRefused, 422),
    (UnknownSource, 404),
    (InvalidSource, 422),
    (SourceChanged, 409),
    (SourceBusy, 409),
    (SourceSwitchedOff, 409),
    (NothingRunning, 409),
    (UnknownRun, 404),
    (RefreshInProgress, 409),
    (RunNotReady, 409),
    (UnknownIssue, 404),
    (InsightError, 422),
    (AnsweredBefore, 409),
    (SurveyError, 422),
    (TooManyTries, 429),
    (HandoffError, 409),
    (HotlineError, 409),
    (SessionNeeded, 401),
    (SignInRefused, 401),
    (PasswordChangeNeeded, 403),
    (NotPermitted, 403),
    (ForgedRequest, 403),
    (UnknownAccount, 404),
    (AccountExists, 409),
    (LastAdministrator, 409),
    (UnsuitablePassword, 422),
    (WrongPassword, 422),
    (InvalidAccount, 422),
    (ReasonMissing, 422),
    (OwnAccount, 409),
    (IdentityTaken, 409),
    (TooManyAttempts, 429),
    (UnknownBackup, 404),
    (BackupError, 409),
    (StoreUnavailable, 503),
    (IndexingError, 503),
)


class PageNotFound(HTTPException):
    """A page, an edition or a guide that does not exist; `detail` is a Chinese sentence."""

    def __init__(self, detail: str) -> None:
        super().__init__(404, detail)


class BodyTooLarge(HTTPException):
    """More than `limit` bytes were sent, or announced."""

    def __init__(self, limit: int) -> None:
        super().__init__(413)
        self.limit = limit


def status_of(error: Exception) -> int:
    """HTTP status of a domain error; 500 where none is named."""
    return next((status for kind, status in _STATUS_BY_ERROR if isinstance(error, kind)), 500)


def install_error_handlers(app: FastAPI, wording: WebWording) -> None:
    """Register handlers for domain errors, bad input, and what the framework raises."""

    async def domain(request: Request, error: Exception) -> Response:
        return problem_response(request, wording, status_of(error), detail=str(error), kind=type(error).__name__)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only, narrows for mypy
        faults = [_fault(fault, wording) for fault in error.errors()]
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
    sent = dict(headers or {}) | ({"Retry-After": str(RETRY_AFTER_S)} if status == 503 else {})
    if _wants_page(request):
        return _error_page(request, body, sent)
    return JSONResponse(body, status, headers=sent, media_type="application/problem+json")


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


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


def _fault(fault: Mapping[str, Any], wording: WebWording) -> dict[str, str]:
    """One wrong field: its Chinese name, the place pydantic gives, what to do."""
    place = [str(part) for part in fault["loc"]]
    name = next((wording.fields[part] for part in reversed(place) if part in wording.fields), place[-1])
    template = wording.validation.get(fault["type"], wording.validation["other"])
    facts = {key: str(value).replace(" or ", "、").replace("'", "") for key, value in (fault.get("ctx") or {}).items()}
    return {"field": ".".join(place), "name": name, "message": template.format_map(facts)}
