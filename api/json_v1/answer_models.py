"""What /api/v1/chat takes and returns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.json_v1.request_model import RequestModel
from assistant.answer_status import AnswerStatus
from assistant.generation.marking import implicit_mark, is_generated
from assistant.models import AnswerRecord, BlockKind, FeedbackKind
from knowledge_base.models import ValidityStatus

ConversationId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class ChatRequest(RequestModel):
    """A question."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"message": "居住证怎么办，要带什么材料？", "region": "示范市明德区", "as_of": "2026-11-22"}]},
    )

    message: str = Field(description="用日常的话提出的问题")
    conversation_id: ConversationId | None = Field(None, description="会话编号；追问时填上一次答复返回的编号，首次提问不填")
    region: str | None = Field(None, description="所在地区：六位行政区划代码或名称；不填则用服务设定的地区")
    as_of: date | None = Field(None, description="按哪一天的规定回答；不填为今天")


class CitationModel(BaseModel):
    """依据：逐字引文及其确切出处。"""

    model_config = ConfigDict(from_attributes=True)

    number: int = Field(description="依据的序号，与正文中的标注对应")
    title: str = Field(description="文件标题", examples=["示范市居住证管理办法"])
    document_number: str | None = Field(description="发文字号", examples=["示政发〔2024〕12号"])
    provision: str = Field(description="条款位置", examples=["第十条第二款"])
    quote: str = Field(description="原文，一字不改")
    start: int = Field(description="引文在该文本中的起始字符位置")
    end: int = Field(description="引文在该文本中的结束字符位置（不含）")
    document_id: str
    edition: int = Field(description="第几个文本，办事指南为 0")
    passage_id: str
    effective_on: date | None = Field(description="施行日期")
    ends_on: date | None = Field(description="不再有效的第一天；空表示没有期限")
    validity: ValidityStatus = Field(description="有效性")
    issuing_authorities: tuple[str, ...] = Field(description="发文机关")
    link: str = Field(description="打开该条款的页面地址")
    is_demonstration: bool = Field(description="是否为虚构的示范内容")


class BlockModel(BaseModel):
    """答复的一段。"""

    model_config = ConfigDict(from_attributes=True)

    kind: BlockKind = Field(
        description="wording 固定用语，quote 条款原文，guide 办事指南或部门名录的内容，section 只有标题：一问或一地区，"
        "generated 人工智能生成的说明（heading 是其标识，必须一并显示）"
    )
    heading: str
    lines: tuple[str, ...]
    citation: int | None = Field(description="所依据的序号")
    line_citations: tuple[tuple[int, ...], ...] = Field((), description="人工智能生成的说明：每一句所依据的序号")


class DepartmentModel(BaseModel):
    """承办单位。"""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str = Field(examples=["示范市公安局"])
    phone: str = Field(examples=["0900-8880101"])
    hours: str
    address: str


class PartModel(BaseModel):
    """一句话里问了几件事时，其中的一问。"""

    model_config = ConfigDict(from_attributes=True)

    question: str
    status: AnswerStatus = Field(description="这一问的结果")


class ChatAnswer(BaseModel):
    """答复。"""

    answer_id: str = Field(description="答复编号，评价时使用")
    conversation_id: str = Field(description="会话编号，追问时带上")
    status: AnswerStatus = Field(description="这次答复的结果")
    text: str = Field(description="全文，纯文本")
    blocks: tuple[BlockModel, ...] = Field(description="按顺序组成答复的各段")
    citations: tuple[CitationModel, ...]
    department: DepartmentModel | None = Field(description="承办单位的联系方式")
    next_steps: tuple[str, ...] = Field(description="接下来可以怎么做")
    next_questions: tuple[str, ...] = Field(description="可以接着问的问题")
    documents_as_of: date | None = Field(description="依据截至哪一天的政策文件")
    offers_person: bool = Field(description="是否建议转人工")
    parts: tuple[PartModel, ...] = Field((), description="一句话里问了几件事时，各问及其结果；只问一件事时为空")
    region: str | None = Field(description="按哪个行政区划回答；空表示没有限定地区")
    as_of: date = Field(description="按哪一天的规定回答")
    asked_at: datetime
    question: str = Field(description="遮盖个人信息之后的问题")
    contains_generated: bool = Field(False, description="是否含有人工智能生成的文字")
    aigc: dict[str, str] | None = Field(
        None,
        serialization_alias="AIGC",
        description="人工智能生成内容的隐式标识（GB 45438-2025），保存或转发时请一并保留；没有生成的文字时为空",
    )

    @classmethod
    def of(cls, record: AnswerRecord, provider: str = "") -> ChatAnswer:
        """`provider` offers the generating service, as the implicit mark names it."""
        answer, question = record.answer, record.question
        return cls(
            answer_id=record.answer_id,
            conversation_id=record.conversation_id,
            status=answer.status,
            text=answer.text,
            blocks=tuple(BlockModel.model_validate(block) for block in answer.blocks),
            citations=tuple(CitationModel.model_validate(citation) for citation in answer.citations),
            department=DepartmentModel.model_validate(answer.department) if answer.department else None,
            next_steps=answer.next_steps,
            next_questions=answer.next_questions,
            documents_as_of=answer.documents_as_of,
            offers_person=answer.offers_person,
            parts=tuple(PartModel.model_validate(part) for part in answer.parts),
            region=question.jurisdiction,
            as_of=question.as_of,
            asked_at=question.asked_at,
            question=question.text,
            contains_generated=is_generated(answer),
            aigc=implicit_mark(answer, provider, record.answer_id),
        )


class FeedbackRequest(RequestModel):
    """对一次答复的评价。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"kind": "not_helpful", "comment": "没有说要不要照片"}]})

    kind: FeedbackKind = Field(description="helpful 有帮助，not_helpful 没有帮助，wants_person 希望转人工")
    comment: str = Field("", max_length=500, description="补充说明，个人信息会先遮盖再保存")


class FeedbackReceipt(BaseModel):
    """评价已经记下；希望转人工时附联系方式。"""

    recorded: bool = Field(description="是否已经保存")
    message: str = Field(description="告诉市民接下来会怎样")
    department: DepartmentModel | None = None
