"""The passages with the best BM25 scores, exactly, without reading more of the postings than it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from indexing.adapters.postgres import queries
from indexing.adapters.postgres.allowed import Allowed
from indexing.adapters.postgres.engine_tuning import EngineTuning
from indexing.adapters.postgres.question_terms import QuestionTerms
from indexing.adapters.postgres.question_words import Found
from indexing.adapters.postgres.reading import Reader, array

_Scored = list[tuple[Any, ...]]
"""Passage, document, score; best first."""


@dataclass(frozen=True, slots=True, eq=False)
class KeywordSearch:
    """`share` of the generation's passages is allowed; `depth` of them are wanted."""

    reader: Reader
    terms: QuestionTerms
    allowed: Allowed
    share: float
    depth: int
    numbers: EngineTuning

    def best(self) -> Found:
        if not len(self.terms):
            return {}
        found = self._by_rare_terms()
        if found is None:
            found = self._best(self.terms, self.depth)
        return {passage: document for passage, document, _ in found[: self.depth]}

    def _by_rare_terms(self) -> _Scored | None:
        """Common words fill most postings and add least. Where the passages wanted are sure to hold a rare word, only those that could
        still be among them are asked for their common words (Turtle and Flood, 1995). None where that is not sure.
        """
        rare = self.terms.rare(self.numbers.rare_rows)
        if rare.all() or not rare.any():
            return None
        common = self.terms.only(~rare)
        found = self._best(self.terms.only(rare), self.numbers.rare_reach)
        if len(found) < self.depth:
            return None
        still = found[self.depth - 1][2] - float(common.rarities.sum())
        if still < 0 or (len(found) == self.numbers.rare_reach and found[-1][2] >= still):
            return None
        hopeful = [one for one in found if one[2] >= still]
        added = self._added(common, hopeful)
        whole = [(passage, document, score + added.get(passage, 0.0)) for passage, document, score in hopeful]
        return sorted(whole, key=lambda one: (-one[2], one[0]))

    def _best(self, terms: QuestionTerms, depth: int) -> _Scored:
        """Few of the best of all are barred as a rule, so the filter need not see every passage."""
        statement = queries.best_lexical(self.allowed)
        asked: dict[str, Any] = {**self.allowed.parameters, **terms.parameters, "depth": depth}
        if self.share >= self.numbers.exact_share:
            found = self.reader.rows(statement, asked | {"reach": int(depth * 2 / self.share)})
            if len(found) == depth:
                return found
        return self.reader.rows(statement, asked | {"reach": None})

    def _added(self, terms: QuestionTerms, scored: _Scored) -> dict[int, float]:
        passages, documents = [passage for passage, _, _ in scored], sorted({document for _, document, _ in scored})
        return self.reader.pairs(queries.SCORES, {**terms.parameters, "passages": array(passages), "documents": array(documents)})
