"""未答问题: questions that got no answer, put together by matter; an answer is written, or it is said why none is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.finding_issues import FIND_TASK
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.pages.admin.csv_file import csv_response
from api.pages.admin.issues import ISSUE_STYLES, issue_facts, spread
from assistant.insight.errors import InsightError
from assistant.insight.issue_board import IssueView
from assistant.insight.issue_finder import ANSWERED
from assistant.insight.models import IssueKind, MarkState

router = APIRouter(include_in_schema=False)

_PAGE = "/admin/unanswered"
_STATES = {"open": "待处理", "answered": "现在有答复", "decided": "处理过", "all": "全部"}
_COLUMNS = "代表问题,次数,最早,最近,来源,可能的承办单位,现在再问,处理,处理人,理由,其他问法"
State = Annotated[str, Query(max_length=10)]


@router.get(_PAGE)
def show_unanswered(request: Request, container: UsedContainer, _reader: ConsoleReader, state: State = "open") -> HTMLResponse:
    return _page(request, container, state)


@router.get(_PAGE + "/export.csv")
def export_unanswered(request: Request, container: UsedContainer, reader: ConsoleReader, state: State = "open") -> Response:
    views = _chosen(container, state)
    note_act(request, container, reader, "questions_exported", "未答问题", after=f"共{len(views)}组")
    return csv_response(f"unanswered-{container.today():%Y%m%d}", _COLUMNS.split(","), map(_row, views))


@router.post(_PAGE + "/refresh")
def find_again(request: Request, container: UsedContainer, administrator: Administrator) -> Response:
    container.work.submit(FIND_TASK, IssueKind.UNANSWERED.value)
    note_act(request, container, administrator, "issues_requested", "未答问题")
    return done(_PAGE, "正在后台归并，一般不到一分钟。完成后刷新页面就能看到。")


@router.post(_PAGE + "/{issue_id}/decision")
def decide(
    request: Request,
    container: UsedContainer,
    administrator: Administrator,
    issue_id: str,
    state: Annotated[MarkState, Form()],
    reason: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    try:
        issue = container.insight.board.decide(IssueKind.UNANSWERED, issue_id, state, administrator.name, reason)
    except InsightError as error:
        return _page(request, container, "open", error)
    note_act(
        request, container, administrator, "question_decided", issue.id, reason=reason.strip(), after=f"{state.label}：{issue.count}条"
    )
    return done(_PAGE, f"已记为“{state.label}”：{issue.count} 条提问。以后有新的提问，会重新列出。")


@router.post(_PAGE + "/{issue_id}/reopen")
def take_up_again(request: Request, container: UsedContainer, administrator: Administrator, issue_id: str) -> Response:
    try:
        issue = container.insight.board.take_up_again(IssueKind.UNANSWERED, issue_id)
    except InsightError as error:
        return _page(request, container, "decided", error)
    note_act(request, container, administrator, "question_reopened", issue.id, after=f"{issue.count}条")
    return done(_PAGE, "已放回待处理。")


@router.post(_PAGE + "/{issue_id}/check")
def ask_again(container: UsedContainer, _administrator: Administrator, issue_id: str) -> Response:
    """Changes nothing but what the page shows; the question is asked as a citizen would ask it, and not counted. Raises UnknownIssue."""
    status = container.insight.board.check(issue_id)
    words = "现在有答复了" if status in ANSWERED else "现在还没有答复"
    return done(f"{_PAGE}?state=all#issue-{issue_id}", f"刚刚再问了一次：{words}（{status.label}）。")


def _page(request: Request, container: Container, state: str, fault: InsightError | None = None) -> HTMLResponse:
    chosen = state if state in _STATES else "open"
    views = container.insight.board.views(IssueKind.UNANSWERED)
    facts = {
        **issue_facts(container, IssueKind.UNANSWERED),
        "views": _chosen(container, chosen),
        "state": chosen,
        "states": {name: f"{label}（{sum(_fits(view, name) for view in views)}）" for name, label in _STATES.items()},
        "spread": spread,
        "days": container.insight.rules.unanswered.days,
        "fault": str(fault or ""),
    }
    return admin_page(request, "unanswered.html", facts, status=status_of(fault) if fault else 200, styles=ISSUE_STYLES)


def _chosen(container: Container, state: str) -> list[IssueView]:
    return [view for view in container.insight.board.views(IssueKind.UNANSWERED) if _fits(view, state)]


def _fits(view: IssueView, state: str) -> bool:
    fitting = {"answered": view.is_open and view.has_answer, "decided": not view.is_open, "all": True}
    return fitting.get(state, view.is_open and not view.has_answer)


def _row(view: IssueView) -> tuple[object, ...]:
    issue, mark = view.issue, view.mark
    return (
        issue.texts[0].text,
        issue.count,
        issue.first_on,
        issue.last_on,
        spread(issue.why),
        issue.department,
        view.answered_now,
        mark.state.label if mark and not view.is_open else "",
        mark.by if mark else "",
        mark.reason if mark else "",
        "；".join(text.text for text in issue.texts[1:]),
    )
