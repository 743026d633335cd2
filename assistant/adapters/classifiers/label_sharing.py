"""Labels that are taken for one another lend each other score. How much is found out on examples left out. Pure arithmetic.

Among many labels the examples of one say something about its neighbours too (offices of one bureau); among a few broad ones they do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from assistant.adapters.classifiers.calibration import Scores, fit_sharpness
from assistant.adapters.classifiers.learning_settings import SharingSettings

Places = npt.NDArray[np.intp]
_PARTS = 10


@dataclass(frozen=True, slots=True)
class Sharing:
    """`table` [labels, labels]: scores times this are the shared ones. `scores` [examples, labels]: shared as the other examples say.

    `surprise` is the mean of -ln of the confidence in the true label under `sharpness`.
    """

    table: Scores
    scores: Scores
    sharpness: float
    surprise: float


def find_sharing(scores: Scores, numbers: Places, sharing: SharingSettings, least_sharp: float, most_sharp: float) -> Sharing:
    """The strength under which the true labels are likeliest, none where no strength is clearly better.

    `scores` [examples, labels] of examples left out, `numbers` their labels.
    """
    alone, *tried = (_shared(scores, numbers, strength, least_sharp, most_sharp) for strength in (0.0, *sharing.strengths))
    best = min(tried, key=lambda one: one.surprise, default=alone)
    return best if best.surprise < (1 - sharing.least_gain) * alone.surprise else alone


def taken_for_another(scores: Scores, numbers: Places) -> Scores:
    """[labels, labels], symmetric: what examples of one label score on average for the other; 0 for a label with itself."""
    examples, labels = scores.shape
    truth = csr_matrix((np.ones(examples, np.float32), (numbers, np.arange(examples))), shape=(labels, examples))
    means = (truth @ scores) / np.maximum(np.bincount(numbers, minlength=labels), 1)[:, None].astype(np.float32)
    np.fill_diagonal(means, 0)
    both: Scores = (means + means.T) / 2
    return both


def _shared(scores: Scores, numbers: Places, strength: float, least_sharp: float, most_sharp: float) -> Sharing:
    mixed = scores.copy()
    # Each tenth is shared as the rest says, so that no example vouches for itself.
    for part in range(_PARTS if strength else 0):
        here = np.arange(len(scores)) % _PARTS == part
        mixed[here] += strength * scores[here] @ taken_for_another(scores[~here], numbers[~here])
    sharpness, surprise = fit_sharpness(mixed, numbers, least_sharp, most_sharp)
    table = np.eye(scores.shape[1], dtype=np.float32) + np.float32(strength) * taken_for_another(scores, numbers)
    return Sharing(table, mixed, sharpness, surprise)
