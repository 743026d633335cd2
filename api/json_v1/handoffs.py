"""Hand-over for programs: ask for a person, read and say, follow as a stream, rate. The token travels in a header, never in an address."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from api.dependencies import UsedContainer
from api.handing_over import ask_for_person
from api.handoff_events import Shown, handoff_stream
from api.json_v1.handoff_models import (
    HandoffRequest,
    MessageModel,
    MessageRequest,
    RatingRequest,
    ThreadModel,
    TicketModel,
    message_model,
)
from api.json_v1.problems import ALWAYS, problems
from api.visitor import client_address

router = APIRouter(tags=["转人工"], responses=problems(*ALWAYS, 404, 409))

Token = Annotated[str, Header(alias="X-Handoff-Token", max_length=100, description="转人工时得到的凭证")]
After = Annotated[int, Query(ge=0, description="只要这个序号之后的消息")]


@router.post("/handoffs", response_model=TicketModel, summary="转人工")
def hand_over(body: HandoffRequest, request: Request, container: UsedContainer) -> TicketModel:
    container.limits.note("handoff", address=client_address(request))
    return TicketModel.of(ask_for_person(container, body.answer_id, body.token or ""))


@router.get("/handoffs/{handoff_id}", response_model=ThreadModel, summary="人工服务的现状和消息")
def read(handoff_id: str, container: UsedContainer, token: Token, after: After = 0) -> ThreadModel:
    container.handoffs.for_citizen(handoff_id, token)
    return ThreadModel.of(container.handoffs.news(handoff_id, after))


@router.post("/handoffs/{handoff_id}/messages", response_model=MessageModel, summary="向工作人员发言")
def say(handoff_id: str, body: MessageRequest, container: UsedContainer, token: Token) -> MessageModel:
    return message_model(container.handoffs.say_as_citizen(handoff_id, token, body.text))


@router.post("/handoffs/{handoff_id}/end", response_model=ThreadModel, summary="结束人工服务")
def end(handoff_id: str, container: UsedContainer, token: Token) -> ThreadModel:
    container.handoffs.leave(handoff_id, token)
    return ThreadModel.of(container.handoffs.news(handoff_id))


@router.post("/handoffs/{handoff_id}/rating", response_model=ThreadModel, summary="评价人工服务")
def rate(handoff_id: str, body: RatingRequest, container: UsedContainer, token: Token) -> ThreadModel:
    container.handoffs.rate(handoff_id, token, body.satisfaction, body.comment)
    return ThreadModel.of(container.handoffs.news(handoff_id))


@router.get(
    "/handoffs/{handoff_id}/events",
    summary="实时接收消息（事件流）",
    description="事件：message（每句一个，id 为序号）、status、over。断线重连时带上 Last-Event-ID，不会漏掉消息。",
    response_class=Response,
)
async def events(handoff_id: str, request: Request, container: UsedContainer, token: Token, after: After = 0) -> Response:
    await to_thread.run_sync(container.handoffs.for_citizen, handoff_id, token)
    shown = Shown(
        message=lambda message: message_model(message).model_dump_json(),
        status=lambda news: ThreadModel.of(news).model_dump_json(exclude={"messages"}),
        foot=lambda news: ThreadModel.of(news).model_dump_json(exclude={"messages"}),
    )
    return handoff_stream(request, lambda last: container.handoffs.news(handoff_id, last), shown, after)
