"""Whether a trained adapter may replace the model as it is: measured on questions that did not teach, against chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from indexing.ports import VectorAdapter
from indexing.training.held_out_ranks import figures, reciprocal_ranks, right_documents, right_places
from indexing.training.models import QuestionSet, SetFigures
from indexing.vector_adaptation import UNADAPTED


def compare_with_base(one: QuestionSet, asked: Sequence[int], adapter: VectorAdapter, rounds: int, seed: int) -> SetFigures:
    """Raises ValueError where no question is asked."""
    if not asked:
        raise ValueError(one.name)
    before, after = (right_places(one, asked, each) for each in (UNADAPTED, adapter))
    return _compared(one, asked, before, after, rounds, seed)


def compare_vectors(before: QuestionSet, after: QuestionSet, asked: Sequence[int], rounds: int, seed: int) -> SetFigures:
    """The same set with the vectors of two models. Raises ValueError where no question is asked."""
    if not asked:
        raise ValueError(before.name)
    return _compared(before, asked, right_places(before, asked, UNADAPTED), right_places(after, asked, UNADAPTED), rounds, seed)


def _compared(  # noqa: PLR0913, PLR0917 (what is compared, and how)
    one: QuestionSet, asked: Sequence[int], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]], rounds: int, seed: int
) -> SetFigures:
    low, high = gain_interval(reciprocal_ranks(before), reciprocal_ranks(after), rounds, seed)
    right = [len(right_documents(one, place)) for place in asked]
    return SetFigures(one.name, len(asked), figures(before, right), figures(after, right), low, high)


def gain_interval(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64], rounds: int, seed: int) -> tuple[float, float]:
    """95 % percentile interval of the mean gain, the same questions drawn for both (paired bootstrap; Sakai 2006 for retrieval)."""
    gains = after - before
    chance = np.random.default_rng(seed)
    means = [float(gains[chance.integers(0, len(gains), len(gains))].mean()) for _ in range(rounds)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
