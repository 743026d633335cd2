"""What the pages of unanswered questions and of hot issues share: when they were found, finding them anew, a link to write an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from api.container import Container
from assistant.answer_status import AnswerStatus
from assistant.insight.models import Issue, IssueKind
from assistant.models import FeedbackKind

ISSUE_STYLES = ("admin-insight",)
_QUESTIONS_IN_LINK = 10
_LONGEST_QUESTION = 200
_SAID = {
    FeedbackKind.WRONG.value: "坐席标记答错",
    FeedbackKind.NOT_HELPFUL.value: "市民说没有帮助",
    "order": "工单",
    "question": "提问",
}


def issue_facts(container: Container, kind: IssueKind) -> dict[str, Any]:
    return {
        "report": container.insight.board.report(kind),
        "why_label": why_label,
        "region_name": container.region_name,
        "guide_link": guide_link,
    }


def why_label(why: str) -> str:
    """How a message came into the cluster, for people."""
    if why in _SAID:
        return _SAID[why]
    return AnswerStatus(why).label if why in set(AnswerStatus) else why


def guide_link(issue: Issue) -> str:
    """The form of a new guide, filled in with what was asked and who is likely responsible."""
    questions = [text.text[:_LONGEST_QUESTION] for text in issue.texts[:_QUESTIONS_IN_LINK]]
    given: list[tuple[str, str]] = [("title", questions[0].rstrip("？?。！! "))]
    given += [("question", question) for question in questions]
    given += [("department", issue.department_id)] if issue.department_id else []
    return f"/admin/guides/new?{urlencode(given)}"


def spread(counts: tuple[tuple[str, int], ...], label: Mapping[str, str] | None = None) -> str:
    """没有找到依据 3、市民说没有帮助 1."""
    return "、".join(f"{(label or {}).get(name) or why_label(name)} {number}" for name, number in counts)
