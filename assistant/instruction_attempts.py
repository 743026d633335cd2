"""Find instructions to the program in a message, and what of it is a question all the same. Answers nothing; safe from many threads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.disguises import as_written, hidden_readings, pinyin_in
from assistant.instruction_rules import InstructionRules

_SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;\n]*")
_FIRST_CLAUSE = re.compile(r"[^，,：:]+(?=[，,：:])")
_HANZI = re.compile(r"[\u3400-\u9fff]")
_DISGUISED = "disguised"


@dataclass(frozen=True, slots=True)
class Attempt:
    """`technique` of the rule that told it; `question` is what else the message asks, "" for nothing."""

    technique: str
    question: str


@dataclass(frozen=True, slots=True)
class InstructionAttempts:
    rules: InstructionRules

    def find(self, text: str) -> Attempt | None:
        """None for an ordinary message."""
        written = as_written(text, self.rules.disguises)
        hidden = self._in_hidden(written)
        if hidden:
            return Attempt(hidden, "")
        sentences = _SENTENCE.findall(written)
        told = [self._technique(sentence.strip(), len(written)) for sentence in sentences]
        technique = next(filter(None, told), "")
        if technique:
            kept = "".join(self._kept(sentence, name) for sentence, name in zip(sentences, told, strict=True))
            return Attempt(technique, kept.strip() if self._asks(kept) else "")
        whole = self._technique(written, len(written))
        return Attempt(whole, "") if whole else None

    def _technique(self, text: str, length: int) -> str:
        return next((rule.technique for rule in self.rules.rules if rule.matches(text, length)), "")

    def _in_hidden(self, written: str) -> str:
        for reading in hidden_readings(written, self.rules.disguises):
            if self.rules.disguises.decoded.search(reading) or self._technique(reading, len(reading)):
                return _DISGUISED
        return _DISGUISED if any(self.rules.disguises.pinyin.search(run) for run in pinyin_in(written)) else ""

    def _kept(self, sentence: str, technique: str) -> str:
        """A sentence without an attempt; of one with an attempt, a question that it opens with."""
        if not technique:
            return sentence
        opening = _FIRST_CLAUSE.match(sentence)
        return f"{opening[0]}？" if opening and self._asks(opening[0]) and not self._technique(opening[0], len(sentence)) else ""

    def _asks(self, text: str) -> bool:
        genuine = self.rules.genuine
        enough = len(_HANZI.findall(text)) >= genuine.min_hanzi
        return enough and bool(genuine.asks.search(text)) and not genuine.to_the_program.search(text)


def techniques(rules: InstructionRules) -> Iterator[str]:
    """Every name an attempt can be told by."""
    yield from dict.fromkeys(rule.technique for rule in rules.rules)
    yield _DISGUISED
