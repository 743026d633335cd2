"""What the hand-over addresses take and return."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.json_v1.request_model import RequestModel
from assistant.handoff.models import ChatMessage, HandoffState, HandoffTicket, News, Speaker
from assistant.hotline.models import Satisfaction

HandoffKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,100}$")]


class HandoffRequest(RequestModel):
    """转人工的请求。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"answer_id": "3f2a…"}]})

    answer_id: str = Field(max_length=64, description="最近一次答复的编号")
    token: HandoffKey | None = Field(None, description="同一对话再次请求时填写上次得到的凭证；首次不填")


class TicketModel(BaseModel):
    """转人工的结果。工作时间内排队；工作时间以外直接登记为工单。"""

    id: str
    token: str = Field(description="查看和发言的凭证，只在这里给出，请妥善保存，不要放进地址")
    state: HandoffState
    state_label: str
    message: str = Field(description="告诉市民接下来会怎样")
    order_number: str = Field(description="已登记为工单时的工单编号，否则为空")
    promised_on: date | None = Field(description="承诺答复日期")
    lookup_code: str = Field(description="没有联系电话时查进度用的查询码，只显示一次")

    @classmethod
    def of(cls, ticket: HandoffTicket) -> TicketModel:
        handoff, order = ticket.handoff, ticket.order
        return cls(
            id=handoff.id,
            token=ticket.token,
            state=handoff.state,
            state_label=handoff.state.label,
            message=ticket.message,
            order_number=handoff.order_number,
            promised_on=order.order.deadline.due_on if order else None,
            lookup_code=order.lookup_code if order else "",
        )


class MessageModel(BaseModel):
    """对话中的一句。"""

    model_config = ConfigDict(from_attributes=True)

    ordinal: int = Field(description="序号，逐一递增；断线后从最后收到的序号继续")
    speaker: Speaker = Field(description="citizen 市民，operator 工作人员，system 提示")
    text: str
    at: datetime


class ThreadModel(BaseModel):
    """人工服务的现状和新消息。"""

    state: HandoffState
    state_label: str
    ahead: int = Field(description="前面还有几人排队")
    order_number: str
    messages: list[MessageModel]

    @classmethod
    def of(cls, news: News) -> ThreadModel:
        handoff = news.handoff
        return cls(
            state=handoff.state,
            state_label=handoff.state.label,
            ahead=news.ahead,
            order_number=handoff.order_number,
            messages=[message_model(message) for message in news.messages],
        )


class MessageRequest(RequestModel):
    """市民说的话，个人信息会先遮盖再保存。"""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=4000)


class RatingRequest(RequestModel):
    """满意度评价。"""

    model_config = ConfigDict(extra="forbid")

    satisfaction: Satisfaction
    comment: str = Field("", max_length=500)


def message_model(message: ChatMessage) -> MessageModel:
    return MessageModel.model_validate(message)
