"""数据看板: figures of a span of days, each as a chart with its table and as a CSV file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.errors import PageNotFound
from api.pages.admin.console import ConsoleReader, admin_page
from api.pages.admin.csv_file import csv_response
from api.pages.admin.insight_filter import CUSTOM, InsightFilter, insight_filter, sheet_makers
from assistant.insight.errors import InvalidSpan
from assistant.insight.headlines import headlines
from assistant.insight.models import Span

router = APIRouter(include_in_schema=False)

UsedFilter = Annotated[InsightFilter, Depends(insight_filter)]
INSIGHT_STYLES, CHART_SCRIPTS = ("admin-insight",), ("insight-chart",)
_NOT_BY_REGION = frozenset({"satisfaction", "resolved", "feedback", "handoffs", "latency"})


@router.get("/admin/insight")
def show_insight(request: Request, container: UsedContainer, _reader: ConsoleReader, choice: UsedFilter) -> HTMLResponse:
    try:
        span, fault = choice.span(container), ""
    except InvalidSpan as error:
        span, fault = InsightFilter("30", "", "", choice.region, choice.step).span(container), str(error)
    return _page(request, container, choice, span, fault)


@router.get("/admin/insight/{name}.csv")
def export_sheet(container: UsedContainer, _reader: ConsoleReader, name: str, choice: UsedFilter) -> Response:
    """Counts alone, nothing anybody wrote. Raises InvalidSpan."""
    span = choice.span(container)
    make = sheet_makers(container, span, choice).get(name)
    if make is None:
        raise PageNotFound("没有这张表。请回到数据看板，从表旁的链接下载。")
    sheet = make()
    return csv_response(f"{name}-{span.first:%Y%m%d}-{span.last:%Y%m%d}", sheet.columns, sheet.rows)


def _page(request: Request, container: Container, choice: InsightFilter, span: Span, fault: str) -> HTMLResponse:
    rules, regions = container.insight.rules, choice.regions(container)
    facts = {
        "choice": choice,
        "custom": CUSTOM,
        "span": span,
        "spans": rules.spans,
        "steps": rules.steps,
        "sheets": [make() for make in sheet_makers(container, span, choice).values()],
        "not_by_region": _NOT_BY_REGION if regions is not None else (),
        "headlines": headlines(container.insight.figures, span, regions),
        "regions": sorted({guide.jurisdiction for guide in container.guides.all()} | {choice.region} - {""}),
        "region_name": container.region_name,
        "comments": container.insight.surveys.store.comments(10),
        "fault": fault,
    }
    status = 422 if fault else 200
    return admin_page(request, "insight.html", facts, status=status, styles=INSIGHT_STYLES, scripts=CHART_SCRIPTS)
