"""The citizen page: ask, read the answer, say whether it helped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import orjson
import structlog
from anyio import to_thread
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sse_starlette import ServerSentEvent

from api.answer_streams import answer_stream
from api.asking import build_question
from api.container import Container
from api.dependencies import AnsweringRoom, UsedContainer, UsedRoom
from api.errors import said_of
from api.feedback import FeedbackOutcome, record_feedback
from api.handing_over import ask_where_wished, open_handoff
from api.json_v1.answer_models import ConversationId
from api.logs import where
from api.pages.answer_view import AnswerView, view_answer
from api.pages.rendering import pages_of
from api.rewordings import done, growing, will_reword
from api.surveying import invitation_after
from api.visitor import keep_key, visitor_key
from assistant.generation.marking import is_generated
from assistant.models import AnswerRecord, CitizenQuestion, FeedbackKind

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, container: UsedContainer, answer: str = "", said: FeedbackKind | None = None, survey: str = "") -> HTMLResponse:
    record = container.conversations.get(answer) if answer else None
    return _page(request, container, record, said, container.insight.surveys.questionnaire.words.get(survey, ""))


@router.post("/ask")
async def ask_question(
    request: Request,
    container: UsedContainer,
    room: UsedRoom,
    message: Annotated[str, Form()] = "",
    conversation_id: Annotated[ConversationId | None, Form()] = None,
    region: Annotated[str, Form()] = "",
) -> Response:
    usual = pages_of(request).preferences(request).region
    chosen = region or (usual.code if usual else None)
    question = build_question(container, message, region=chosen or None, conversation_id=conversation_id or None)
    key = visitor_key(request)
    if "text/event-stream" in request.headers.get("accept", ""):
        room.admission.check()
        response: Response = answer_stream(_events(request, container, room, question, key))
    else:
        record = await done(container, await room.answer(question))
        response = await to_thread.run_sync(_answered, request, container, record, key)
    # Before any hand-over is asked for, so that a button pressed twice finds the same key.
    keep_key(response, request, container, key)
    return response


@router.post("/answers/{answer_id}/feedback")
def feedback(
    answer_id: str,
    request: Request,
    container: UsedContainer,
    kind: Annotated[FeedbackKind, Form()],
    comment: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    outcome = record_feedback(container, answer_id, kind, comment)
    if request.headers.get("x-fragment"):
        return pages_of(request).render(request, "parts/feedback_outcome.html", {"outcome": outcome})
    return RedirectResponse(f"/?answer={answer_id}&said={kind.value}#feedback", 303)


def _page(
    request: Request, container: Container, record: AnswerRecord | None, said: FeedbackKind | None, survey_said: str = ""
) -> HTMLResponse:
    earlier = container.conversations.last_turns(record.conversation_id) if record else ()
    facts = {
        "view": view_answer(container, record) if record else None,
        "earlier": [turn for turn in earlier if record and turn.asked_at < record.question.asked_at],
        "outcome": FeedbackOutcome.of(said, record) if record and said else None,
        "handoff": open_handoff(container, record, visitor_key(request)) if record else None,
        "survey": invitation_after(container, record) if record else None,
        "survey_said": survey_said,
        "hot_questions": container.hot_questions,
        "uses_model": bool(container.settings.llm_url),
    }
    return pages_of(request).render(request, "citizen.html", facts)


def _answered(request: Request, container: Container, record: AnswerRecord, key: str) -> Response:
    if container.conversations.get(record.answer_id) is None:
        return _page(request, container, record, None)
    ticket = ask_where_wished(container, record, key)
    return RedirectResponse(f"/handoffs/{ticket.handoff.id}" if ticket else f"/?answer={record.answer_id}#answer", 303)


async def _events(
    request: Request, container: Container, room: AnsweringRoom, question: CitizenQuestion, key: str
) -> AsyncIterator[ServerSentEvent]:
    wording, pages = request.app.state.wording, pages_of(request)
    yield ServerSentEvent(wording.steps["searching"].format(region=container.place_name(question.jurisdiction)), event="status")
    try:
        view: AnswerView = view_answer(container, await room.answer(question))
        ticket = await to_thread.run_sync(ask_where_wished, container, view.record, key)
        survey = await to_thread.run_sync(invitation_after, container, view.record)
        for part, subject in view.pieces():
            facts = {part: subject, "view": view, "outcome": None, "handoff": ticket.handoff if ticket else None}
            facts |= {"survey": survey, "survey_said": ""}
            html = pages.html(request, f"parts/{part}.html", facts)
            yield ServerSentEvent(orjson.dumps({"html": html}).decode(), event="part")
    except Exception as error:
        log.error("answer_failed", error=where(error))
        yield ServerSentEvent(said_of(error, wording)[2], event="error")
        return
    finished = {"answer_id": view.record.answer_id, "conversation_id": view.record.conversation_id, "question": view.record.question.text}
    if ticket:
        finished["location"] = f"/handoffs/{ticket.handoff.id}"
    if await will_reword(container, view.record):
        finished["writing"] = wording.steps["writing"]
    yield ServerSentEvent(orjson.dumps(finished).decode(), event="done")
    async for event in _generated(request, container, view.record):
        yield event


async def _generated(request: Request, container: Container, record: AnswerRecord) -> AsyncIterator[ServerSentEvent]:
    """The whole block each time it has grown."""
    async for reworded in growing(container, record):
        if is_generated(reworded.answer):
            view = await to_thread.run_sync(view_answer, container, reworded)
            html = pages_of(request).html(request, "parts/block.html", {"block": reworded.answer.blocks[0], "view": view})
            yield ServerSentEvent(orjson.dumps({"html": html}).decode(), event="generated")
