"""The rows of new passages: numbers, vectors, words. Made in memory before the database hears of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexing.adapters.postgres.numbers import Numbers, number_of
from indexing.character_pairs import character_pairs
from indexing.models import Passage
from indexing.ports import Progress, Tokenizer

_REPORT_EVERY = 500


@dataclass(frozen=True, slots=True, eq=False)
class PassageWords:
    """Of passages in turn: `terms[offsets[i]:offsets[i+1]]` are the distinct terms of passage i, rising, and `occurrences` their counts.

    `words` names every term once.
    """

    terms: Numbers
    occurrences: npt.NDArray[np.int32]
    offsets: Numbers
    words: dict[int, str]

    def lengths(self) -> Numbers:
        """Terms of each passage, repeats included."""
        sums = np.concatenate([[0], np.cumsum(self.occurrences, dtype=np.int64)])
        lengths: Numbers = np.diff(sums[self.offsets])
        return lengths

    def of(self, place: int) -> tuple[bytes, bytes]:
        """As they are kept beside the passage: int64 and int32, little-endian."""
        here = slice(self.offsets[place], self.offsets[place + 1])
        return self.terms[here].astype("<i8").tobytes(), self.occurrences[here].astype("<i4").tobytes()

    def rows(self) -> npt.NDArray[np.int64]:
        """By posting: the place of its passage."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


def cut_into_words(passages: Sequence[Passage], tokenizer: Tokenizer, progress: Progress) -> PassageWords:
    words: dict[int, str] = {}
    terms, occurrences = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    for done, passage in enumerate(passages, start=1):
        found = [*tokenizer.passage_terms(passage.search_text), *character_pairs(passage.search_text)]
        numbers = [number_of(term) for term in found]
        words.update(zip(numbers, found, strict=True))
        distinct, counts = np.unique(np.array(numbers, dtype=np.int64), return_counts=True)
        terms.append(distinct)
        occurrences.append(counts.astype(np.int32))
        if done % _REPORT_EVERY == 0 or done == len(passages):
            progress("切分词语", done, len(passages))
    offsets = np.cumsum([len(of_passage) for of_passage in terms], dtype=np.int64)
    return PassageWords(np.concatenate(terms), np.concatenate(occurrences), offsets, words)
