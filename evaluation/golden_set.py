"""What a golden question is: what a person asks, and what a right answer looks like. Reads no file and judges nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.answer_status import AnswerStatus
from assistant.models import Facet

ANSWERED = frozenset({AnswerStatus.ANSWERED, AnswerStatus.ANSWERED_FROM_GUIDE})
_NUMBER = re.compile(r"\d+")


class Split(StrEnum):
    """Improvements are made by looking at "dev" alone; "test" says what they are worth."""

    DEV = "dev"
    TEST = "test"
    ALL = "all"


class Style(StrEnum):
    """How the question is put."""

    PLAIN = "plain"
    KEYWORDS = "keywords"
    DIALECT = "dialect"
    TYPO = "typo"
    HOMOPHONE = "homophone"
    NO_PUNCTUATION = "no_punctuation"
    ELDERLY = "elderly"
    ANGRY = "angry"
    STORY = "story"

    @property
    def label(self) -> str:
        return _STYLES[self]


class Kind(StrEnum):
    """What makes the question easy or dangerous."""

    IN_SCOPE = "in_scope"
    OUT_OF_SCOPE = "out_of_scope"
    MISSING = "missing"
    EXPIRED = "expired"
    FUTURE = "future"
    WRONG_REGION = "wrong_region"
    INJECTION = "injection"
    FALSE_PREMISE = "false_premise"

    @property
    def label(self) -> str:
        return _KINDS[self]


_STYLES = {
    Style.PLAIN: "平常说法",
    Style.KEYWORDS: "几个关键词",
    Style.DIALECT: "方言",
    Style.TYPO: "错别字",
    Style.HOMOPHONE: "同音字",
    Style.NO_PUNCTUATION: "没有标点",
    Style.ELDERLY: "老年人口吻",
    Style.ANGRY: "带着情绪",
    Style.STORY: "先讲经过再问",
}
_KINDS = {
    Kind.IN_SCOPE: "范围之内",
    Kind.OUT_OF_SCOPE: "与政务无关",
    Kind.MISSING: "政策库里没有",
    Kind.EXPIRED: "已经失效",
    Kind.FUTURE: "尚未生效",
    Kind.WRONG_REGION: "别的地区",
    Kind.INJECTION: "夹带指令",
    Kind.FALSE_PREMISE: "前提不对",
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a right answer looks like. Any of `statuses` is right; one of `provisions` or `guides` has to be cited if it answers.

    `provisions` are "document id#path"; empty labels say nothing. Citing any of the documents `must_not_cite` is the fault of faults.
    """

    statuses: frozenset[AnswerStatus]
    provisions: tuple[str, ...] = ()
    guides: tuple[str, ...] = ()
    department: str = ""
    facets: tuple[Facet, ...] = ()
    must_not_cite: tuple[str, ...] = ()

    @property
    def may_answer(self) -> bool:
        return bool(self.statuses & ANSWERED)


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """`region` is a GB/T 2260 code, None where the person named none."""

    id: str
    question: str
    region: str | None
    as_of: date
    style: Style
    kind: Kind
    expected: Expectation
    note: str = ""

    @property
    def split(self) -> Split:
        return split_of(self.id)


@dataclass(frozen=True, slots=True)
class GoldenTurn:
    question: str
    expected: Expectation


@dataclass(frozen=True, slots=True)
class GoldenConversation:
    """Turns of one conversation, in order; all in one region and on one day."""

    id: str
    region: str | None
    as_of: date
    style: Style
    turns: tuple[GoldenTurn, ...]
    note: str = ""

    @property
    def split(self) -> Split:
        return split_of(self.id)


@dataclass(frozen=True, slots=True)
class GoldenSet:
    questions: tuple[GoldenQuestion, ...]
    conversations: tuple[GoldenConversation, ...]

    def part(self, split: Split) -> GoldenSet:
        if split is Split.ALL:
            return self
        return GoldenSet(
            tuple(question for question in self.questions if question.split is split),
            tuple(conversation for conversation in self.conversations if conversation.split is split),
        )

    def __len__(self) -> int:
        """Questions put to the assistant: single ones and turns."""
        return len(self.questions) + sum(len(conversation.turns) for conversation in self.conversations)


def split_of(case_id: str) -> Split:
    """Even numbers are for development, odd ones for testing. Raises ValueError for an id without a number."""
    numbers = _NUMBER.findall(case_id)
    if not numbers:
        raise ValueError(f"编号“{case_id}”里没有数字，分不出开发题和测试题。")
    return Split.TEST if int(numbers[-1]) % 2 else Split.DEV
