"""What the policy, search and region addresses return."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from indexing.models import PassageKind
from knowledge_base.models import ChangeKind, ProvisionLevel, RegionLevel, ValidityStatus


class RegionModel(BaseModel):
    """行政区划。"""

    code: str = Field(description="六位代码（GB/T 2260）", examples=["990102"])
    name: str = Field(examples=["明德区"])
    full_name: str = Field(examples=["示范省示范市明德区"])
    level: RegionLevel
    parent_code: str | None


class RegionList(BaseModel):
    """符合搜索词的行政区划。"""

    regions: list[RegionModel]


class SearchHit(BaseModel):
    """检索到的一个段落。"""

    passage_id: str
    kind: PassageKind
    document_id: str
    edition: int
    title: str
    provision: str
    text: str
    jurisdiction: str
    effective_on: date
    ends_on: date | None
    score: float = Field(description="综合得分，0 到 1")
    vector_score: float = Field(description="语义相似度")
    lexical_score: float = Field(description="词语匹配得分")
    link: str


class SearchAnswer(BaseModel):
    """检索结果，好的在前。"""

    hits: list[SearchHit]
    snapshot_id: str = Field(description="回答这次检索的索引快照")
    timings_ms: dict[str, float] = Field(description="各步骤用时，毫秒")


class PolicySummary(BaseModel):
    """政策文件的基本情况。"""

    id: str
    title: str
    document_number: str | None
    issuing_authorities: tuple[str, ...]
    jurisdiction: RegionModel | None
    status: ValidityStatus = Field(description="在所问的那一天的有效性")
    status_label: str = Field(examples=["现行有效"])
    published_on: date | None
    effective_on: date
    ends_on: date | None = Field(description="不再有效的第一天")
    topics: tuple[str, ...]
    is_demonstration: bool


class PolicyPage(BaseModel):
    """政策文件列表的一页。"""

    total: int = Field(description="符合条件的总数")
    page: int
    page_size: int
    policies: list[PolicySummary]


class ProvisionModel(BaseModel):
    """条款。依次拼接各条款的 text 即为全文，一字不差。"""

    path: str = Field(description="在文件内唯一的位置，也是页面的锚点", examples=["第十条/第二款"])
    level: ProvisionLevel
    depth: int = Field(description="层级深度，全文为 0")
    citation: str = Field(examples=["第十条第二款"])
    label: str
    title: str
    text: str = Field(description="这一层自己的原文，不含下级")
    start: int
    end: int


class EditionModel(BaseModel):
    """文件的一个文本。"""

    number: int
    effective_on: date
    ends_on: date | None
    status: ValidityStatus
    status_label: str


class RevisionModel(BaseModel):
    """一次变更。"""

    number: int
    edition: int
    kind: ChangeKind
    changed_at: datetime
    reason: str


class SuccessorModel(BaseModel):
    """使本文件失效的文件；库中没有收录时 id 为空。"""

    id: str | None
    title: str


class PolicyDetail(PolicySummary):
    """政策文件全文。"""

    edition: EditionModel
    editions: list[EditionModel]
    revisions: list[RevisionModel]
    replaced_by: SuccessorModel | None
    effective_on_inferred: bool = Field(description="没有写明施行日期，按发布日期推定")
    source_url: str | None
    text: str
    provisions: list[ProvisionModel]
