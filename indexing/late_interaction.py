"""How well a passage answers each part of a question: cosines of their tokens' vectors, the best for each (MaxSim). Pure.

Late interaction as Khattab and Zaharia (2020) have it, with a share for each token of the question instead of an equal one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexing.rank_fusion import Scores

TokenRows = npt.NDArray[np.int8]
"""Of one passage: [tokens, width], unit vectors times 127, rounded."""
_SCALE = np.float32(127)


@dataclass(frozen=True, slots=True, eq=False)
class QuestionVectors:
    """`vector` float32 [dimension] as an Embedder's; `tokens` float32 [tokens, width], unit length; `shares` float32 [tokens], together 1.

    A question without any token of its own has no rows.
    """

    vector: npt.NDArray[np.float32]
    tokens: npt.NDArray[np.float32]
    shares: npt.NDArray[np.float32]


def fixed(question: QuestionVectors) -> QuestionVectors:
    """The same, whose arrays nobody can change."""
    for array in (question.vector, question.tokens, question.shares):
        array.setflags(write=False)
    return question


def quantised(tokens: npt.NDArray[np.float32]) -> TokenRows:
    """Unit vectors in a quarter of the space; a cosine is off by less than .01."""
    rows: TokenRows = np.rint(tokens * _SCALE).astype(np.int8)
    return rows


def max_similarities(question: QuestionVectors, passages: Sequence[TokenRows]) -> Scores:
    """float32 [passages]: over the question's tokens the sum of share times best cosine. 0 where a side has no tokens."""
    scores = np.zeros(len(passages), np.float32)
    counts = np.array([len(rows) for rows in passages])
    told = np.flatnonzero(counts)
    if not told.size or not len(question.tokens):
        return scores
    joined = np.concatenate([passages[place] for place in told.tolist()]).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(counts[told])[:-1]])
    best = np.maximum.reduceat(joined @ question.tokens.T, starts, axis=0)
    scores[told] = best @ question.shares / _SCALE
    return scores
