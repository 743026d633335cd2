"""Scores into confidences. One number is fitted over all labels together, so that labels with few examples need none of their own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax

Scores = npt.NDArray[np.float32]
Confidences = npt.NDArray[np.float64]


def confidences(scores: Scores, sharpness: float) -> Confidences:
    """[messages, labels], each row sums to 1."""
    shares: Confidences = softmax(scores.astype(np.float64) * sharpness, axis=1)
    return shares


def fit_sharpness(scores: Scores, labels: npt.NDArray[np.intp], least: float, most: float) -> tuple[float, float]:
    """The sharpness under which the true labels are likeliest, and how unlikely they are then: mean of -ln (Guo et al. 2017)."""
    wide, rows = scores.astype(np.float64), np.arange(len(labels))

    def loss(logarithm: float) -> float:
        sharp = wide * np.exp(logarithm)
        return float(np.mean(logsumexp(sharp, axis=1) - sharp[rows, labels]))

    best = minimize_scalar(loss, bounds=(np.log(least), np.log(most)), method="bounded")
    return float(np.exp(best.x)), float(best.fun)
