"""How insight counts and clusters, loaded from insight.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer_status import AnswerStatus
from assistant.models import FeedbackKind

RULES_FILE = Path(__file__).with_name("insight.toml")


@dataclass(frozen=True, slots=True)
class EndingGroup:
    id: str
    label: str
    statuses: frozenset[AnswerStatus]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike messages of one matter are on average (0..1), and what makes two alike; the three weights sum to 1.

    `text_characters`: how much of a text is looked at beside its title.
    """

    at_least: float
    meaning: float
    characters: float
    words: float
    text_characters: int


@dataclass(frozen=True, slots=True)
class ClusterRules:
    days: int
    likeness: Likeness
    longest: int
    smallest: int
    shown_texts: int
    shown_places: int = 0
    statuses: tuple[AnswerStatus, ...] = ()
    feedback: tuple[FeedbackKind, ...] = ()


@dataclass(frozen=True, slots=True)
class InsightRules:
    groups: tuple[EndingGroup, ...]
    spans: tuple[int, ...]
    longest_span: int
    shown_topics: int
    steps: Mapping[str, str]
    unanswered: ClusterRules
    hot_issues: ClusterRules

    def group_of(self, status: str) -> EndingGroup:
        """A status nobody has grouped yet (of a newer version) counts with the last group."""
        return next((group for group in self.groups if status in group.statuses), self.groups[-1])


def load_insight_rules(path: Path = RULES_FILE) -> InsightRules:
    """Raises KeyError, ValueError or tomllib.TOMLDecodeError where the file is malformed."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    groups = tuple(
        EndingGroup(entry["id"], entry["label"], frozenset(AnswerStatus(status) for status in entry["statuses"]))
        for entry in table["ending_groups"]
    )
    if missing := set(AnswerStatus) - {status for group in groups for status in group.statuses}:
        raise ValueError(f"insight.toml groups no {'、'.join(sorted(missing))}")
    figures = table["figures"]
    return InsightRules(
        groups=groups,
        spans=tuple(figures["spans"]),
        longest_span=figures["longest_span"],
        shown_topics=figures["shown_topics"],
        steps=table["steps"],
        unanswered=_cluster_rules(table["unanswered"]),
        hot_issues=_cluster_rules(table["hot_issues"]),
    )


def _cluster_rules(entry: Mapping[str, Any]) -> ClusterRules:
    plain = {name: value for name, value in entry.items() if name not in ("statuses", "feedback", "likeness")}
    return ClusterRules(
        **plain,
        likeness=Likeness(**entry["likeness"]),
        statuses=tuple(AnswerStatus(status) for status in entry.get("statuses", ())),
        feedback=tuple(FeedbackKind(kind) for kind in entry.get("feedback", ())),
    )
