"""What the chat window on another site needs to know before the first question."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.asking import find_region, regions_near, usual_region
from api.dependencies import UsedContainer
from api.json_v1.problems import ALWAYS, problems
from api.widget_door import from_permitted_site

router = APIRouter(tags=["嵌入网站"], dependencies=[Depends(from_permitted_site)], responses=problems(*ALWAYS, 403))

_QUESTIONS = 4


class RegionChoice(BaseModel):
    """可以选择的地区。"""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(description="六位行政区划代码", examples=["990100"])
    name: str = Field(examples=["示范市"])


class WidgetTerms(BaseModel):
    """咨询窗口打开时显示的内容。"""

    regions: tuple[RegionChoice, ...] = Field(description="可以选择的地区，第一个是默认的；空表示不限地区")
    questions: tuple[str, ...] = Field(description="大家常问的问题")
    demonstration: bool = Field(description="是否启用虚构的示范内容")


@router.get("/widget", response_model=WidgetTerms, summary="嵌入其他网站的咨询窗口要显示的内容")
def terms(
    container: UsedContainer,
    region: Annotated[str, Query(max_length=40, description="网站所属的地区：六位行政区划代码或名称；不填则用服务设定的地区")] = "",
) -> WidgetTerms:
    own = find_region(container, region) if region else usual_region(container)
    near = regions_near(container, own) if own else ()
    return WidgetTerms(
        regions=tuple(map(RegionChoice.model_validate, near)),
        questions=container.hot_questions[:_QUESTIONS],
        demonstration=container.settings.demonstration,
    )
