"""Find provisions in force that lay down different numbers for the same matter, and which of them comes first. Merges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from assistant.quotation import sentences
from assistant.rules import ConflictRules
from knowledge_base.authority_rank import authority_rank
from knowledge_base.models import Edition, RegionLevel
from knowledge_base.regions import RegionDirectory

_NUMBER = r"(?:[0-9]+(?:\.[0-9]+)?|[〇零一二两三四五六七八九十百千万]+)"
_UNITS = "个工作日|工作日|个月|周岁|平方米|万元|元|年|月|日|天|岁|倍|人|次|成|%|％"
_QUANTITY = re.compile(rf"({_NUMBER})\s*({_UNITS})")
_LEVELS = (RegionLevel.NATION, RegionLevel.PROVINCE, RegionLevel.CITY, RegionLevel.COUNTY)


class Precedence(StrEnum):
    """Why the first of two conflicting texts is read first; the values name phrases of the wording."""

    HIGHER = "higher"
    NEWER = "newer"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class QuotedText:
    """What is quoted of one edition."""

    edition: Edition
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two places in the sequence looked at: the one that comes first, the other, and why."""

    first: int
    second: int
    precedence: Precedence


@dataclass(frozen=True, slots=True)
class ConflictFinder:
    regions: RegionDirectory
    rules: ConflictRules

    def find(self, quoted: Sequence[QuotedText], terms: Sequence[str]) -> Conflict | None:
        """The text that the first of `quoted` conflicts with; texts without any of `terms`, the matter asked, say nothing of it."""
        for other in range(1, len(quoted)):
            if quoted[0].edition.document_id != quoted[other].edition.document_id and self._conflict(quoted[0], quoted[other], terms):
                return self._ordered(0, other, quoted)
        return None

    def _conflict(self, one: QuotedText, other: QuotedText, terms: Sequence[str]) -> bool:
        if not all(any(term in _all_words(quoted) for term in terms) for quoted in (one, other)):
            return False
        pairs = ((a, b) for a in self._telling(one.text) for b in self._telling(other.text))
        return any(self._same_matter(a, b) and _numbers(a) != _numbers(b) for a, b in pairs)

    def _telling(self, text: str) -> Iterator[str]:
        """Sentences with a quantity, but those on when the document itself begins and ends."""
        for span in sentences(text):
            sentence = text[span.start : span.end]
            if _QUANTITY.search(sentence) and not any(word in sentence for word in self.rules.not_about):
                yield sentence

    def _same_matter(self, one: str, other: str) -> bool:
        """Nearly the same words around the same units."""
        if [unit for _, unit in _QUANTITY.findall(one)] != [unit for _, unit in _QUANTITY.findall(other)]:
            return False
        a, b = _pairs(_QUANTITY.sub("", one)), _pairs(_QUANTITY.sub("", other))
        return len(a & b) >= self.rules.min_shared * max(1, len(a | b))

    def _ordered(self, one: int, other: int, quoted: Sequence[QuotedText]) -> Conflict:
        """上位法优先; of the same authority 新法优先 (立法法 (2023) 第九十九条、第一百零三条)."""
        a, b = quoted[one].edition, quoted[other].edition
        if self._rank(a) != self._rank(b):
            return Conflict(one, other, Precedence.HIGHER) if self._rank(a) < self._rank(b) else Conflict(other, one, Precedence.HIGHER)
        same_authority = set(a.revision.metadata.issuing_authorities) & set(b.revision.metadata.issuing_authorities)
        if not same_authority or a.effective_on == b.effective_on:
            return Conflict(one, other, Precedence.UNCLEAR)
        return Conflict(one, other, Precedence.NEWER) if a.effective_on > b.effective_on else Conflict(other, one, Precedence.NEWER)

    def _rank(self, edition: Edition) -> tuple[int, int]:
        metadata = edition.revision.metadata
        return authority_rank(metadata), _LEVELS.index(self.regions.get(metadata.jurisdiction).level)


def _all_words(quoted: QuotedText) -> str:
    return quoted.edition.revision.metadata.title + quoted.text


def _numbers(sentence: str) -> list[str]:
    return [number for number, _ in _QUANTITY.findall(sentence)]


def _pairs(text: str) -> set[str]:
    """Pairs of neighbouring characters; punctuation does not count."""
    letters = [char for char in text if char.isalnum()]
    return {"".join(pair) for pair in pairwise(letters)}
