"""人工服务 as the citizen sees it: the place in the queue, the thread, the rating. Works without JavaScript by forms and reloading."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.handing_over import ask_for_person
from api.handoff_events import Shown, handoff_stream, html_event
from api.pages.rendering import SCRIPTS, pages_of
from api.visitor import client_address, keep_key, visitor_key
from assistant.handoff.errors import HandoffClosed, NothingSaid
from assistant.handoff.models import Speaker
from assistant.hotline.models import Satisfaction
from assistant.surveys.models import SurveySubject

router = APIRouter(include_in_schema=False)


@router.post("/answers/{answer_id}/handoff")
def hand_over(answer_id: str, request: Request, container: UsedContainer) -> Response:
    container.limits.note("handoff", address=client_address(request))
    key = visitor_key(request)
    ticket = ask_for_person(container, answer_id, key)
    response = RedirectResponse(f"/handoffs/{ticket.handoff.id}", 303)
    keep_key(response, request, container, key)
    return response


@router.get("/handoffs/{handoff_id}")
def show(handoff_id: str, request: Request, container: UsedContainer) -> HTMLResponse:
    return _page(handoff_id, request, container)


@router.post("/handoffs/{handoff_id}/messages")
def say(handoff_id: str, request: Request, container: UsedContainer, text: Annotated[str, Form()] = "") -> Response:
    try:
        container.handoffs.say_as_citizen(handoff_id, visitor_key(request), text)
    except NothingSaid as error:
        if request.headers.get("x-fragment"):
            raise
        return _page(handoff_id, request, container, str(error), text)
    except HandoffClosed:
        if request.headers.get("x-fragment"):
            raise
    return _back(handoff_id, request)


@router.post("/handoffs/{handoff_id}/end")
def end(handoff_id: str, request: Request, container: UsedContainer) -> Response:
    container.handoffs.leave(handoff_id, visitor_key(request))
    return RedirectResponse(f"/handoffs/{handoff_id}", 303)


@router.post("/handoffs/{handoff_id}/rating")
def rate(
    handoff_id: str,
    request: Request,
    container: UsedContainer,
    satisfaction: Annotated[Satisfaction | None, Form()] = None,
    comment: Annotated[str, Form(max_length=500)] = "",
    resolved: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    if satisfaction is None:
        return _page(handoff_id, request, container, "请先选择一项评价，再提交。")
    rated = container.handoffs.rate(handoff_id, visitor_key(request), satisfaction, comment)
    if container.insight.surveys.answer_if_said(SurveySubject.HANDOFF, handoff_id, {"resolved": resolved}, rated.jurisdiction):
        container.metrics.surveys.labels(SurveySubject.HANDOFF.value).inc()
    return RedirectResponse(f"/handoffs/{handoff_id}", 303)


@router.get("/handoffs/{handoff_id}/events")
async def events(handoff_id: str, request: Request, container: UsedContainer, after: Annotated[int, Query(ge=0)] = 0) -> Response:
    await to_thread.run_sync(container.handoffs.for_citizen, handoff_id, visitor_key(request))
    pages, questions = pages_of(request), container.insight.surveys.questionnaire.asked[SurveySubject.HANDOFF]

    def part(name: str, **facts: object) -> str:
        return html_event(pages.html(request, f"parts/{name}.html", {"viewpoint": Speaker.CITIZEN, **facts}))

    shown = Shown(
        message=lambda message: part("handoff_message", message=message),
        status=lambda news: part("handoff_status", news=news),
        foot=lambda news: part("handoff_foot", news=news, fault="", typed="", survey_questions=questions),
    )
    return handoff_stream(request, lambda last: container.handoffs.news(handoff_id, last), shown, after)


def _page(handoff_id: str, request: Request, container: Container, fault: str = "", typed: str = "") -> HTMLResponse:
    desk = container.handoffs
    handoff = desk.for_citizen(handoff_id, visitor_key(request))
    facts = {
        "news": desk.news(handoff_id),
        "records": desk.transcript(handoff_id).records,
        "answer_id": handoff.answer_id,
        "viewpoint": Speaker.CITIZEN,
        "fault": fault,
        "typed": typed,
        "survey_questions": container.insight.surveys.questionnaire.asked[SurveySubject.HANDOFF],
        "scripts": (*SCRIPTS, "handoff-thread"),
    }
    response = pages_of(request).render(request, "handoff.html", facts, 422 if fault else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(handoff_id: str, request: Request) -> Response:
    """A page with JavaScript stays where it is: its own stream brings the message."""
    return Response(status_code=204) if request.headers.get("x-fragment") else RedirectResponse(f"/handoffs/{handoff_id}#say", 303)
