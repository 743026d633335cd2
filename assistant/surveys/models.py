"""Frozen values of surveys (问卷): what is asked, and what somebody said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.hotline.order_terms import Satisfaction


class SurveySubject(StrEnum):
    """What a survey is about; each conversation, hand-over or order is asked about once."""

    CONVERSATION = "conversation"
    HANDOFF = "handoff"
    ORDER = "order"


class QuestionKind(StrEnum):
    GRADE = "grade"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class SurveyQuestion:
    """`options` of a CHOICE: (value, words)."""

    id: str
    kind: QuestionKind
    text: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()

    @property
    def values(self) -> frozenset[str]:
        """What may be chosen; empty for a text."""
        if self.kind is QuestionKind.GRADE:
            return frozenset(step.value for step in Satisfaction)
        return frozenset(value for value, _ in self.options)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """`asked` by subject, in the order of the form. `words` are the sentences around it. Another `version` is counted apart."""

    version: int
    asked: Mapping[SurveySubject, tuple[SurveyQuestion, ...]]
    labels: Mapping[SurveySubject, str]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SurveyResponse:
    """`grade` None and `resolved` "" where not asked or not answered; `comment` is masked. Nothing in it says who answered."""

    subject: SurveySubject
    subject_id: str
    version: int
    grade: Satisfaction | None
    resolved: str
    comment: str
    jurisdiction: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a page shows: the questions about one conversation, hand-over or order."""

    subject: SurveySubject
    subject_id: str
    questions: tuple[SurveyQuestion, ...]
    words: Mapping[str, str]
