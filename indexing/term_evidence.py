"""What the words of a question say for a passage beyond their sum: the document around it, and words that stand together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexing.character_pairs import character_pairs
from indexing.rank_fusion import Scores
from indexing.tuning import FusionTuning


@dataclass(frozen=True, slots=True)
class TermEvidence:
    """Per candidate, each in [0, 1]: the share of the question's weight in its words, in its document, and in unbroken runs."""

    share: Scores
    document: Scores
    run: Scores


@dataclass(frozen=True, slots=True, eq=False)
class TermMatches:
    """Which terms of one question stand in which candidates, and in the allowed passages of their documents.

    `rarities` float64 [terms]: the weight of each in BM25. `own` float32 [candidates, terms] and `best_of_document` float32 [documents,
    terms]: what a term adds to the BM25 score of the passage, and of the document's allowed passage where it adds most. `document_of`
    int64 [candidates] numbers the documents; `sizes` [documents] counts their allowed passages. Text that does not bind on the day and in
    the region must not speak for its document either. A document of more passages than `tuning.document_passages` may be left at 0.
    """

    terms: Sequence[str]
    rarities: npt.NDArray[np.float64]
    own: npt.NDArray[np.float32]
    best_of_document: npt.NDArray[np.float32]
    document_of: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]

    @property
    def ceiling(self) -> float:
        """The highest score the question could reach."""
        return float(self.rarities.sum())

    def evidence(self, text: str, tuning: FusionTuning) -> TermEvidence:
        """`text`: the question that the terms are of."""
        if self.ceiling <= 0:
            nothing = np.zeros(len(self.own), dtype=np.float32)
            return TermEvidence(nothing, nothing, nothing)
        share = (self.own.sum(axis=1) / self.ceiling).astype(np.float32)
        return TermEvidence(share, self._document_share(share, tuning), self._runs(text))

    def _document_share(self, share: Scores, tuning: FusionTuning) -> Scores:
        """Each term counts as in the passage of the document where it counts most; long documents hold every word somewhere."""
        sizes = np.maximum(self.sizes, 1)
        found = self.best_of_document.sum(axis=1) / self.ceiling / (1 + tuning.document_discount * np.log(sizes))
        return np.where(sizes <= tuning.document_passages, found, 0)[self.document_of].clip(min=share).astype(np.float32)

    def _runs(self, text: str) -> Scores:
        """Root of the summed squares of the weights of unbroken runs of character pairs, as a share of all pairs' weight."""
        column = {term: place for place, term in enumerate(self.terms)}
        matched = self.own > 0
        squares, run = np.zeros(len(matched)), np.zeros(len(matched))
        total, last = 0.0, ""
        for pair in character_pairs(text):
            weight = float(self.rarities[column[pair]])
            total += weight
            here = matched[:, column[pair]]
            goes_on = here & (pair[0] == last)
            squares += np.where(goes_on, 0, run**2)
            run = np.where(here, weight + np.where(goes_on, run, 0), 0)
            last = pair[1]
        return (np.sqrt(squares + run**2) / (total or 1.0)).astype(np.float32)


def strongest(
    places: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], scores: Scores, shape: tuple[int, int]
) -> npt.NDArray[np.float32]:
    """The highest score by (place, column); 0 where there is none. A place of -1 is left out."""
    best = np.zeros(shape[0] * shape[1], dtype=np.float32)
    kept = places >= 0
    np.maximum.at(best, places[kept] * shape[1] + columns[kept], scores[kept])
    return best.reshape(shape)
