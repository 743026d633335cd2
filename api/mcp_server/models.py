"""What the tools take and give back. Descriptions reach the calling assistant, and through it people."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from api.json_v1.answer_models import ChatAnswer, ConversationId, DepartmentModel
from api.json_v1.request_model import RequestModel
from knowledge_base.models import ValidityStatus

_REGION = "所在地区：六位行政区划代码或名称；不填则用服务设定的地区"


class SearchArguments(RequestModel):
    query: str = Field(min_length=1, max_length=500, description="要查的事情，用日常的话或条文里的词")
    region: str = Field("", max_length=60, description=_REGION)
    limit: int = Field(8, ge=1, le=20, description="最多几条")


class ProvisionModel(BaseModel):
    citation: str = Field(description="出处：《标题》（文号）第X条，引用时照写")
    text: str = Field(description="原文，一字不改")
    region: str = Field(description="适用于哪里")
    effective_on: date
    ends_on: date | None = Field(description="不再有效的第一天；空表示没有期限")
    document_id: str = Field(description="文件编号，可用于 read_policy")
    link: str = Field(description="打开该条款的页面，前面加上服务地址")


class SearchResult(BaseModel):
    as_of: date = Field(description="按这一天判断有效")
    region: str
    provisions: list[ProvisionModel]


class LookUpArguments(RequestModel):
    query: str = Field(min_length=1, max_length=100, description="标题、发文字号或发文机关中的文字，空格分开")
    region: str = Field("", max_length=60, description="只看这个地区发布的；不填为全部")
    limit: int = Field(10, ge=1, le=50, description="最多几份")


class PolicyModel(BaseModel):
    document_id: str
    title: str
    document_number: str | None
    issuing_authorities: tuple[str, ...]
    region: str
    status: ValidityStatus
    status_label: str = Field(description="现行有效、尚未生效、已修改、废止、失效")
    effective_on: date
    ends_on: date | None
    link: str


class LookUpResult(BaseModel):
    as_of: date = Field(description="按这一天判断有效")
    total: int
    policies: list[PolicyModel]


class ReadArguments(RequestModel):
    document_id: str = Field(min_length=1, max_length=200, description="文件编号，由 look_up_policies 或 search_provisions 得到")
    provision: str = Field("", max_length=40, description="只要哪一条，例如 第十条；不填为全文")


class PolicyText(PolicyModel):
    replaced_by: str = Field(description="被什么文件废止或代替；没有为空")
    provision: str = Field(description="所给的是哪一条；全文为空")
    text: str = Field(description="今天有效（或最近有效）的文本的原文")
    cut: bool = Field(description="原文太长，只给了开头；请按条读取")


class RouteArguments(RequestModel):
    text: str = Field(min_length=2, max_length=5000, description="诉求的内容；其中的个人信息会先遮盖")
    region: str = Field("", max_length=60, description="事发地区：六位行政区划代码或名称；不填则用服务设定的地区")


class CandidateModel(BaseModel):
    department: DepartmentModel
    confidence: float = Field(ge=0, le=1)


class RouteResult(BaseModel):
    request_type: str = Field(description="诉求类型：咨询、求助、投诉、举报、建议、表扬；分不清时为空")
    certain: bool = Field(description="是否有把握到不需要人核对")
    lead: CandidateModel | None = Field(description="主办单位；没有合适的为空")
    supporting: list[CandidateModel] = Field(description="协办单位")
    candidates: list[CandidateModel] = Field(description="可能的单位，最合适的在前")


class AskArguments(RequestModel):
    question: str = Field(min_length=1, max_length=2000, description="用日常的话提出的问题")
    region: str = Field("", max_length=60, description=_REGION)
    conversation_id: ConversationId | None = Field(None, description="追问时填上一次答复的会话编号")


AskResult = ChatAnswer
