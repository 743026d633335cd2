"""Unanswered questions as an administrator works through them: what is open, what was decided and why, what has an answer by now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.answer_status import AnswerStatus
from assistant.insight.asking_again import AskAgain
from assistant.insight.errors import ReasonMissing, UnknownIssue
from assistant.insight.issue_finder import ANSWERED
from assistant.insight.models import Issue, IssueKind, IssueMark, IssueReport, MarkState
from assistant.insight.ports import IssueStore
from assistant.ports import Clock


@dataclass(frozen=True, slots=True)
class IssueView:
    """An issue with what was decided. It is open again as soon as one question has come since. `mark` is the newest decision."""

    issue: Issue
    mark: IssueMark | None
    undecided: int

    @property
    def is_open(self) -> bool:
        return self.undecided > 0

    @property
    def has_answer(self) -> bool:
        """The most typical question gets an answer now."""
        return self.issue.answered_now in ANSWERED

    @property
    def answered_now(self) -> str:
        return AnswerStatus(self.issue.answered_now).label if self.issue.answered_now else ""


@dataclass(frozen=True, slots=True)
class IssueBoard:
    issues: IssueStore
    ask_again: AskAgain
    mask: Callable[[str], str]
    clock: Clock

    def report(self, kind: IssueKind) -> IssueReport | None:
        return self.issues.report(kind)

    def views(self, kind: IssueKind) -> tuple[IssueView, ...]:
        """Largest first; none before the first clustering."""
        report = self.issues.report(kind)
        issues = report.issues if report else ()
        marks = self.issues.marks({name for issue in issues for name in issue.ids})
        return tuple(_view(issue, marks) for issue in issues)

    def view(self, kind: IssueKind, issue_id: str) -> IssueView:
        """Raises UnknownIssue."""
        issue = self._issue(kind, issue_id)
        return _view(issue, self.issues.marks(set(issue.ids)))

    def decide(self, kind: IssueKind, issue_id: str, state: MarkState, by: str, reason: str) -> Issue:
        """Kept with each of its questions. Raises UnknownIssue, ReasonMissing."""
        issue, said = self._issue(kind, issue_id), self.mask(reason.strip())
        if not said:
            raise ReasonMissing
        now = self.clock()
        self.issues.mark([IssueMark(name, state, by, said, now) for name in issue.ids])
        return issue

    def take_up_again(self, kind: IssueKind, issue_id: str) -> Issue:
        """Raises UnknownIssue."""
        issue = self._issue(kind, issue_id)
        self.issues.unmark(set(issue.ids))
        return issue

    def check(self, issue_id: str) -> AnswerStatus:
        """Asks the most typical unanswered question again and keeps how that ended. Raises UnknownIssue."""
        issue = self._issue(IssueKind.UNANSWERED, issue_id)
        status = self.ask_again(issue.texts[0].text, issue.texts[0].jurisdiction)
        report = self.issues.report(IssueKind.UNANSWERED)
        if report is not None:
            changed = replace(issue, answered_now=status.value)
            self.issues.keep(replace(report, issues=tuple(changed if each.id == issue_id else each for each in report.issues)))
        return status

    def _issue(self, kind: IssueKind, issue_id: str) -> Issue:
        report = self.issues.report(kind)
        found = next((issue for issue in report.issues if issue.id == issue_id), None) if report else None
        if found is None:
            raise UnknownIssue
        return found


def _view(issue: Issue, marks: dict[str, IssueMark]) -> IssueView:
    decided = [marks[name] for name in issue.ids if name in marks]
    newest = max(decided, key=lambda mark: mark.at, default=None)
    return IssueView(issue, newest, issue.count - len(decided))
