"""BM25 over term ids: built by sorting, kept by bm25s as memory-mapped columns."""

from __future__ import annotations

from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

from indexing.tuning import LexicalTuning

Ids = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


def build_lexical_index(term_ids: Ids, offsets: Offsets, vocabulary: dict[str, int], tuning: LexicalTuning) -> bm25s.BM25:
    """`term_ids[offsets[i]:offsets[i+1]]` are the terms of passage i. Scores as bm25s computes them (Lucene's form), in one sort.

    bm25s itself walks passages in Python; at 20,000 passages that took most of a refresh.
    """
    passage_count, term_count = len(offsets) - 1, len(vocabulary)
    lengths = np.diff(offsets)
    rows = np.repeat(np.arange(passage_count, dtype=np.int64), lengths)
    cells, frequency = np.unique(term_ids.astype(np.int64) * max(passage_count, 1) + rows, return_counts=True)
    terms, passages = np.divmod(cells, max(passage_count, 1))
    containing = np.bincount(terms, minlength=term_count)
    rarity = np.log1p((passage_count - containing + 0.5) / (containing + 0.5))
    average = lengths.mean() if passage_count and lengths.sum() else 1.0
    damping = tuning.k1 * (1 - tuning.b + tuning.b * lengths[passages] / average)
    index = bm25s.BM25(k1=tuning.k1, b=tuning.b, method="lucene", backend="numpy")
    index.scores = {
        "data": (rarity[terms] * frequency / (damping + frequency)).astype(np.float32),
        "indices": passages.astype(np.int32),
        "indptr": np.concatenate([[0], np.cumsum(containing)]).astype(np.int64),
        "num_docs": passage_count,
    }
    index.vocab_dict = vocabulary
    index.nonoccurrence_array = None
    return index


def save_lexical_index(index: bm25s.BM25, folder: Path) -> None:
    index.save(folder, show_progress=False)


class LexicalIndex:
    """Scores every passage for a list of terms. Reads the columns through the page cache; safe from many threads."""

    def __init__(self, folder: Path) -> None:
        self._index = bm25s.BM25.load(folder, mmap=True, load_corpus=False, show_progress=False)
        # The same bytes without the wrapping of numpy's memmap, whose every slice costs microseconds.
        columns = {name: np.asarray(column) for name, column in self._index.scores.items() if isinstance(column, np.ndarray)}
        self._index.scores = {**self._index.scores, **columns}

    @property
    def vocabulary(self) -> dict[str, int]:
        vocabulary: dict[str, int] = self._index.vocab_dict
        return vocabulary

    @property
    def passage_count(self) -> int:
        return int(self._index.scores["num_docs"])

    def postings(self, term: str) -> tuple[Ids, npt.NDArray[np.float32]]:
        """The rows that hold the term, in order, and what it adds to the score of each; both empty for a term never seen."""
        number = self.vocabulary.get(term)
        if number is None:
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        start, end = self._index.scores["indptr"][number : number + 2]
        return self._index.scores["indices"][start:end], self._index.scores["data"][start:end]

    def rarity(self, term: str) -> float:
        """Its weight in BM25; a term never seen counts as the rarest."""
        number = self.vocabulary.get(term)
        indptr = self._index.scores["indptr"]
        containing = 0 if number is None else int(indptr[number + 1] - indptr[number])
        return float(np.log1p((self.passage_count - containing + 0.5) / (containing + 0.5)))

    def ceiling(self, terms: list[str]) -> float:
        """What a passage holding every one of these terms without end would score; a term never seen counts as the rarest."""
        indptr, vocabulary = self._index.scores["indptr"], self.vocabulary
        numbers = np.array([vocabulary[term] for term in terms if term in vocabulary], dtype=np.int64)
        containing = indptr[numbers + 1] - indptr[numbers]
        known = np.log1p((self.passage_count - containing + 0.5) / (containing + 0.5)).sum()
        return float(known + (len(terms) - len(numbers)) * np.log1p((self.passage_count + 0.5) / 0.5))

    def scores(self, terms: list[str]) -> npt.NDArray[np.float32]:
        """float32 [passages]; 0.0 where no term occurs."""
        return self.scores_of_ids([self.vocabulary[term] for term in terms if term in self.vocabulary])

    def scores_of_ids(self, known: list[int]) -> npt.NDArray[np.float32]:
        if not known or self.passage_count == 0:
            return np.zeros(self.passage_count, dtype=np.float32)
        scores: npt.NDArray[np.float32] = self._index.get_scores_from_ids(known)
        return scores
