"""Policies: the list, and one policy with its provisions, validity and history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.asking import find_region
from api.container import Container
from api.dependencies import UsedContainer
from api.json_v1.policy_models import (
    EditionModel,
    PolicyDetail,
    PolicyPage,
    PolicySummary,
    ProvisionModel,
    RevisionModel,
    SuccessorModel,
)
from api.json_v1.problems import ALWAYS, problems
from api.json_v1.search import region_model
from api.policy_listing import PolicyEntry, PolicyFilter
from api.policy_reading import PolicyReading, read_policy
from knowledge_base.models import Edition, Provision, ValidityStatus
from knowledge_base.validity import edition_status

router = APIRouter(tags=["政策文件"], responses=problems(*ALWAYS))

AsOf = Annotated[date | None, Query(description="按哪一天判断有效性；不填为今天")]


@router.get("/policies", response_model=PolicyPage, summary="政策文件列表")
def list_policies(
    container: UsedContainer,
    q: Annotated[str, Query(max_length=100, description="标题、发文字号、发文机关中的文字，空格分开")] = "",
    status: Annotated[ValidityStatus | None, Query(description="有效性")] = None,
    region: Annotated[str | None, Query(description="只看这个地区发布的；不填为全部")] = None,
    as_of: AsOf = None,
    page: Annotated[int, Query(ge=1, description="第几页")] = 1,
    page_size: Annotated[int, Query(ge=1, le=100, description="每页条数")] = 20,
) -> PolicyPage:
    codes = frozenset({find_region(container, region).code}) if region else frozenset()
    found = container.listing.entries(PolicyFilter(q, status, codes), as_of or container.today())
    shown = found[(page - 1) * page_size : page * page_size]
    return PolicyPage(total=len(found), page=page, page_size=page_size, policies=[PolicySummary(**_summary(container, e)) for e in shown])


@router.get("/policies/{document_id}", response_model=PolicyDetail, responses=problems(404), summary="政策文件全文、有效性和修改历史")
def show_policy(
    document_id: str,
    container: UsedContainer,
    as_of: AsOf = None,
    edition: Annotated[int | None, Query(ge=1, description="第几个文本；不填为当天有效的文本")] = None,
) -> PolicyDetail:
    reading = read_policy(container.released, document_id, as_of or container.today(), edition)
    metadata = reading.edition.revision.metadata
    entry = PolicyEntry(
        document_id, metadata, reading.document_status, reading.edition.effective_on, reading.edition.ends_on, len(reading.revisions)
    )
    return PolicyDetail(
        **_summary(container, entry),
        edition=_edition(reading.edition, reading.day),
        editions=[_edition(text, reading.day) for text in reading.editions],
        revisions=_history(reading),
        replaced_by=SuccessorModel(id=reading.successor.id, title=reading.successor.title) if reading.successor else None,
        effective_on_inferred=metadata.effective_on_inferred,
        source_url=metadata.source_url,
        text=reading.text,
        provisions=list(_provisions(reading.outline, reading.text)),
    )


def _summary(container: Container, entry: PolicyEntry) -> dict[str, Any]:
    metadata = entry.metadata
    region = container.regions.resolve(metadata.jurisdiction)
    return {
        "id": entry.id,
        "title": metadata.title,
        "document_number": metadata.document_number,
        "issuing_authorities": metadata.issuing_authorities,
        "jurisdiction": region_model(container, region) if region else None,
        "status": entry.status,
        "status_label": entry.status.label,
        "published_on": metadata.published_on,
        "effective_on": entry.effective_on,
        "ends_on": entry.ends_on,
        "topics": metadata.topics,
        "is_demonstration": metadata.is_demonstration,
    }


def _edition(edition: Edition, day: date) -> EditionModel:
    status = edition_status(edition, day)
    return EditionModel(
        number=edition.number, effective_on=edition.effective_on, ends_on=edition.ends_on, status=status, status_label=status.label
    )


def _history(reading: PolicyReading) -> list[RevisionModel]:
    return [
        RevisionModel(number=r.number, edition=r.edition, kind=r.change.kind, changed_at=r.change.at, reason=r.change.reason)
        for r in reading.revisions
    ]


def _provisions(node: Provision, text: str, depth: int = 0) -> Iterator[ProvisionModel]:
    yield ProvisionModel(
        path=node.path,
        level=node.level,
        depth=depth,
        citation=node.citation,
        label=node.label,
        title=node.title,
        text=node.own_text(text),
        start=node.start,
        end=node.end,
    )
    for child in node.children:
        yield from _provisions(child, text, depth + 1)
