"""Clusters what citizens wrote into issues: unanswered questions, and hot issues (民意). Runs in the background, keeps its report."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant.answer_status import AnswerStatus
from assistant.insight.asking_again import AskAgain
from assistant.insight.models import Issue, IssueKind, IssueReport, IssueText, Message, Span
from assistant.insight.ports import IssueStore, MessageClusterer, MessageStore
from assistant.insight.rules import ClusterRules, InsightRules
from assistant.models import CHINA_TIME
from assistant.ports import Clock
from assistant.routing import DepartmentRouter

NIGHTLY_HOUR = 2
"""In China."""
ANSWERED = frozenset({AnswerStatus.ANSWERED, AnswerStatus.ANSWERED_FROM_GUIDE})


@dataclass(frozen=True, slots=True)
class IssueFinder:
    """`find_place` names the place in a text, "" for none. Callables without arguments are made on first use."""

    messages: MessageStore
    clusterer: Callable[[], MessageClusterer]
    issues: IssueStore
    router: Callable[[], DepartmentRouter]
    ask_again: AskAgain
    find_place: Callable[[str], str]
    rules: InsightRules
    clock: Clock

    def find(self, kind: IssueKind) -> IssueReport:
        """Finds and keeps them. Takes up to a minute for some thousand messages that were never looked at before."""
        return self._unanswered() if kind is IssueKind.UNANSWERED else self._hot()

    def is_due(self) -> bool:
        """Whether a report is missing or from before the last night."""
        now = self.clock().astimezone(CHINA_TIME)
        night = now.replace(hour=NIGHTLY_HOUR, minute=0, second=0, microsecond=0)
        night -= timedelta(days=1) if now < night else timedelta()
        reports = [self.issues.report(kind) for kind in IssueKind]
        return any(report is None or report.made_at < night for report in reports)

    def _unanswered(self) -> IssueReport:
        began, rules = time.monotonic(), self.rules.unanswered
        span = self._span(rules.days)
        found = self.messages.unanswered(span.first, rules.statuses, rules.feedback, rules.longest + 1)
        messages = found[: rules.longest]
        issues = tuple(self._asked_again(self._issue(group, rules)) for group in self._groups(messages, rules))
        left_out = len(found) - len(messages)
        return self._kept(IssueReport(IssueKind.UNANSWERED, self.clock(), span, len(messages), left_out, 0.0, issues), began)

    def _hot(self) -> IssueReport:
        began, rules = time.monotonic(), self.rules.hot_issues
        span = self._span(rules.days)
        found = self.messages.voiced(span.before.first, rules.statuses, rules.longest + 1)
        messages = found[: rules.longest]
        issues = []
        for group in self._groups(messages, rules):
            now = [message for message in group if _day(message) >= span.first]
            if len(now) >= rules.smallest:
                issues.append(self._issue(now, rules, before=len(group) - len(now)))
        number = sum(_day(message) >= span.first for message in messages)
        left_out = len(found) - len(messages)
        return self._kept(IssueReport(IssueKind.HOT, self.clock(), span, number, left_out, 0.0, tuple(issues)), began)

    def _groups(self, messages: Sequence[Message], rules: ClusterRules) -> list[list[Message]]:
        # Oldest first, so that the same messages are always given in the same order.
        ordered = sorted(messages, key=lambda message: (message.at, message.id))
        if len(ordered) < rules.smallest:
            # No group can come of them, and the clusterer would load its model.
            return []
        clusters = self.clusterer().cluster([(message.title, message.text) for message in ordered], rules.likeness)
        return [[ordered[place] for place in cluster] for cluster in clusters if len(cluster) >= rules.smallest]

    def _issue(self, group: Sequence[Message], rules: ClusterRules, before: int = 0) -> Issue:
        first = min(group, key=lambda message: (message.at, message.id))
        lead = self.router().route(group[0].title, group[0].jurisdiction or None).lead
        return Issue(
            id=first.id,
            texts=tuple(_shown(message) for message in _different(group)[: rules.shown_texts]),
            ids=tuple(message.id for message in group),
            first_on=_day(first),
            last_on=max(map(_day, group)),
            before=before,
            supports=len({message.group or message.id for message in group}),
            places=self._places(group, rules.shown_places),
            department_id=lead.department.id if lead else "",
            department=lead.department.name if lead else "",
            why=tuple(sorted(Counter(message.why for message in group).items(), key=lambda each: (-each[1], each[0]))),
        )

    def _asked_again(self, issue: Issue) -> Issue:
        typical = issue.texts[0]
        return replace(issue, answered_now=self.ask_again(typical.text, typical.jurisdiction).value)

    def _places(self, group: Sequence[Message], shown: int) -> tuple[tuple[str, int], ...]:
        if not shown:
            return ()
        named = Counter(place for message in group if (place := message.place or self.find_place(f"{message.title}，{message.text}")))
        return tuple(sorted(named.items(), key=lambda each: (-each[1], each[0]))[:shown])

    def _kept(self, report: IssueReport, began: float) -> IssueReport:
        ordered = tuple(sorted(report.issues, key=lambda issue: (-issue.count, -issue.growth, issue.id)))
        report = replace(report, issues=ordered, seconds=round(time.monotonic() - began, 1))
        self.issues.keep(report)
        return report

    def _span(self, days: int) -> Span:
        today = self.clock().astimezone(CHINA_TIME).date()
        return Span(today - timedelta(days=days - 1), today)


def _shown(message: Message) -> IssueText:
    return IssueText(message.id, message.title, _day(message), message.why, message.jurisdiction)


def _different(group: Sequence[Message]) -> list[Message]:
    """Each wording once, in the order given."""
    kept: dict[str, Message] = {}
    for message in group:
        kept.setdefault(message.title.strip(), message)
    return list(kept.values())


def _day(message: Message) -> date:
    return message.at.astimezone(CHINA_TIME).date()
