"""Cut one message into the questions that stand on their own, so that each is answered apart. Searches nothing, answers nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.question_terms import find_facets, subject_of
from assistant.rules import AnsweringRules
from indexing.ports import Tokenizer
from knowledge_base.ports import GuideStore

_PIECE = re.compile(r"[^？?。！!；;\n]+[？?。！!；;\n]*")
_NUMBERED = re.compile(r"^\s*(?:第[一二三四五]个?[，、是：:]?|[（(]?[1-5一二三四五][)）、.．：:])\s*")
_EDGES = " \n，,、。；;"


@dataclass(frozen=True, slots=True)
class _Piece:
    """`connected`: the person said themselves that something else begins here ("还有…", "2、…")."""

    text: str
    connected: bool


@dataclass(frozen=True, slots=True)
class QuestionSplitter:
    """A question that only goes on with the matter before it stays with it: answering it alone would answer something else."""

    tokenizer: Tokenizer
    guides: GuideStore
    rules: AnsweringRules

    def split(self, text: str) -> tuple[str, ...]:
        """The questions in the order asked, word for word without what joins them; the text alone where it is one, or too many."""
        groups: list[str] = []
        for piece in self._pieces(text):
            if groups and self._asks(groups[-1]) and self._asks(piece.text) and self._is_another(piece, groups[-1]):
                groups.append(piece.text)
            else:
                groups[-1:] = [f"{groups[-1]}{piece.text}" if groups else piece.text]
        questions = tuple(group.strip(_EDGES) for group in groups)
        several = 1 < len(questions) <= self.rules.parts.max_parts and all(self._asks(question) for question in questions)
        return questions if several else (text,)

    def _pieces(self, text: str) -> Iterator[_Piece]:
        for match in _PIECE.finditer(text):
            connected = False
            for stretch in self._at_connectors(match.group()):
                bare = _NUMBERED.sub("", self._without_connector(stretch))
                connected = bare != stretch
                if bare.strip(_EDGES):
                    yield _Piece(bare if connected else stretch, connected)

    def _at_connectors(self, piece: str) -> Iterable[str]:
        """Cut before each joining word that has a question before it and one after it."""
        for connector in self.rules.parts.connectors:
            place = piece.find(connector, 1)
            if place > 0 and self._asks(piece[:place]) and self._asks(piece[place + len(connector) :]):
                return (*self._at_connectors(piece[:place]), piece[place:])
        return (piece,)

    def _without_connector(self, stretch: str) -> str:
        bare = stretch.lstrip(_EDGES)
        connector = next((word for word in self.rules.parts.connectors if bare.startswith(word)), "")
        return bare[len(connector) :].lstrip(_EDGES) if connector else stretch

    def _asks(self, text: str) -> bool:
        return "？" in text or "?" in text or any(word in text for word in self.rules.parts.asks) or bool(find_facets(text, self.rules))

    def _is_another(self, piece: _Piece, before: str) -> bool:
        """True if it names a matter of its own: another guide, or, where the person says so, enough words not said before."""
        bare = piece.text.lstrip()
        if bare.startswith(self.rules.follow_up.pronouns):
            return False
        known, own = self._named_guides(before), self._named_guides(bare)
        if own and known:
            return not own & known
        fillers = {*self.rules.follow_up.fillers, *self._terms(before)}
        return piece.connected and len([term for term in self._terms(bare) if term not in fillers]) >= self.rules.parts.min_terms

    def _terms(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.tokenizer.query_terms(subject_of(text, self.rules))))

    def _named_guides(self, text: str) -> frozenset[str]:
        """Guides one of whose names has all its words in the text."""
        letters, words = set(text), set(self.tokenizer.query_terms(text))
        named = ((guide.id, name) for guide in self.guides.all() for name in (guide.title, *guide.aliases) if letters.issuperset(name))
        return frozenset(guide_id for guide_id, name in named if words.issuperset(self.tokenizer.query_terms(name)))
