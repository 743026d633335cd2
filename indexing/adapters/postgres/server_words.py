"""What the words of a question say for passages, asked of the server: for an index whose words do not fit into memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from indexing.adapters.postgres import queries
from indexing.adapters.postgres.allowed import Allowed
from indexing.adapters.postgres.engine_tuning import EngineTuning
from indexing.adapters.postgres.generation_facts import GenerationFacts
from indexing.adapters.postgres.keyword_search import KeywordSearch
from indexing.adapters.postgres.numbers import Numbers, number_of
from indexing.adapters.postgres.question_terms import QuestionTerms
from indexing.adapters.postgres.question_words import Found, SaidByWords
from indexing.adapters.postgres.reading import Reader, array
from indexing.term_evidence import TermMatches, strongest
from indexing.tuning import Tuning


@dataclass(frozen=True, slots=True, eq=False)
class WordsOnServer:
    """Implements QuestionWords. `share` of the generation's passages is allowed; `words` are the terms as they were asked."""

    reader: Reader
    words: tuple[str, ...]
    terms: QuestionTerms
    allowed: Allowed
    share: float
    tuning: Tuning
    numbers: EngineTuning

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 (what is asked, of what, and by which numbers)
        cls,
        reader: Reader,
        words: tuple[str, ...],
        facts: GenerationFacts,
        allowed: Allowed,
        share: float,
        tuning: Tuning,
        numbers: EngineTuning,
    ) -> WordsOnServer:
        asked = np.array([number_of(word) for word in words], dtype=np.int64)
        containing = reader.pairs(queries.CONTAINING, {"terms": array(asked), "generation": facts.generation})
        return cls(reader, words, QuestionTerms.of(asked, containing, facts, tuning.lexical), allowed, share, tuning, numbers)

    def best(self, depth: int) -> Found:
        return KeywordSearch(self.reader, self.terms, self.allowed, self.share, depth, self.numbers).best()

    def said(self, passages: Numbers, documents: Numbers, *, whole: bool) -> SaidByWords:
        own = self._own(passages, documents)
        matches = self._matches(documents, own) if whole else None
        return SaidByWords(own.sum(axis=1), float(self.terms.rarities.sum()), matches)

    def _own(self, passages: Numbers, documents: Numbers) -> npt.NDArray[np.float32]:
        """float32 [passages, terms]: what each term adds to the score of the passage."""
        shape = len(passages), len(self.terms)
        if not all(shape):
            return np.zeros(shape, np.float32)
        rows = sorted(self.reader.rows(queries.WORDS, {"documents": array(np.unique(documents)), "passages": array(passages)}))
        terms, occurrences = [np.frombuffer(row[1], "<i8") for row in rows], [np.frombuffer(row[2], "<i4") for row in rows]
        lengths = np.array([counts.sum() for counts in occurrences], dtype=np.float64)
        places = np.repeat(np.arange(len(rows)), [len(of_row) for of_row in terms])
        column, asked = _columns(self.terms.numbers, np.concatenate(terms))
        frequency = np.concatenate(occurrences)[asked]
        damping = self.terms.flat + self.terms.slope * lengths[places[asked]]
        weights = (self.terms.rarities[column] * frequency / (damping + frequency)).astype(np.float32)
        return strongest(places[asked], column, weights, shape)

    def _matches(self, documents: Numbers, own: npt.NDArray[np.float32]) -> TermMatches:
        distinct, document_of = np.unique(documents, return_inverse=True)
        given: dict[str, Any] = self.allowed.parameters
        sizes = self.reader.pairs(queries.document_sizes(self.allowed), given | {"documents": array(distinct)})
        # Of longer ones nothing is asked: they hold every word somewhere.
        short = [document for document in distinct.tolist() if sizes.get(document, 0) <= self.tuning.fusion.document_passages]
        asked = given | self.terms.parameters | {"documents": array(short)}
        best = self.reader.rows(queries.best_of_documents(self.allowed), asked)
        table = np.array([(row[0], row[1]) for row in best], dtype=np.int64).reshape(-1, 2)
        column, _ = _columns(self.terms.numbers, table[:, 1])
        scores = np.array([row[2] for row in best], dtype=np.float32)
        return TermMatches(
            terms=self.words,
            rarities=self.terms.rarities,
            own=own,
            best_of_document=strongest(np.searchsorted(distinct, table[:, 0]), column, scores, (len(distinct), len(self.terms))),
            document_of=document_of,
            sizes=np.array([sizes.get(document, 0) for document in distinct.tolist()], dtype=np.int64),
        )


def _columns(terms: Numbers, found: Numbers) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Of those of `found` that are among `terms`: their places there, and which of `found` they are."""
    order = np.argsort(terms)
    places = np.minimum(np.searchsorted(terms, found, sorter=order), max(len(terms) - 1, 0))
    asked: npt.NDArray[np.bool_] = terms[order][places] == found if len(terms) else np.zeros(len(found), dtype=np.bool_)
    return order[places[asked]], asked
