"""Why the right document does not stand first: one cause per question, told from texts alone. Searches nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from indexing.character_pairs import character_pairs

_SIGNS = re.compile(r"\W+")
_ANSWER_OPENING = 40
_SHINGLE = 8
_SAME_TEXT = 0.6
_FEW_WORDS = 0.3
_NUMBERS = re.compile(r"[0-9〇零一二三四五六七八九十百千年月日号第期〔〕（）()]+")


class MissCause(StrEnum):
    """The first that holds, in this order."""

    SAME_ANSWER = "same_answer"
    DUPLICATE = "duplicate"
    VERSION = "version"
    OTHER_PLACE = "other_place"
    SPLITTING = "splitting"
    VOCABULARY = "vocabulary"
    ABSENT = "absent"
    RANKING = "ranking"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    MissCause.SAME_ANSWER: "排在前面的文件里也有这个答案",
    MissCause.DUPLICATE: "排在前面的是内容几乎相同的文件",
    MissCause.VERSION: "排在前面的是同一文件的别的版本",
    MissCause.OTHER_PLACE: "排在前面的文件没有提到所问的地方",
    MissCause.SPLITTING: "答案被切在两段里",
    MissCause.VOCABULARY: "问法和原文用词不同",
    MissCause.ABSENT: "不在候选之内",
    MissCause.RANKING: "在候选之内，排得靠后",
}


@dataclass(frozen=True, slots=True)
class MissedQuestion:
    """`place` of the right document counts from 1; None where it is not among those ranked. `places`: names in the question, short."""

    question: str
    answer: str
    places: tuple[str, ...]
    right_title: str
    right_text: str
    right_passages: tuple[str, ...]
    first_title: str
    first_text: str
    place: int | None


def cause_of(missed: MissedQuestion) -> MissCause:
    answer, first = _bare(missed.answer), _bare(missed.first_text)
    holds = {
        MissCause.SAME_ANSWER: bool(answer) and answer[:_ANSWER_OPENING] in first,
        MissCause.DUPLICATE: likeness(missed.right_text, missed.first_text) > _SAME_TEXT,
        MissCause.VERSION: _family(missed.right_title) == _family(missed.first_title) != "",
        MissCause.OTHER_PLACE: _names(missed.right_text, missed.places) > _names(missed.first_text, missed.places),
        MissCause.SPLITTING: _is_split(answer, missed.right_text, missed.right_passages),
        MissCause.VOCABULARY: shared_words(missed.question, missed.right_passages) < _FEW_WORDS,
        MissCause.ABSENT: missed.place is None,
    }
    return next((cause for cause, true in holds.items() if true), MissCause.RANKING)


def likeness(one: str, other: str) -> float:
    """Share of the shorter text's stretches of eight characters that the other has too."""
    left, right = _shingles(one), _shingles(other)
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0


def shared_words(question: str, passages: Sequence[str]) -> float:
    """The largest share of the question's pairs of characters that one passage holds; 1.0 for a question without any."""
    pairs = set(character_pairs(question))
    if not pairs:
        return 1.0
    return max((len(pairs & set(character_pairs(passage))) / len(pairs) for passage in passages), default=0.0)


def _is_split(answer: str, text: str, passages: Sequence[str]) -> bool:
    return bool(answer) and answer in _bare(text) and not any(answer in _bare(passage) for passage in passages)


def _names(text: str, places: Sequence[str]) -> int:
    return sum(place in text for place in places)


def _family(title: str) -> str:
    return _NUMBERS.sub("", _bare(title))


def _bare(text: str) -> str:
    return _SIGNS.sub("", text)


def _shingles(text: str) -> set[str]:
    bare = _bare(text)
    return {bare[start : start + _SHINGLE] for start in range(len(bare) - _SHINGLE + 1)}
