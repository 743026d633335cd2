"""转人工 as operators see it: the queue, and one conversation with everything asked before. Works without JavaScript by reloading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.errors import UnknownAccount
from api.access.guards import SESSION_COOKIE, signed_in
from api.access.models import Account, Role
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.handoff_events import Shown, handoff_stream, html_event
from api.pages.rendering import SCRIPTS, pages_of
from assistant.handoff.answer_words import answer_words, basis
from assistant.handoff.errors import HandoffError
from assistant.handoff.models import Handoff, Speaker

router = APIRouter(include_in_schema=False)

Operator = Annotated[Account, Depends(signed_in(Role.OPERATOR))]
Version = Annotated[int, Form(ge=1)]
Move = Callable[[], object]


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """`minutes` waited so far, or since it was taken. `question` is the newest of the conversation, masked."""

    handoff: Handoff
    minutes: int
    is_late: bool
    question: str
    region: str
    holder: str


@router.get("/desk/handoffs")
def show_queue(request: Request, container: UsedContainer, account: Operator) -> HTMLResponse:
    desk, now = container.handoffs, container.clock()
    facts = {
        "waiting": [_entry(container, handoff, now) for handoff in desk.waiting()],
        "serving": [_entry(container, handoff, now) for handoff in desk.serving()],
        "account": account,
        "scripts": (*SCRIPTS, "handoff-queue"),
    }
    template = "desk/handoff_list.html" if request.headers.get("x-fragment") else "desk/handoffs.html"
    return pages_of(request).render(request, template, facts)


@router.get("/desk/handoffs/{handoff_id}")
def show(handoff_id: str, request: Request, container: UsedContainer, account: Operator, insert: str = "") -> HTMLResponse:
    record = container.conversations.get(insert) if insert else None
    return _page(handoff_id, request, container, account, typed=answer_words(record.answer) if record else "")


@router.post("/desk/handoffs/{handoff_id}/claim")
def claim(handoff_id: str, request: Request, container: UsedContainer, account: Operator, version: Version) -> Response:
    return _moved(handoff_id, request, container, account, lambda: container.handoffs.claim(handoff_id, version, account.name))


@router.post("/desk/handoffs/{handoff_id}/release")
def release(handoff_id: str, request: Request, container: UsedContainer, account: Operator, version: Version) -> Response:
    moved = _moved(handoff_id, request, container, account, lambda: container.handoffs.release(handoff_id, version, account.name))
    return RedirectResponse("/desk/handoffs", 303) if moved.status_code == 303 else moved


@router.post("/desk/handoffs/{handoff_id}/close")
def close(handoff_id: str, request: Request, container: UsedContainer, account: Operator, version: Version) -> Response:
    return _moved(handoff_id, request, container, account, lambda: container.handoffs.close(handoff_id, version, account.name))


@router.post("/desk/handoffs/{handoff_id}/messages")
def say(handoff_id: str, request: Request, container: UsedContainer, account: Operator, text: Annotated[str, Form()] = "") -> Response:
    if request.headers.get("x-fragment"):
        container.handoffs.say_as_operator(handoff_id, account.name, text)
        return Response(status_code=204)
    return _moved(handoff_id, request, container, account, lambda: container.handoffs.say_as_operator(handoff_id, account.name, text), text)


@router.get("/desk/handoffs/{handoff_id}/events")
def events(
    handoff_id: str, request: Request, container: UsedContainer, account: Operator, after: Annotated[int, Query(ge=0)] = 0
) -> Response:
    container.handoffs.get(handoff_id)
    pages = pages_of(request)

    def part(name: str, **facts: object) -> str:
        common = {"viewpoint": Speaker.OPERATOR, "account": account, "typed": "", "fault": ""}
        return html_event(pages.html(request, name, {**common, **facts}))

    shown = Shown(
        message=lambda message: part("parts/handoff_message.html", message=message),
        status=lambda news: part("desk/handoff_status.html", news=news, holder=_holder(container, news.handoff)),
        foot=lambda news: part("desk/handoff_foot.html", news=news),
    )
    token, sessions = request.cookies.get(SESSION_COOKIE, ""), container.access.sessions
    return handoff_stream(request, lambda last: container.handoffs.news(handoff_id, last), shown, after, lambda: sessions.lasts(token))


def _moved(  # what a page needs, and the move
    handoff_id: str, request: Request, container: Container, account: Account, move: Move, typed: str = ""
) -> Response:
    """Where the move is refused the page is shown with the reason: who was faster, or what has ended."""
    try:
        move()
    except HandoffError as error:
        return _page(handoff_id, request, container, account, str(error), typed, status_of(error))
    return RedirectResponse(f"/desk/handoffs/{handoff_id}", 303)


def _page(  # what a page needs, and what went wrong
    handoff_id: str, request: Request, container: Container, account: Account, fault: str = "", typed: str = "", status: int = 200
) -> HTMLResponse:
    news = container.handoffs.news(handoff_id)
    facts = {
        "news": news,
        "records": container.handoffs.transcript(handoff_id).records,
        "region": container.place_name(news.handoff.jurisdiction),
        "place_name": container.place_name,
        "holder": _holder(container, news.handoff),
        "answer_words": answer_words,
        "basis": basis,
        "account": account,
        "viewpoint": Speaker.OPERATOR,
        "fault": fault,
        "typed": typed,
        "scripts": (*SCRIPTS, "handoff-thread"),
    }
    return pages_of(request).render(request, "desk/handoff.html", facts, status)


def _entry(container: Container, handoff: Handoff, now: datetime) -> QueueEntry:
    waited = now - (handoff.claimed_at or handoff.requested_at)
    record = container.conversations.get(handoff.answer_id)
    return QueueEntry(
        handoff=handoff,
        minutes=int(waited.total_seconds() // 60),
        is_late=waited >= container.handoffs.rules.answer_within,
        question=record.question.text if record else "",
        region=container.place_name(handoff.jurisdiction),
        holder=_holder(container, handoff),
    )


def _holder(container: Container, handoff: Handoff) -> str:
    """The name colleagues know; the account's own where it is gone."""
    try:
        return container.accounts.named(handoff.claimed_by).display_name if handoff.claimed_by else ""
    except UnknownAccount:
        return handoff.claimed_by
