"""Where the right documents of a question stand by vectors alone, and what that is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from indexing.ports import VectorAdapter, Vectors
from indexing.training.models import QuestionSet

DEPTH = 100
_QUESTIONS_AT_ONCE = 64


def right_places(one: QuestionSet, asked: Sequence[int], adapter: VectorAdapter) -> list[list[int]]:
    """For each question asked, the places (0 = first) of its documents among the first hundred; each stands where its best passage does."""
    return list(_places(one, asked, adapter.passages(one.vectors), adapter))


def reciprocal_ranks(places: Sequence[Sequence[int]], depth: int = 10) -> npt.NDArray[np.float64]:
    return np.array([1.0 / (found[0] + 1) if found and found[0] < depth else 0.0 for found in places])


def figures(places: Sequence[Sequence[int]], right: Sequence[int]) -> Mapping[str, float]:
    """Means over the questions; `right` counts the documents that would have been right."""
    first = np.array([found[0] if found else DEPTH for found in places])
    return {
        "hit@1": float(np.mean(first < 1)),
        "hit@10": float(np.mean(first < 10)),
        "mrr@10": float(np.mean(reciprocal_ranks(places))),
        "recall@100": float(np.mean([len(found) / count for found, count in zip(places, right, strict=True)])),
    }


def right_documents(one: QuestionSet, place: int) -> set[int]:
    return {int(one.documents[row]) for row in one.questions[place].rows}


def _places(one: QuestionSet, asked: Sequence[int], passages: Vectors, adapter: VectorAdapter) -> Iterator[list[int]]:
    order = np.argsort(one.documents, kind="stable")
    documents, starts = np.unique(one.documents[order], return_index=True)
    sorted_passages = passages[order]
    depth = min(DEPTH, len(documents))
    for start in range(0, len(asked), _QUESTIONS_AT_ONCE):
        batch = list(asked[start : start + _QUESTIONS_AT_ONCE])
        scores = np.maximum.reduceat(adapter.queries(one.question_vectors[batch]) @ sorted_passages.T, starts, axis=1)
        for row, place in enumerate(batch):
            best = np.argpartition(-scores[row], depth - 1)[:depth]
            best = best[np.argsort(-scores[row][best], kind="stable")]
            right = right_documents(one, place)
            yield [at for at, document in enumerate(documents[best].tolist()) if document in right]
