"""Passages for a query, and the list of regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.asking import find_region, usual_region
from api.container import Container
from api.dependencies import UsedContainer, UsedRoom
from api.json_v1.policy_models import RegionList, RegionModel, SearchAnswer, SearchHit
from api.json_v1.problems import ALWAYS, problems
from api.links import passage_link
from api.provision_search import standing_editions
from indexing.models import PassageKind, RankedPassage, RankingMode, SearchQuery
from knowledge_base.models import NATION_CODE, Region
from knowledge_base.one_reading import one_reading

router = APIRouter(tags=["检索"], responses=problems(*ALWAYS))
REGION_LIMIT = 50


@router.get("/search", response_model=SearchAnswer, summary="检索段落")
async def search(
    container: UsedContainer,
    room: UsedRoom,
    q: Annotated[str, Query(min_length=1, max_length=500, description="搜索词或问题")],
    region: Annotated[str | None, Query(description="地区代码或名称；不填则用服务设定的地区")] = None,
    as_of: Annotated[date | None, Query(description="只查这一天有效的段落；不填为今天")] = None,
    mode: Annotated[
        RankingMode, Query(description="default 综合，lexical 词语，vector 语义，hybrid 词语加语义，adapted 再加向量适配器（不细排）")
    ] = RankingMode.DEFAULT,
    limit: Annotated[int, Query(ge=1, le=50, description="最多返回几条")] = 10,
) -> Response:
    day = as_of or container.today()

    def found() -> SearchAnswer:
        result = container.searcher().search(SearchQuery(q, day, region_code(container, region), limit), mode)
        with one_reading():
            hits = list(_shown(container, result.hits, day))
        return SearchAnswer(hits=hits, snapshot_id=result.snapshot_id, timings_ms=result.timings_ms)

    answer = await room.search(found)
    # Written here: FastAPI would check every hit once more.
    return Response(answer.model_dump_json(by_alias=True), media_type="application/json")


def _shown(container: Container, hits: Iterable[RankedPassage], day: date) -> Iterator[SearchHit]:
    """What holds on `day` by the records as they are now; a guide says how things are done now, so it is for no other day."""
    edition_of = standing_editions(container, day)
    for hit in hits:
        passage = hit.passage
        if passage.kind is PassageKind.GUIDE:
            if day == container.today() and container.guides.get(passage.document_id):
                yield _hit(hit, passage.effective_on, passage.ends_on)
        elif edition := edition_of(passage):
            yield _hit(hit, edition.effective_on, edition.ends_on)


def _hit(hit: RankedPassage, effective_on: date, ends_on: date | None) -> SearchHit:
    passage = hit.passage
    return SearchHit(
        passage_id=passage.id,
        kind=passage.kind,
        document_id=passage.document_id,
        edition=passage.edition,
        title=passage.title,
        provision=passage.citation,
        text=passage.text,
        jurisdiction=passage.jurisdiction,
        effective_on=effective_on,
        ends_on=ends_on,
        score=hit.score,
        vector_score=hit.vector_score,
        lexical_score=hit.lexical_score,
        link=passage_link(passage),
    )


@router.get("/regions", response_model=RegionList, summary="查找行政区划")
def regions(
    container: UsedContainer,
    q: Annotated[str, Query(max_length=40, description="名称中的字或代码；不填则返回服务设定的地区及其下级")] = "",
) -> RegionList:
    return RegionList(regions=[region_model(container, region) for region in find_regions(container, q)])


def region_code(container: Container, region: str | None) -> str | None:
    """Raises UnknownRegion."""
    meant = find_region(container, region) if region else usual_region(container)
    return meant.code if meant else None


def find_regions(container: Container, text: str) -> list[Region]:
    """Regions whose full name or code holds every word of `text`, the highest first; the usual region and those below it for ""."""
    words = text.split()
    if not words:
        code = container.settings.service_region or NATION_CODE
        return [container.regions.get(code), *container.regions.children(code)]
    found = [region for region in container.regions.all() if _is_meant(container, region, words)]
    return sorted(found, key=lambda region: (len(container.regions.lineage(region.code)), region.code))[:REGION_LIMIT]


def _is_meant(container: Container, region: Region, words: list[str]) -> bool:
    if not any(word in region.name or word in region.code for word in words):
        return False
    name = container.regions.full_name(region.code)
    return all(word in name or word in region.code for word in words)


def region_model(container: Container, region: Region) -> RegionModel:
    return RegionModel(
        code=region.code,
        name=region.name,
        full_name=container.regions.full_name(region.code),
        level=region.level,
        parent_code=region.parent_code,
    )
