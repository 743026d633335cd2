"""Postings of the words that questions use, kept in memory as far as they fit, and what they say. For an index of moderate size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexing.adapters.postgres import queries
from indexing.adapters.postgres.generation_facts import GenerationFacts
from indexing.adapters.postgres.kept import Kept
from indexing.adapters.postgres.known_passages import KnownPassages
from indexing.adapters.postgres.numbers import Numbers, number_of
from indexing.adapters.postgres.question_words import Found, SaidByWords
from indexing.adapters.postgres.reading import Reader, array, sent
from indexing.adapters.snapshot_candidates import AllowedRows, term_matches
from indexing.rank_fusion import Scores, best_first
from indexing.tuning import LexicalTuning

# Of two arrays and their place among the others, so that words that nobody wrote cannot fill the memory for nothing.
_OVERHEAD = 400
Postings = tuple[npt.NDArray[np.int32], Scores]
"""Rows of the passages that hold a term, and what it adds to the score of each."""


class KnownWords:
    """Of one generation, whose rows never change. Safe from many threads."""

    def __init__(self, passages: KnownPassages, facts: GenerationFacts, tuning: LexicalTuning, most_bytes: int) -> None:
        self.passages = passages
        self._damping = tuning.k1 * (1 - tuning.b) + tuning.k1 * tuning.b / facts.average_length * passages.lengths
        self._kept: Kept[int, Postings] = Kept(most_bytes, lambda postings: _OVERHEAD + postings[0].nbytes + postings[1].nbytes)

    def question(self, reader: Reader, terms: Sequence[str], allowed: AllowedRows) -> WordsInMemory:
        """Reads what is not kept yet."""
        numbers = [number_of(term) for term in terms]
        known = self.read(reader, numbers)
        postings = {term: known[number] for term, number in zip(terms, numbers, strict=True)}
        return WordsInMemory(self.passages, allowed, postings, self._scores(list(postings.values())))

    def read(self, reader: Reader, numbers: Sequence[int]) -> dict[int, Postings]:
        """Of these terms; an empty pair for one that was never seen."""
        known = self._kept.get(numbers)
        missing = [number for number in numbers if number not in known]
        if missing:
            packed = reader.pairs(queries.POSTINGS, {"terms": array(missing)})
            read = {number: self._weighed(sent(packed[number])[:, 0] if number in packed else np.empty(0, np.int64)) for number in missing}
            self._kept.keep(read)
            known |= read
        return known

    def used(self) -> list[int]:
        """Terms that are kept, those used last at the end."""
        return self._kept.keys()

    def _scores(self, postings: Sequence[Postings]) -> Scores:
        rows = np.concatenate([np.empty(0, np.int32), *(rows for rows, _ in postings)])
        weights = np.concatenate([np.empty(0, np.float32), *(weights for _, weights in postings)])
        return np.bincount(rows, weights, minlength=len(self.passages)).astype(np.float32)

    def _weighed(self, packed: Numbers) -> Postings:
        rows, mine = self.passages.rows(packed >> queries.OCCURRENCE_BITS)
        order = np.argsort(rows, kind="stable")
        rows, occurrences = rows[order], (packed[mine] & ((1 << queries.OCCURRENCE_BITS) - 1))[order]
        rarity = np.log1p((len(self.passages) - len(rows) + 0.5) / (len(rows) + 0.5))
        return rows.astype(np.int32), (rarity * occurrences / (self._damping[rows] + occurrences)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class WordsInMemory:
    """Implements QuestionWords, and gives the postings of its terms as the snapshot on the disk does. `scores` float32 [passages]."""

    known: KnownPassages
    allowed: AllowedRows
    terms: dict[str, Postings]
    scores: Scores

    def postings(self, term: str) -> Postings:
        return self.terms[term]

    def rarity(self, term: str) -> float:
        containing = len(self.terms[term][0])
        return float(np.log1p((len(self.known) - containing + 0.5) / (containing + 0.5)))

    def best(self, depth: int) -> Found:
        found = np.flatnonzero(self.scores if self.allowed.mask is None else self.scores * self.allowed.mask)
        rows = found[best_first(self.scores[found], depth)]
        return dict(zip(self.known.numbers[rows].tolist(), self.known.documents(rows).tolist(), strict=True))

    def said(self, passages: Numbers, documents: Numbers, *, whole: bool) -> SaidByWords:
        rows, _ = self.known.rows(passages)
        ceiling = sum(map(self.rarity, self.terms))
        matches = term_matches(self, self.known.columns, tuple(self.terms), rows, self.allowed) if whole else None
        return SaidByWords(self.scores[rows], ceiling, matches)
