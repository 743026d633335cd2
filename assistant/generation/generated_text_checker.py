"""Says of every sentence a language model wrote whether it may be shown. Pure: trusts nothing but what the answer cites."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.generation.models import WrittenSentence
from assistant.generation.number_words import plain
from assistant.generation.placeholders import without_protected
from assistant.generation.rules import CheckingRules
from assistant.generation.sentence_support import SentenceSupport
from assistant.generation.source_units import SourceUnit, source_units
from assistant.models import AnswerBlock, Citation

Similarity = Callable[[str, str], float]
"""Cosine of two texts' vectors."""

_LATIN = re.compile(r"[A-Za-z]+")
_HAN = re.compile(r"[一-鿿]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`citations` on which the sentence rests, empty where it must not be shown; `reason` then says why, in Chinese."""

    citations: tuple[int, ...]
    reason: str = ""


class GeneratedTextChecker:
    """Safe to call from many threads."""

    def __init__(self, rules: CheckingRules, similarity: Similarity) -> None:
        self._rules, self._similarity, self._support = rules, similarity, SentenceSupport(rules)

    def is_instruction(self, text: str) -> bool:
        """True for a text that reads like an order to a machine."""
        narrow = plain(text)
        return any(pattern.search(text) or pattern.search(narrow) for pattern in self._rules.words.instructions)

    def units(self, citation: Citation) -> tuple[SourceUnit, ...]:
        return source_units(citation, self._rules.words.list_fields)

    def judge(self, sentence: WrittenSentence, citations: Mapping[int, Citation]) -> Verdict:
        """`citations` by number: those of the answer. The sentence may be shown only with the citations of the verdict."""
        units = tuple(unit for number in sentence.passages if number in citations for unit in self.units(citations[number]))
        if not units:
            return Verdict((), "没有注明依据，或者注明的依据不存在")
        fault = self._form_fault(sentence.text, units)
        if fault:
            return Verdict((), fault)
        usable = tuple(unit for unit in units if not self.is_instruction(unit.text))
        resting = [unit for unit in usable if not self._support.fault(sentence.text, unit)]
        if not resting:
            return Verdict((), self._support.nearest_fault(sentence.text, usable))
        near = [unit for unit in resting if self._is_near(sentence.text, unit)]
        return Verdict(tuple(dict.fromkeys(unit.citation for unit in near)), "" if near else "意思与依据相差太远")

    def block_faults(self, block: AnswerBlock, citations: Sequence[Citation]) -> tuple[str, ...]:
        """The last gate: everything that is wrong with a finished block of generated text; empty if it may be shown."""
        known, limits = {citation.number: citation for citation in citations}, self._rules.limits
        if not block.lines or len(block.lines) != len(block.line_citations):
            return ("有一句没有注明依据",)
        judged = [self.judge(WrittenSentence(*pair), known) for pair in zip(block.lines, block.line_citations, strict=True)]
        faults = [verdict.reason for verdict in judged if verdict.reason]
        if len(block.lines) > limits.max_sentences or sum(map(len, block.lines)) > limits.max_characters:
            faults.append("生成的文字太长")
        return tuple(faults)

    def is_enough(self, block: AnswerBlock, citations: Sequence[Citation]) -> bool:
        """Whether what is left says the main thing; once true, further sentences keep it true."""
        limits, rests_on = self._rules.limits, {number for numbers in block.line_citations for number in numbers}
        share = len(rests_on) / max(1, len(citations))
        first = citations[0].number in rests_on if citations else False
        return len(block.lines) >= limits.min_sentences and first and share >= limits.min_citation_share

    def has_room(self, block: AnswerBlock, sentence: str) -> bool:
        limits = self._rules.limits
        return len(block.lines) < limits.max_sentences and sum(map(len, block.lines)) + len(sentence) <= limits.max_characters

    def _form_fault(self, text: str, units: tuple[SourceUnit, ...]) -> str:
        """What is wrong with it whatever it says."""
        words, source = self._rules.words, "".join(unit.heading + unit.text for unit in units)
        if len(text) > self._rules.limits.max_sentence_characters or len(_HAN.findall(text)) < 4:
            return "太长或者太短"
        bare = without_protected(text, source)
        if "\n" in text or any(not words.allowed_characters.match(char) for char in bare):
            return "有文字以外的符号"
        if not {word.casefold() for word in _LATIN.findall(bare)} <= {word.casefold() for word in _LATIN.findall(source)}:
            return "有依据里没有的字母"
        narrow = plain(text)
        if any(pattern.search(text) or pattern.search(narrow) for pattern in (*words.forbidden, *words.instructions)):
            return "对个人下结论、作保证，或者不是政策内容"
        return ""

    def _is_near(self, text: str, unit: SourceUnit) -> bool:
        sources = (unit.text, f"{unit.heading}：{unit.text}")
        return any(self._similarity(text, source) >= self._rules.limits.min_similarity for source in sources)
