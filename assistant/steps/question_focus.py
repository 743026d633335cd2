"""Find what a long message asks: the asking stretches, and those that name a matter. Leaves out greetings, life stories, venting."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.hearing_rules import FocusRules
from assistant.models import UnderstoodQuestion
from assistant.question_terms import find_facets
from assistant.rules import AnsweringRules
from indexing.ports import Tokenizer

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
_STRETCH = re.compile(r"[^，,、。！？!?；;：:\s]+[，,、。！？!?；;：:\s]*")


@dataclass(frozen=True, slots=True)
class _Stretch:
    text: str
    place: int
    asks: bool
    in_end: bool
    names: int

    @property
    def weight(self) -> tuple[bool, bool, int, int]:
        return (self.in_end and self.asks, self.asks or self.in_end, self.names, self.place)


@dataclass(frozen=True, slots=True)
class QuestionFocus:
    tokenizer: Tokenizer
    rules: AnsweringRules
    focus: FocusRules

    def narrowed(self, question: UnderstoodQuestion) -> UnderstoodQuestion:
        return replace(question, asking=self.asking(question.standalone_text))

    def asking(self, text: str) -> str:
        """The part to search for, in the order written; "" where it is the whole."""
        if len(text) < self.focus.min_characters:
            return ""
        stretches = self._stretches(text)
        wanted = sorted((one for one in stretches if one.asks or one.in_end or one.names), key=lambda one: one.weight, reverse=True)
        kept: list[_Stretch] = []
        for stretch in wanted:
            if sum(len(one.text) for one in kept) + len(stretch.text) <= self.focus.max_characters:
                kept.append(stretch)
        kept.sort(key=lambda one: one.place)
        return "".join(one.text for one in kept) if any(one.asks for one in kept) else ""

    def _stretches(self, text: str) -> list[_Stretch]:
        sentences = [match.group() for match in _SENTENCE.finditer(text)]
        ends = len(sentences) - self.focus.last_sentences
        pieces = [(piece.group(), number >= ends) for number, sentence in enumerate(sentences) for piece in _STRETCH.finditer(sentence)]
        return [_Stretch(piece, place, self._asks(piece), in_end, self._names(piece)) for place, (piece, in_end) in enumerate(pieces)]

    def _asks(self, piece: str) -> bool:
        return "？" in piece or "?" in piece or any(word in piece for word in self.focus.asks) or bool(find_facets(piece, self.rules))

    def _names(self, piece: str) -> int:
        """How many official terms, or everyday words for one, stand in it."""
        vocabulary = self.tokenizer.vocabulary
        if vocabulary is None:
            return 0
        official = frozenset(vocabulary.terms)
        return sum(term in official or term in vocabulary.synonyms for term in self.tokenizer.passage_terms(piece))
