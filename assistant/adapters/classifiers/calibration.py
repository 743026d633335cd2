"""Scores into confidences. One number is fitted over all labels together, so that labels with few examples need none of their own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

Scores = npt.NDArray[np.float32]
Confidences = npt.NDArray[np.float64]


def confidences(scores: Scores, sharpness: float) -> Confidences:
    """[messages, labels], each row sums to 1."""
    # SciPy's softmax takes longer to look at its arguments than one message takes to be compared with all examples.
    shares: Confidences = scores.astype(np.float64) * sharpness
    shares -= shares.max(axis=1, keepdims=True)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def fit_sharpness(scores: Scores, labels: npt.NDArray[np.intp], least: float, most: float) -> tuple[float, float]:
    """The sharpness under which the true labels are likeliest, and how unlikely they are then: mean of -ln (Guo et al. 2017)."""
    below_best = scores.astype(np.float64) - scores.max(axis=1, keepdims=True)
    of_truth = below_best[np.arange(len(labels)), labels]

    def loss(logarithm: float) -> float:
        sharpness = np.exp(logarithm)
        return float(np.mean(np.log(np.exp(below_best * sharpness).sum(axis=1)) - of_truth * sharpness))

    best = minimize_scalar(loss, bounds=(np.log(least), np.log(most)), method="bounded")
    return float(np.exp(best.x)), float(best.fun)
