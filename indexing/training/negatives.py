"""Hard negatives: the wrong passages that the model as it is takes for the right ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from indexing.ports import Vectors

_QUESTIONS_AT_ONCE = 64


def hard_negatives(questions: Vectors, passages: Vectors, right: Sequence[Sequence[int]], depth: int) -> npt.NDArray[np.int64]:
    """[questions, depth or all passages there are] rows by cosine, the right ones left out as far as others remain."""
    depth = min(depth, len(passages))
    found = np.empty((len(questions), depth), dtype=np.int64)
    for start in range(0, len(questions), _QUESTIONS_AT_ONCE):
        scores = questions[start : start + _QUESTIONS_AT_ONCE] @ passages.T
        for place, rows in enumerate(right[start : start + _QUESTIONS_AT_ONCE]):
            scores[place, list(rows)] = -np.inf
        found[start : start + _QUESTIONS_AT_ONCE] = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
    return found
