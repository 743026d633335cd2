"""Tell by what the policy base says whether a few words go on with the matter before or name another. Cites and composes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.models import ConversationTurn, ScreenedQuestion
from assistant.rules import AnsweringRules
from assistant.steps.evidence_finder import EvidenceFinder, coverage
from indexing.models import RankedPassage, SearchQuery


@dataclass(frozen=True, slots=True)
class _Nearness:
    """Of the best passage: `vector` a cosine, `words` the share of the question's words found."""

    vector: float
    words: float


@dataclass(frozen=True, slots=True)
class MatterBefore:
    """What the turn before cited, and what its guide rests on, is the matter before; everything else is elsewhere."""

    finder: EvidenceFinder
    rules: AnsweringRules

    def is_left(self, question: ScreenedQuestion, subject: str, turn: ConversationTurn) -> bool:
        """True if texts elsewhere are clearly nearer to the question alone, near enough to answer it. Raises IndexingError.

        `subject` is what the question is about, "" for nothing.
        """
        terms, evidence, follow_up = self._terms(subject), self.rules.evidence, self.rules.follow_up
        if not terms:
            return False
        here, elsewhere = self._compared(question, terms, turn)
        own_words = sum(word in terms for word in self.finder.tokenizer.words(subject))
        enough = evidence.min_vector_score if own_words >= follow_up.own_words else evidence.strong_vector_score
        return elsewhere.vector >= max(enough, here.vector + follow_up.clear_lead) and elsewhere.words > here.words

    def is_kept(self, question: ScreenedQuestion, subject: str, turn: ConversationTurn) -> bool:
        """True if the matter before speaks of the question's words as well as any other, and about as nearly. Raises IndexingError."""
        here, elsewhere = self._compared(question, self._terms(subject), turn)
        return 0.0 < here.words >= elsewhere.words and here.vector >= elsewhere.vector - self.rules.follow_up.clear_lead

    def _terms(self, subject: str) -> tuple[str, ...]:
        fillers = self.rules.follow_up.fillers
        return tuple(term for term in self.finder.tokenizer.query_terms(subject) if len(term) > 1 and term not in fillers)

    def _compared(self, question: ScreenedQuestion, terms: tuple[str, ...], turn: ConversationTurn) -> tuple[_Nearness, _Nearness]:
        query = SearchQuery(question.text, question.as_of, question.jurisdiction, self.rules.evidence.search_limit)
        hits, cited = self.finder.searcher.search(query).hits, self._cited(turn)
        here = [hit for hit in hits if any(hit.passage.title in title for title in cited)]
        others = [hit for hit in hits if hit not in here][: self.rules.quoting.candidate_passages]
        return _nearest(here, terms), _nearest(others, terms)

    def _cited(self, turn: ConversationTurn) -> tuple[str, ...]:
        basis = (line for guide in self.finder.guides.all() if guide.title in turn.subjects for line in guide.basis)
        return (*turn.subjects, *basis)


def _nearest(hits: Iterable[RankedPassage], terms: tuple[str, ...]) -> _Nearness:
    known = tuple(hits)
    return _Nearness(
        max((hit.vector_score for hit in known), default=0.0), max((coverage(terms, hit.passage.search_text) for hit in known), default=0.0)
    )
