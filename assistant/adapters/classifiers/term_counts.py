"""Weighted counts of characters or words, as scikit-learn counts them. Fitted on the examples, then only read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Terms = Callable[[str], list[str]]
"""The terms of a text."""


class TermCounts:
    """Rows of tf-idf, tf counted as 1 + log, of unit length. `places`: term → column; `weights`: idf by column."""

    def __init__(self, terms: Terms, places: Mapping[str, int], weights: npt.NDArray[np.float32]) -> None:
        self.places, self.weights = dict(places), weights
        self._terms = terms

    @classmethod
    def fitted(cls, texts: Sequence[str], terms: Terms) -> tuple[TermCounts, csr_matrix]:
        """Terms and weights of `texts`, and their rows; works where they hold no term at all."""
        # Only learning needs it, and it takes a second to load: asking a question shall not wait for it.
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

        counter = TfidfVectorizer(analyzer=terms, sublinear_tf=True, dtype=np.float32)
        try:
            rows = csr_matrix(counter.fit_transform(texts))
        except ValueError:
            # "empty vocabulary": messages of nothing but stop words are told apart by their vectors.
            return cls(terms, {"": 0}, np.ones(1, np.float32)), csr_matrix((len(texts), 1), dtype=np.float32)
        return cls(terms, {term: int(place) for term, place in counter.vocabulary_.items()}, counter.idf_.astype(np.float32)), rows

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """float32 [len(texts), terms]; a text without known terms is a row of zeros."""
        counted = [self._counted(text) for text in texts]
        starts = np.cumsum([0, *(len(columns) for columns, _ in counted)])
        columns = np.concatenate([np.zeros(0, np.int32), *(columns for columns, _ in counted)])
        values = np.concatenate([np.zeros(0, np.float32), *(values for _, values in counted)])
        return csr_matrix((values, columns, starts), shape=(len(texts), len(self.places)))

    def no_rows(self, texts: int) -> csr_matrix:
        """Rows of zeros, for texts that need not be counted."""
        return csr_matrix((texts, len(self.places)), dtype=np.float32)

    def _counted(self, text: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Columns and values of one text. By hand: scikit-learn's own takes milliseconds to check a single one."""
        counts = Counter(place for term in self._terms(text) if (place := self.places.get(term)) is not None)
        columns = np.array(sorted(counts), np.int32)
        values = (1 + np.log(np.array([counts[place] for place in sorted(counts)], np.float32))) * self.weights[columns]
        length = np.linalg.norm(values)
        return columns, (values / length if length else values).astype(np.float32)


def character_runs(shortest: int, longest: int) -> Terms:
    """Every run of `shortest` to `longest` characters."""

    def runs(text: str) -> list[str]:
        return [text[start : start + size] for size in range(shortest, longest + 1) for start in range(len(text) - size + 1)]

    return runs
