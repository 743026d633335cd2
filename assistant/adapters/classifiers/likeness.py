"""How alike messages are: in characters, in words and in meaning. Knows nothing of labels.

Each view of a message (title, text) is compared on its own and the likenesses are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from assistant.adapters.classifiers.learning_settings import Mixture
from assistant.adapters.classifiers.remembered_vectors import RememberedVectors
from assistant.adapters.classifiers.term_counts import TermCounts, Terms

Table = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class ViewReader:
    """How one view is turned into numbers. `centre` [dimension]: the mean vector of the examples."""

    characters: TermCounts
    words: TermCounts
    centre: Table
    head_characters: int

    def read(self, texts: Sequence[str], vectors: RememberedVectors, mixture: Mixture) -> ReadView:
        """What counts nothing in the mixture is not read."""
        moved = _centred(vectors.of(heads(texts, self.head_characters)), self.centre)
        characters = self.characters.rows(texts) if mixture.characters else self.characters.no_rows(len(texts))
        words = self.words.rows(texts) if mixture.words else self.words.no_rows(len(texts))
        return ReadView(characters, words, moved)


@dataclass(frozen=True, slots=True)
class ReadView:
    """One row per message in each of the three."""

    characters: csr_matrix
    words: csr_matrix
    vectors: Table

    def only(self, places: Places) -> ReadView:
        """Of these messages alone."""
        return ReadView(self.characters[places], self.words[places], self.vectors[places])

    def turned(self) -> ReadView:
        """The same, laid out for being compared with."""
        return ReadView(self.characters.T.tocsr(), self.words.T.tocsr(), self.vectors)


def fit_view(
    texts: Sequence[str], names: Sequence[str], readings: tuple[Terms, Terms, int], vectors: RememberedVectors
) -> tuple[ViewReader, ReadView]:
    """A reader fitted on `texts`, and what it reads of them and then of `names`.

    `readings`: how characters are counted, how words are counted, and how many characters are turned into a vector.
    """
    character_terms, word_terms, head = readings
    characters, character_rows = TermCounts.fitted(texts, character_terms)
    words, word_rows = TermCounts.fitted(texts, word_terms)
    found = vectors.of(heads([*texts, *names], head))
    centre: Table = found[: len(texts)].mean(axis=0)
    character_table = csr_matrix(vstack([character_rows, characters.rows(names)])) if names else character_rows
    word_table = csr_matrix(vstack([word_rows, words.rows(names)])) if names else word_rows
    return ViewReader(characters, words, centre, head), ReadView(character_table, word_table, _centred(found, centre))


def heads(texts: Sequence[str], characters: int) -> list[str]:
    return [text[:characters] for text in texts]


def likeness(views: Sequence[ReadView], examples: Sequence[ReadView], mixture: Mixture, sharpness: float) -> Table:
    """[messages, examples], each with itself 1. `examples` are turned."""
    total = np.zeros((len(views[0].vectors), len(examples[0].vectors)), np.float32)
    for view, example in zip(views, examples, strict=True):
        if mixture.vectors:
            total += mixture.vectors * vector_likeness(view.vectors, example.vectors, sharpness)
        if mixture.characters:
            total += mixture.characters * _products(view.characters, example.characters)
        if mixture.words:
            total += mixture.words * _products(view.words, example.words)
    total /= len(views)
    return total


def _products(rows: csr_matrix, turned: csr_matrix) -> Table:
    """`rows @ turned`, every number of it. A single message is added up here: scipy takes longer to look at two tables than to multiply."""
    if rows.shape[0] != 1:
        table: Table = (rows @ turned).toarray()
        return table
    total = np.zeros(turned.shape[1], np.float32)
    starts, places, values = turned.indptr, turned.indices, turned.data
    for term, weight in zip(rows.indices.tolist(), rows.data, strict=True):
        first, end = starts[term], starts[term + 1]
        total[places[first:end]] += weight * values[first:end]
    return total.reshape(1, -1)


def vector_likeness(vectors: Table, others: Table, sharpness: float) -> Table:
    """[vectors, others] of unit vectors, in (0, 1]."""
    table: Table = vectors @ others.T
    table -= 1
    table *= 2 * sharpness
    np.exp(table, out=table)
    return table


def character_likeness(views: Sequence[ReadView], examples: Sequence[ReadView]) -> Table:
    """[messages, examples]: the least over the views, in characters alone."""
    tables = [(view.characters @ example.characters).toarray() for view, example in zip(views, examples, strict=True)]
    least: Table = np.minimum.reduce(tables)
    return least


def _centred(vectors: Table, centre: Table) -> Table:
    # Vectors of e5 all point much the same way; the difference from the average is what tells texts apart.
    moved: Table = vectors - centre
    moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
    return moved
