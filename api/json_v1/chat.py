"""Questions, answers whole or streamed, and what citizens say of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import orjson
import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sse_starlette import ServerSentEvent

from api.answer_streams import answer_stream
from api.asking import build_question
from api.container import Container
from api.dependencies import AnsweringRoom, UsedContainer, UsedRoom
from api.errors import said_of
from api.feedback import record_feedback
from api.json_v1.answer_models import ChatAnswer, ChatRequest, DepartmentModel, FeedbackReceipt, FeedbackRequest
from api.json_v1.problems import ALWAYS, problems
from api.logs import where
from api.rewordings import done, growing
from api.widget_door import from_permitted_site
from api.wording import WebWording
from assistant.models import CitizenQuestion

log = structlog.get_logger()
router = APIRouter(tags=["咨询"], dependencies=[Depends(from_permitted_site)], responses=problems(*ALWAYS, 403))


@router.post(
    "/chat",
    response_model=ChatAnswer,
    summary="提问",
    description=(
        "默认返回 JSON。请求头 Accept 为 text/event-stream 时，"
        "依次返回 status、block（每段一个）、citations、done 事件；出错时返回 error 事件。"
        "使用语言模型时，在 citations 之后还有 generated 事件，每次是到目前为止通过核对的全部说明，done 里的答复已包含它。"
    ),
    responses={
        200: {"content": {"text/event-stream": {"example": 'event: status\ndata: {"text": "正在查找适用于示范市的现行规定…"}\n\n'}}}
    },
)
async def chat(body: ChatRequest, request: Request, container: UsedContainer, room: UsedRoom) -> Response:
    question = build_question(container, body.message, region=body.region or None, as_of=body.as_of, conversation_id=body.conversation_id)
    if "text/event-stream" in request.headers.get("accept", ""):
        room.admission.check()
        return answer_stream(_events(question, container, room, request.app.state.wording))
    record = await done(container, await room.answer(question))
    answer = ChatAnswer.of(record, container.settings.llm_provider)
    return Response(answer.model_dump_json(by_alias=True), media_type="application/json")


async def _events(
    question: CitizenQuestion, container: Container, room: AnsweringRoom, wording: WebWording
) -> AsyncIterator[ServerSentEvent]:
    yield _event("status", {"text": wording.steps["searching"].format(region=container.place_name(question.jurisdiction))})
    try:
        record = await room.answer(question)
        answer = ChatAnswer.of(record)
    except Exception as error:
        log.error("answer_failed", error=where(error))
        status, title, detail = said_of(error, wording)
        yield _event("error", {"title": title, "detail": detail, "status": status})
        return
    for block in answer.blocks:
        yield _event("block", block)
    yield _event("citations", {"citations": [citation.model_dump(mode="json") for citation in answer.citations]})
    async for reworded in growing(container, record):
        answer = ChatAnswer.of(reworded, container.settings.llm_provider)
        if answer.contains_generated:
            yield _event("generated", answer.blocks[0])
    yield _event("done", answer)


def _event(name: str, content: BaseModel | dict[str, object]) -> ServerSentEvent:
    text = content.model_dump_json(by_alias=True) if isinstance(content, BaseModel) else orjson.dumps(content).decode()
    return ServerSentEvent(text, event=name)


@router.post("/answers/{answer_id}/feedback", response_model=FeedbackReceipt, responses=problems(404), summary="评价一次答复")
def give_feedback(answer_id: str, body: FeedbackRequest, container: UsedContainer) -> FeedbackReceipt:
    outcome = record_feedback(container, answer_id, body.kind, body.comment)
    department = DepartmentModel.model_validate(outcome.department) if outcome.department else None
    return FeedbackReceipt(recorded=True, message=outcome.message, department=department)
