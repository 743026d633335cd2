"""Does one source unit say what a written sentence says? Words in the source's order, neutral ones between them, nothing turned round."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import LCSseq

from assistant.generation.number_words import Fact, FactReader, plain
from assistant.generation.rules import CheckingRules
from assistant.generation.source_units import SourceUnit

_PUNCTUATION = re.compile(r"[\s,，。;；:：、!！?？()（）《》“”‘’\"'〈〉·—–~-]")
_CLAUSE = re.compile(r"[,，。;；:：]")
_CONDITION = re.compile(r"^(?:如|若|除|凡|因|经|对)|的$")
_ATTRIBUTE = re.compile(r"([^,，。;；:：、的]{2,})的")
_OPTIONAL = frozenset({"link", "phone", "number", "第条", "第款", "第项", "第章", "第节", "第目"})
"""Kinds of facts that may be left out: where something stands, and how to reach somebody."""
_FIRST_MARK = 0xE000
"""Private characters stand for facts while texts are compared, so that 二十日 and 20 日 are one character and the same."""

WRONG_FACTS = "数字、日期、文号、电话或者网址与依据不符"
WRONG_NEGATION = "否定与依据不符"
WRONG_MODALITY = "应当、可以等与依据不符"
LEFT_OUT = "漏掉了条件、例外或者限定"
UNSAID = "有依据里没有的内容，或者先后顺序与依据不同"
_ORDER = (WRONG_FACTS, WRONG_NEGATION, WRONG_MODALITY, LEFT_OUT, UNSAID, "")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text with its facts found; `rest` is the text with every fact blanked."""

    text: str
    facts: tuple[Fact, ...]
    rest: str


class SentenceSupport:
    """Safe to call from many threads."""

    def __init__(self, rules: CheckingRules) -> None:
        self._words, self._limits, self._facts = rules.words, rules.limits, FactReader(rules.facts)
        self._read = lru_cache(maxsize=4096)(self._reading)
        # Every sentence is looked at when it comes and again at the last gate.
        self.fault = lru_cache(maxsize=4096)(self._first_fault)
        self._neutral = tuple(sorted(self._words.neutral, key=len, reverse=True))
        harmless = sorted((*self._words.neutral, *self._words.droppable), key=len, reverse=True)
        self._harmless = re.compile(f"(?:{'|'.join(map(re.escape, harmless))})*")
        modal = sorted((*self._words.obligations, *self._words.permissions), key=len, reverse=True)
        self._modal = re.compile("|".join(map(re.escape, modal)))
        self._not_modal = re.compile("|".join(sorted(map(re.escape, self._words.not_modal), key=len, reverse=True)))

    def _first_fault(self, sentence: str, unit: SourceUnit) -> str:
        """ "" where the unit supports the sentence, else why not."""
        written = self._read(plain(sentence))
        return next((fault for fault in self._faults(written, unit) if fault), "")

    def nearest_fault(self, sentence: str, units: tuple[SourceUnit, ...]) -> str:
        """Of the unit that came nearest to supporting it."""
        return max((self.fault(sentence, unit) for unit in units), key=_ORDER.index, default=UNSAID)

    def stated(self, text: str) -> frozenset[str]:
        """Kinds of facts in a text."""
        return frozenset(fact.kind for fact in self._read(plain(text)).facts)

    def _faults(self, written: _Reading, unit: SourceUnit) -> Iterator[str]:
        said, about = self._read(unit.text), self._read(unit.heading)
        yield WRONG_FACTS if self._facts_differ(written, said, about) else ""
        yield WRONG_NEGATION if not self._between(written, said, about, self._negations) else ""
        yield WRONG_MODALITY if self._modality_differs(written.text, unit.text) else ""
        yield LEFT_OUT if not self._between(written, said, about, self._kept_words) or self._leaves_out(written.text, unit.text) else ""
        yield UNSAID if not self._in_order(written, said, unit.names) else ""

    def _facts_differ(self, written: _Reading, said: _Reading, about: _Reading) -> bool:
        stated, known = {fact.key for fact in written.facts}, {fact.key for fact in (*said.facts, *about.facts)}
        needed = {fact.key for fact in said.facts if fact.kind not in _OPTIONAL}
        return not stated <= known or not needed <= stated or any(char.isdigit() for char in written.rest)

    def _between(self, written: _Reading, said: _Reading, about: _Reading, count: Callable[[str], Counter[str]]) -> bool:
        """All that the source says, and nothing that neither it nor its heading says."""
        here, least, extra = count(written.text), count(said.text), count(about.text)
        return all(least[key] <= here[key] <= least[key] + extra[key] for key in here | least)

    def _negations(self, text: str) -> Counter[str]:
        bare = _PUNCTUATION.sub("", text)
        return Counter(bare[at : at + 2] for at, char in enumerate(bare) if char in self._words.negations)

    def _kept_words(self, text: str) -> Counter[str]:
        return Counter({word: text.count(word) for word in self._words.must_keep if word in text})

    def _modality_differs(self, written: str, said: str) -> bool:
        here, there = self._modality(written), self._modality(said)
        if here == there:
            return False
        # "需要" before a list that states no duty of its own adds none.
        weak = _without(self._not_modal.sub("□", written), self._words.weak_obligations)
        turned = there or any(char in self._words.negations for char in said)
        return bool(turned) or bool(self._modality(weak))

    def _modality(self, text: str) -> tuple[bool, ...]:
        """One entry for each word of duty (True) or leave, in their order."""
        return tuple(match.group() in self._words.obligations for match in self._modal.finditer(self._not_modal.sub("□", text)))

    def _leaves_out(self, written: str, said: str) -> bool:
        here, there = _PUNCTUATION.sub("", written), _PUNCTUATION.sub("", said)
        if len(here) < len(there) * self._limits.min_kept_share:
            return True
        clauses = [clause for clause in _CLAUSE.split(said) if _CONDITION.search(clause) and len(clause) > 1]
        conditions = [*clauses, *_ATTRIBUTE.findall(said)]
        # Only lists hold semicolons here: sentences are cut at them.
        items = said.split(";")[1:]
        return any(_share(part, here) < self._limits.min_condition_share for part in conditions) or any(
            _share(part, here) < self._limits.min_item_share for part in items
        )

    def _in_order(self, written: _Reading, said: _Reading, named: tuple[str, ...]) -> bool:
        """In the words of the source alone, or with its names before them, which then take nobody's place."""
        marks: dict[str, str] = {}
        text = _PUNCTUATION.sub("", _marked(written, marks))
        names = tuple(_PUNCTUATION.sub("", _marked(self._read(name), marks)) for name in named)
        clauses = [bare for clause in _CLAUSE.split(_marked(said, marks)) if (bare := _PUNCTUATION.sub("", clause))]
        if self._laid(text, (), clauses):
            return True
        return bool(clauses) and _share(clauses[0], text) >= self._limits.min_first_share and self._laid(text, names, clauses)

    def _laid(self, text: str, names: tuple[str, ...], clauses: list[str]) -> bool:
        """Whether the text can be laid out of pieces, and no clause is torn: all of it is taken but for harmless words, or none."""
        source = "".join(clauses)
        tiling = _Tiling(text, source, names, self._neutral, self._words.negations)
        if not tiling.fits(0, 0):
            return False
        left, start = list(source), 0
        for begin, end in tiling.pieces:
            left[begin:end] = "\n" * (end - begin)
        for clause in clauses:
            rest = "".join(left[start : start + len(clause)])
            start += len(clause)
            if "\n" in rest and not all(self._harmless.fullmatch(part) for part in rest.split("\n")):
                return False
        return True

    def _reading(self, text: str) -> _Reading:
        facts = tuple(_apart(self._facts.facts(text)))
        rest = list(text)
        for fact in facts:
            rest[fact.start : fact.end] = " " * (fact.end - fact.start)
        return _Reading(text, facts, "".join(rest))


