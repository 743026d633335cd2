"""The background task that puts citizens' messages together by matter; nightly, and when somebody asks for it."""

from __future__ import annotations

from api.container import Container
from assistant.insight.models import IssueKind

FIND_TASK = "find_issues"


def find_issues(container: Container, kind: str = "") -> str:
    """`kind` "" finds all kinds. Returns a sentence without a word of what citizens wrote."""
    kinds = [IssueKind(kind)] if kind else list(IssueKind)
    reports = [container.insight.finder.find(each) for each in kinds]
    return "；".join(f"{_LABELS[each.kind]}：{each.messages}条归为{len(each.issues)}组，用时{each.seconds}秒" for each in reports) + "。"


def find_when_due(container: Container) -> int:
    """Hands the task to the queue once a night; whether it did."""
    due = container.insight.finder.is_due()
    if due:
        container.work.submit(FIND_TASK)
    return int(due)


_LABELS = {IssueKind.UNANSWERED: "未答问题", IssueKind.HOT: "热点诉求"}
