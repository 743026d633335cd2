"""Tell which of the passages found speak of the matter a question names. Knows titles, duties and words; judges no nearness."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.matters import Matters
from assistant.question_terms import subject_of
from assistant.rules import AnsweringRules
from indexing.models import Passage, PassageKind, RankedPassage
from indexing.ports import Tokenizer
from knowledge_base.made_once import MadeOnce
from knowledge_base.models import Department
from knowledge_base.ports import DepartmentStore, GuideStore

_SPACE = re.compile(r"\s+")
_CERTAIN_LENGTH = 3
"""Characters from which on a name is that of one matter, where only everyday words or the vocabulary say so: 安装 is none."""


@dataclass(frozen=True, slots=True)
class UnservedMatter:
    """A matter named in the question under which none of the texts found stands. `forms`: what it is called here.

    `is_inferred`: the person said it in everyday words, which may mean something else as well.
    """

    forms: tuple[str, ...]
    is_inferred: bool = False

    def is_in(self, text: str) -> bool:
        return any(form in text for form in self.forms)


@dataclass(frozen=True, slots=True)
class MattersAsked:
    """What a question names, against the passages found for it. `words`: whatever else it says."""

    listed: tuple[str, ...]
    unserved: tuple[UnservedMatter, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatterScreen:
    matters: Matters
    departments: DepartmentStore
    guides: GuideStore
    tokenizer: Tokenizer
    rules: AnsweringRules
    _cores: MadeOnce[tuple[Department, ...], tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cores", MadeOnce(self._cores_of))

    def asked(self, text: str, hits: Sequence[RankedPassage]) -> MattersAsked:
        """The directory says what there is to ask about, official terms what it is called; the titles found, what is ruled here."""
        own, spoken = self._terms(text, self.tokenizer.passage_terms), self._terms(text, self.tokenizer.query_terms)
        headings = "\n".join({self._heading(hit.passage) for hit in hits})
        unserved = (*self._duties(_SPACE.sub("", text), own, headings), *self._unknown_terms(own, hits))
        named = "\n".join(form for matter in unserved if not matter.is_inferred for form in matter.forms)
        return MattersAsked(self.matters.named_in(text), unserved, tuple(word for word in spoken if word not in named))

    def speaks_of(self, passage: Passage, asked: MattersAsked) -> bool:
        """True if the text holds a word listed, and speaks of a matter without a text of its own under a heading that is asked for.

        A word that only occurs in it does not make a text one about it: a file handed in is not how files are moved.
        """
        text = passage.search_text
        if asked.listed and not any(word in text for word in asked.listed):
            return False
        if not asked.unserved:
            return True
        heading = self._heading(passage)
        is_asked_for = any(word in heading for word in asked.words)
        return all(
            is_asked_for or matter.is_in(text) if matter.is_inferred else is_asked_for and matter.is_in(text) for matter in asked.unserved
        )

    def named_in_heading(self, text: str, passage: Passage) -> frozenset[str]:
        """The words of a question that stand in the title of a text."""
        heading = self._heading(passage)
        return frozenset(word for word in self._terms(text, self.tokenizer.query_terms) if word in heading)

    def _duties(self, subject: str, own: Sequence[str], headings: str) -> list[UnservedMatter]:
        synonyms = self.tokenizer.vocabulary.synonyms if self.tokenizer.vocabulary else {}
        unserved = (word for word in own if word in synonyms and word not in headings)
        called_so = [word for word in unserved if not any(official in headings for official in synonyms[word])]
        found = []
        for core in self._cores(self.departments.all()):
            if core in subject:
                if core not in headings:
                    found.append(UnservedMatter(self.matters.forms_of(core)))
                continue
            if not called_so or len(core) < _CERTAIN_LENGTH or core in headings:
                continue
            called = [word for word in called_so if any(core in official for official in synonyms[word])]
            if called:
                found.append(UnservedMatter((*self.matters.forms_of(core), *called), is_inferred=True))
        return found

    def _cores_of(self, departments: tuple[Department, ...]) -> tuple[str, ...]:
        duties = (duty for department in departments for duty in department.matters)
        return tuple(sorted({core for duty in duties if (core := self.matters.core_of(duty))}))

    def _unknown_terms(self, own: Sequence[str], hits: Sequence[RankedPassage]) -> list[UnservedMatter]:
        """Official terms that no text found knows, nor what they begin with: 高温津贴 where none speaks of 高温."""
        if self.tokenizer.vocabulary is None:
            return []
        terms, texts = frozenset(self.tokenizer.vocabulary.terms), [hit.passage.search_text for hit in hits]
        unknown = []
        for term in (term for term in own if term in terms and len(term) >= _CERTAIN_LENGTH):
            forms = self.matters.forms_of(term)
            known = (*forms, *(part for part in own if part != term and term.startswith(part)))
            if not any(form in text for text in texts for form in known):
                unknown.append(UnservedMatter(forms))
        return unknown

    def _terms(self, text: str, cut: Callable[[str], list[str]]) -> tuple[str, ...]:
        subject, fillers = subject_of(text, self.rules) or text, self.rules.follow_up.fillers
        return tuple(word for word in dict.fromkeys(cut(subject)) if len(word) > 1 and word not in fillers)

    def _heading(self, passage: Passage) -> str:
        """The title, and whatever else a guide is called."""
        guide = self.guides.get(passage.document_id) if passage.kind is PassageKind.GUIDE else None
        return "\n".join((passage.title, *(guide.aliases if guide else ())))
