"""The list of policies in the console: every document, whatever its state, with filters in the address, and as a CSV file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.pages.admin.console import ConsoleReader, admin_page
from api.pages.admin.csv_file import csv_response
from api.pages.admin.policy_search import EXPIRING_DAYS, NOTES, SORTS, PolicyChoice, find_policies
from api.policy_listing import PolicyEntry
from assistant.models import CHINA_TIME

router = APIRouter(include_in_schema=False)

POLICY_STYLES = ("admin-policies",)
_COLUMNS = "编号,标题,发文字号,发文机关,地区,主题,状态,施行日期,施行日期为推定,终止日期,公开日期,扫描识别未核对,来源网址"


def _choice(
    words: Annotated[str, Query(max_length=100)] = "",
    status: Annotated[str, Query(max_length=20)] = "",
    region: Annotated[str, Query(max_length=50)] = "",
    authority: Annotated[str, Query(max_length=100)] = "",
    topic: Annotated[str, Query(max_length=50)] = "",
    expiring: Annotated[str, Query(max_length=4)] = "",
    note: Annotated[str, Query(max_length=20)] = "",
    sort: Annotated[str, Query(max_length=20)] = "-effective",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> PolicyChoice:
    known_note = note if note in NOTES else ""
    known_sort = sort if sort.removeprefix("-") in SORTS else "-effective"
    return PolicyChoice(words, status, region, authority, topic, expiring, known_note, known_sort, page)


UsedChoice = Annotated[PolicyChoice, Depends(_choice)]


@router.get("/admin/policies")
def list_policies(request: Request, container: UsedContainer, _reader: ConsoleReader, choice: UsedChoice) -> HTMLResponse:
    found, size = _found(container, choice), container.settings.page_size
    every = container.listing.every(container.today())
    facts = {
        "entries": found[(choice.page - 1) * size : choice.page * size],
        "total": len(found),
        "pages": max(1, -(-len(found) // size)),
        "choice": choice,
        "open_repeals": len(container.intake.proposals()),
        "sorts": SORTS,
        "notes": NOTES,
        "expiring_days": EXPIRING_DAYS,
        "topics": sorted({topic for entry in every for topic in entry.metadata.topics}),
        "region_codes": sorted({entry.metadata.jurisdiction for entry in every}),
        "full_name": container.region_name,
        "short_name": lambda code: region.name if (region := container.regions.resolve(code)) else code,
        "china": CHINA_TIME,
    }
    return admin_page(request, "policies.html", facts, styles=POLICY_STYLES)


@router.get("/admin/policies/export.csv")
def export_policies(container: UsedContainer, reader: ConsoleReader, choice: UsedChoice) -> Response:
    """The whole list as filtered, not only the page shown."""
    rows = [_row(container, entry) for entry in _found(container, choice)]
    container.audit.record(reader.name, "policies_exported", "政策文件", f"共{len(rows)}件")
    return csv_response(f"policies-{container.today():%Y%m%d}", _COLUMNS.split(","), rows)


def _found(container: Container, choice: PolicyChoice) -> list[PolicyEntry]:
    today = container.today()
    return find_policies(container.listing.every(today), choice, container.regions, today)


def _row(container: Container, entry: PolicyEntry) -> tuple[object, ...]:
    about = entry.metadata
    return (
        entry.id,
        about.title,
        about.document_number,
        "、".join(about.issuing_authorities),
        container.region_name(about.jurisdiction),
        "、".join(about.topics),
        entry.status.label,
        entry.effective_on,
        "是" if about.effective_on_inferred else "",
        entry.ends_on,
        about.release_on,
        "是" if about.read_by_machine else "",
        about.source_url,
    )
