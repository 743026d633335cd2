"""Kernel ridge regression on labels, with the score that each example gets from all others in closed form. Pure arithmetic.

The closed form for leaving out a group G, residual = (inverse_GG)^-1 weights_G: Rifkin & Lippert 2007, and An, Liu & Venkatesh 2007.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import spotri

Table = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


def fit(likeness: Table, targets: Table, penalties: Table | float) -> tuple[Table, Table]:
    """Weights [examples, labels] and the inverse of likeness + penalties (one per example, or one for all). Overwrites `likeness`."""
    likeness[np.diag_indices_from(likeness)] += np.asarray(penalties, np.float32)
    factor, lower = cho_factor(likeness.T, lower=True, overwrite_a=True, check_finite=False)
    weights: Table = cho_solve((factor, lower), targets, check_finite=False)
    inverse, _ = spotri(factor, lower=True, overwrite_c=True)
    return weights, inverse


def scores_left_out(targets: Table, weights: Table, inverse: Table, groups: Sequence[Places]) -> Table:
    """[examples, labels]: what each example scores when it and the others of its group are not learned from.

    Only the lower triangle of `inverse` is read.
    """
    scores: Table = targets - weights / np.diag(inverse)[:, None]
    for group in groups:
        if len(group) > 1:
            block = np.tril(inverse[np.ix_(group, group)])
            block = block + np.tril(block, -1).T
            scores[group] = targets[group] - np.linalg.solve(block, weights[group])
    return scores
