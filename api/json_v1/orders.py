"""Citizens' requests for programs: submit one, look its progress up, rate it. Number and digits travel in the body, never in an address."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field

from api.citizen_requests import RequestFields, submit_request
from api.container import Container
from api.dependencies import UsedContainer
from api.json_v1.problems import ALWAYS, problems
from api.json_v1.request_model import RequestModel
from api.visitor import client_address
from assistant.hotline.models import OrderProgress, OrderState, Satisfaction
from assistant.intents import RequestType

router = APIRouter(tags=["诉求工单"], responses=problems(*ALWAYS))


class OrderRequest(RequestModel):
    """登记诉求。投诉和举报要填称呼和电话，或者匿名。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"request_type": "help", "content": "中心路路灯不亮，请派人修理。", "region": "990102", "phone": "0900-8880199"}]
        },
    )

    request_type: RequestType = Field(description="inquiry 咨询，help 求助，complaint 投诉，report 举报，suggestion 建议，praise 表扬")
    content: str = Field(min_length=1, max_length=5000, description="诉求内容")
    region: str = Field(max_length=60, description="事发地区：六位行政区划代码或名称")
    title: str = Field("", max_length=60)
    wish: str = Field("", max_length=1000, description="希望怎样解决")
    place: str = Field("", max_length=200, description="具体地点")
    occurred: str = Field("", max_length=100, description="发生时间")
    name: str = Field("", max_length=60, description="称呼，加密保存")
    phone: str = Field("", max_length=40, description="联系电话，加密保存")
    anonymous: bool = Field(False, description="匿名：不保存称呼和电话，凭查询码查进度")
    answer_id: str = Field("", max_length=64, description="由哪一次答复引起，可以不填")


class OrderReceipt(BaseModel):
    """已经受理。"""

    number: str = Field(examples=["GD20261122-00017"])
    promised_on: date = Field(description="承诺在这一天前答复")
    lookup_code: str = Field(description="没有电话时查进度用的查询码，只显示一次；有电话时为空")
    message: str


class ProgressRequest(RequestModel):
    """查进度。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"number": "GD20261122-00017", "suffix": "0199"}]})

    number: str = Field(max_length=40, description="工单编号")
    suffix: str = Field(max_length=20, description="电话后四位，或查询码")


class RatedProgress(ProgressRequest):
    """评价办理结果。"""

    satisfaction: Satisfaction
    comment: str = Field("", max_length=500)


class StepModel(BaseModel):
    """办理经过中的一步。"""

    at: datetime
    words: str


class ProgressModel(BaseModel):
    """工单的进度。"""

    number: str
    title: str
    state: OrderState
    state_label: str
    department: str = Field(description="承办单位；还没有确定时为空")
    due_on: date = Field(description="承诺答复日期")
    steps: list[StepModel]
    reply: str
    can_rate: bool

    @classmethod
    def of(cls, progress: OrderProgress) -> ProgressModel:
        return cls(
            number=progress.number,
            title=progress.title,
            state=progress.state,
            state_label=progress.state.label,
            department=progress.department,
            due_on=progress.due_on,
            steps=[StepModel(at=step.at, words=step.words) for step in progress.steps],
            reply=progress.reply,
            can_rate=progress.can_rate,
        )


@router.post("/orders", response_model=OrderReceipt, status_code=201, summary="登记诉求")
def submit(
    body: OrderRequest,
    request: Request,
    container: UsedContainer,
    idempotency_key: Annotated[
        str, Header(min_length=16, max_length=64, description="可以不填；同样的内容带同一个值再发，得到第一次的工单")
    ] = "",
) -> OrderReceipt:
    container.limits.note("request", address=client_address(request))
    fields = body.model_dump(exclude={"region", "request_type"})
    sent = RequestFields(**fields, request_type=body.request_type.value, jurisdiction=body.region, form_key=idempotency_key)
    submitted = submit_request(container, sent)
    due = submitted.order.deadline.due_on
    return OrderReceipt(
        number=submitted.order.number,
        promised_on=due,
        lookup_code=submitted.lookup_code,
        message=f"已受理，工单编号 {submitted.order.number}，承诺 {due.year}年{due.month}月{due.day}日前答复。",
    )


@router.post("/orders/progress", response_model=ProgressModel, responses=problems(404), summary="查进度")
def look_up(body: ProgressRequest, request: Request, container: UsedContainer) -> ProgressModel:
    return ProgressModel.of(_found(request, container, body))


@router.post("/orders/rating", response_model=ProgressModel, responses=problems(404, 409), summary="评价办理结果")
def rate(body: RatedProgress, request: Request, container: UsedContainer) -> ProgressModel:
    _found(request, container, body)
    return ProgressModel.of(container.work_orders.rate(body.number, body.suffix, body.satisfaction, body.comment))


def _found(request: Request, container: Container, wanted: ProgressRequest) -> OrderProgress:
    """Raises ProgressNotFound, TooManyTries."""
    with container.limits.failures("progress", address=client_address(request), number=wanted.number):
        return container.work_orders.progress(wanted.number, wanted.suffix)
