"""热点诉求 (民意): what many citizens wrote about lately, in questions and work orders, and whether it grows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.finding_issues import FIND_TASK
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.pages.admin.csv_file import csv_response
from api.pages.admin.insight import CHART_SCRIPTS
from api.pages.admin.issues import ISSUE_STYLES, issue_facts, spread
from assistant.insight.models import Issue, IssueKind
from assistant.insight.sheets import ChartKind, Sheet

router = APIRouter(include_in_schema=False)

_PAGE = "/admin/hot-issues"
_COLUMNS = "代表诉求,条数,前一期,增减,涉及人次,最早,最近,地点,来源,可能的承办单位,其他说法"
_SOURCES = {"all": "工单和提问", "orders": "有工单的"}
_DRAWN = 10
_SHOWN = 50
_LONGEST_NAME = 18
Source = Annotated[str, Query(max_length=10)]


@router.get(_PAGE)
def show_hot_issues(request: Request, container: UsedContainer, _reader: ConsoleReader, source: Source = "all") -> HTMLResponse:
    issues = _chosen(container, source)
    facts = {
        **issue_facts(container, IssueKind.HOT),
        "issues": issues[:_SHOWN],
        "total": len(issues),
        "source": source if source in _SOURCES else "all",
        "sources": _SOURCES,
        "sheet": _sheet(issues),
        "spread": spread,
        "days": container.insight.rules.hot_issues.days,
    }
    return admin_page(request, "hot_issues.html", facts, styles=ISSUE_STYLES, scripts=CHART_SCRIPTS)


@router.get(_PAGE + "/export.csv")
def export_hot_issues(request: Request, container: UsedContainer, reader: ConsoleReader, source: Source = "all") -> Response:
    issues = _chosen(container, source)
    note_act(request, container, reader, "hot_issues_exported", "热点诉求", after=f"共{len(issues)}组")
    return csv_response(f"hot-issues-{container.today():%Y%m%d}", _COLUMNS.split(","), map(_row, issues))


@router.post(_PAGE + "/refresh")
def find_again(request: Request, container: UsedContainer, administrator: Administrator) -> Response:
    container.work.submit(FIND_TASK, IssueKind.HOT.value)
    note_act(request, container, administrator, "issues_requested", "热点诉求")
    return done(_PAGE, "正在后台归并，一般不到一分钟。完成后刷新页面就能看到。")


def _chosen(container: Container, source: str) -> tuple[Issue, ...]:
    report = container.insight.board.report(IssueKind.HOT)
    issues = report.issues if report else ()
    return tuple(issue for issue in issues if any(why == "order" for why, _ in issue.why)) if source == "orders" else issues


def _sheet(issues: tuple[Issue, ...]) -> Sheet:
    rows = tuple((_short(issue.texts[0].text), issue.count, issue.before) for issue in issues[:_DRAWN])
    return Sheet("hot", "最多的十组", ("诉求", "这一期", "前一期"), rows, ChartKind.BARS, (1, 2), "条")


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_NAME else words[: _LONGEST_NAME - 1] + "…"


def _row(issue: Issue) -> tuple[object, ...]:
    return (
        issue.texts[0].text,
        issue.count,
        issue.before,
        issue.growth,
        issue.supports,
        issue.first_on,
        issue.last_on,
        "、".join(f"{place} {number}" for place, number in issue.places),
        spread(issue.why),
        issue.department,
        "；".join(text.text for text in issue.texts[1:]),
    )
