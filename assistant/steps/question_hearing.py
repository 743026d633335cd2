"""Read a message as it was meant: simplified characters, standard words, names of matters as they are written. Shows nothing of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.known_names import KnownNames, NamesBySound
from assistant.models import ScreenedQuestion
from assistant.ports import Script
from assistant.rules import AnsweringRules
from assistant.spoken_words import SpokenWords
from indexing.ports import Tokenizer
from indexing.vocabulary import PolicyVocabulary
from knowledge_base.made_once import MadeOnce
from knowledge_base.models import ServiceGuide
from knowledge_base.ports import GuideStore

_Named = tuple[PolicyVocabulary | None, tuple[ServiceGuide, ...]]
"""Where the names of matters stand."""


@dataclass(frozen=True, slots=True)
class QuestionHearing:
    """Without `script` or `names` the step does without them."""

    tokenizer: Tokenizer
    guides: GuideStore
    rules: AnsweringRules
    words: SpokenWords
    script: Script | None = None
    names: NamesBySound | None = None
    _known: MadeOnce[_Named, KnownNames] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", MadeOnce(self._known_names))

    def hear(self, question: ScreenedQuestion) -> ScreenedQuestion:
        """With the text that is understood and searched for; the record keeps what was written."""
        return replace(question, text=self.heard(question.text))

    def heard(self, text: str) -> str:
        simplified = self.script.simplified(text) if self.script else text
        standard = self.words.standard(simplified)
        if self.names is None:
            return standard
        known = self._known((self.tokenizer.vocabulary, self.guides.all()))
        return known.corrected(standard, self.tokenizer.words(standard))

    def _known_names(self, named: _Named) -> KnownNames:
        """Proper names: of guides, official terms, short forms of them, words that ask for a field; and everyday words."""
        vocabulary, guides = named
        terms, synonyms = (vocabulary.terms, vocabulary.synonyms) if vocabulary else ((), {})
        short = (word for word, official in synonyms.items() if set(word).issubset("".join(official)))
        matters = (name for guide in guides for name in (guide.title, *guide.aliases))
        facets = (phrase for phrases in self.rules.facets.values() for phrase in phrases)
        if self.names is None:
            raise AssertionError("asked only where names are recognised by their sound")
        return self.names.of(frozenset((*terms, *short, *matters, *facets)), frozenset(synonyms))