@dataclass
class _Tiling:
    """Lays the written text out of pieces of the source, in its order; a piece has two characters or is a fact. Names come first, whole."""

    text: str
    source: str
    names: tuple[str, ...]
    neutral: tuple[str, ...]
    negations: str

    def __post_init__(self) -> None:
        self._failed: set[tuple[int, int]] = set()
        self.pieces: list[tuple[int, int]] = []
        """[start, end) in the source of what was taken, once it fits."""

    def fits(self, at: int, after: int) -> bool:
        """True if text[at:] can be laid from source[after:]."""
        if at == len(self.text):
            return True
        if (at, after) in self._failed:
            return False
        for length, place in self._steps(at, after):
            if self.fits(at + length, place):
                if place > after:
                    self.pieces.append((place - length, place))
                return True
        self._failed.add((at, after))
        return False

    def _steps(self, at: int, after: int) -> Iterator[tuple[int, int]]:
        """(characters used, place in the source behind them), longest pieces first."""
        shortest = 1 if _FIRST_MARK <= ord(self.text[at]) < _FIRST_MARK + 0x1000 else 2
        for length in range(len(self.text) - at, shortest - 1, -1):
            place = self._find(self.text[at : at + length], after)
            if place >= 0:
                yield length, place + length
        for word in (*(self.names if after == 0 else ()), *self.neutral):
            if self.text.startswith(word, at):
                yield len(word), after

    def _find(self, piece: str, after: int) -> int:
        """Never right behind a negation: that would leave it out."""
        place = self.source.find(piece, after)
        while place > 0 and self.source[place - 1] in self.negations:
            place = self.source.find(piece, place + 1)
        return place


def _marked(reading: _Reading, marks: dict[str, str]) -> str:
    parts, last = [], 0
    for fact in reading.facts:
        parts += [reading.text[last : fact.start], marks.setdefault(fact.key, chr(_FIRST_MARK + len(marks)))]
        last = fact.end
    return "".join([*parts, reading.text[last:]])


def _apart(facts: tuple[Fact, ...]) -> Iterator[Fact]:
    """Without those that lie within an earlier one."""
    last = 0
    for fact in facts:
        if fact.start >= last:
            yield fact
            last = fact.end


def _share(part: str, of: str) -> float:
    """How much of a part is found again, in its order."""
    bare = _PUNCTUATION.sub("", part)
    return LCSseq.normalized_similarity(bare, of) * max(len(bare), len(of)) / len(bare) if bare else 1.0


def _without(text: str, words: tuple[str, ...]) -> str:
    for word in words:
        text = text.replace(word, "□")
    return text
