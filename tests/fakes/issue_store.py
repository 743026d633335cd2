"""An IssueStore in memory, and a clusterer that goes by shared characters; both pass the contract suites of the real ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.insight.models import IssueKind, IssueMark, IssueReport
from assistant.insight.rules import Likeness


class MemoryIssueStore:
    def __init__(self) -> None:
        self._reports: dict[IssueKind, IssueReport] = {}
        self._marks: dict[str, IssueMark] = {}

    def keep(self, report: IssueReport) -> None:
        self._reports[report.kind] = report

    def report(self, kind: IssueKind) -> IssueReport | None:
        return self._reports.get(kind)

    def mark(self, marks: Sequence[IssueMark]) -> None:
        self._marks |= {mark.answer_id: mark for mark in marks}

    def unmark(self, answer_ids: Collection[str]) -> None:
        self._marks = {name: mark for name, mark in self._marks.items() if name not in answer_ids}

    def marks(self, answer_ids: Collection[str]) -> dict[str, IssueMark]:
        return {name: mark for name, mark in self._marks.items() if name in answer_ids}


class CharacterClusterer:
    """Each message joins the first cluster whose first title shares enough characters with its own."""

    def cluster(self, messages: Sequence[tuple[str, str]], likeness: Likeness) -> tuple[tuple[int, ...], ...]:
        groups: list[list[int]] = []
        for place, (title, _) in enumerate(messages):
            near = [group for group in groups if _shared(title, messages[group[0]][0]) >= likeness.at_least]
            (near[0] if near else groups.append([]) or groups[-1]).append(place)
        return tuple(sorted(map(tuple, groups), key=lambda group: (-len(group), group[0])))


def _shared(one: str, other: str) -> float:
    return len(set(one) & set(other)) / max(1, len(set(one) | set(other)))
