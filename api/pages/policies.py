"""Pages of policies and service guides."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.asking import find_region
from api.dependencies import UsedContainer
from api.errors import PageNotFound
from api.pages.policy_view import outline_entries, parse_span, view_section
from api.pages.rendering import pages_of
from api.policy_listing import PolicyFilter
from api.policy_reading import CHANGE_LABELS, read_policy
from knowledge_base.models import ValidityStatus

router = APIRouter(include_in_schema=False)


@router.get("/policies")
def list_policies(
    request: Request,
    container: UsedContainer,
    q: Annotated[str, Query(max_length=100)] = "",
    status: str = "",
    region: str = "",
    page: Annotated[int, Query(ge=1)] = 1,
) -> HTMLResponse:
    codes = frozenset({find_region(container, region).code}) if region else frozenset()
    wanted = PolicyFilter(q, ValidityStatus(status) if status in set(ValidityStatus) else None, codes)
    found, size = container.listing.entries(wanted, container.today()), container.settings.page_size
    kept = {"q": q, "status": status, "region": region}
    facts = {
        "entries": found[(page - 1) * size : page * size],
        "total": len(found),
        "page": page,
        "pages": max(1, -(-len(found) // size)),
        "wanted": kept,
        "query": urlencode({name: value for name, value in kept.items() if value}),
        "regions": container.listing.jurisdictions(),
        "full_name": container.region_name,
    }
    return pages_of(request).render(request, "policies.html", facts)


@router.get("/policies/{document_id}")
def show_policy(
    document_id: str,
    request: Request,
    container: UsedContainer,
    as_of: str = "",
    edition: str = "",
    quote: str = "",
) -> HTMLResponse:
    day = _day(as_of) or container.today()
    reading = read_policy(container.released, document_id, day, int(edition) if edition.isdecimal() else None)
    facts = {
        "reading": reading,
        "change_labels": CHANGE_LABELS,
        "metadata": reading.edition.revision.metadata,
        "section": view_section(reading.outline, reading.text, parse_span(quote, len(reading.text))),
        "outline": list(outline_entries(reading.outline, reading.text)),
        "region_name": container.region_name(reading.edition.revision.metadata.jurisdiction),
    }
    return pages_of(request).render(request, "policy.html", facts)


@router.get("/guides/{guide_id}")
def show_guide(guide_id: str, request: Request, container: UsedContainer) -> HTMLResponse:
    guide = container.guides.get(guide_id)
    if guide is None:
        raise PageNotFound(f"没有编号为“{guide_id}”的办事指南。请回到首页重新查找。")
    department = container.departments.get(guide.department_id)
    facts = {"guide": guide, "department": department, "region_name": container.region_name(guide.jurisdiction)}
    return pages_of(request).render(request, "guide.html", facts)


def _day(text: str) -> date | None:
    """A form sends "" for an empty date; a day that does not exist is taken as not given."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
