"""Finds the mixture of likenesses, the weights, what labels share and the sharpness that tell labels apart. Reads no text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from assistant.adapters.classifiers.calibration import Scores, fit_sharpness
from assistant.adapters.classifiers.label_sharing import find_sharing
from assistant.adapters.classifiers.learning_settings import FittingSettings, LearningSettings, Mixture
from assistant.adapters.classifiers.likeness import ReadView, character_likeness, likeness
from assistant.adapters.classifiers.ridge import Places, Table, fit, scores_left_out


@dataclass(frozen=True, slots=True)
class Lessons:
    """`numbers` [messages]: places of their labels. The first `examples` messages are examples, the others names of labels."""

    views: tuple[ReadView, ...]
    numbers: Places
    labels: int
    examples: int

    def thinned(self, most: int) -> Lessons:
        """At most so many examples, evenly from all; the names stay."""
        if self.examples <= most:
            return self
        kept = np.linspace(0, self.examples - 1, most).astype(np.intp)
        places = np.concatenate([kept, np.arange(self.examples, len(self.numbers))])
        return Lessons(tuple(view.only(places) for view in self.views), self.numbers[places], self.labels, most)


@dataclass(frozen=True, slots=True)
class Fitted:
    """`weights` [messages, labels]; `offsets` [labels]; `scores` [examples, labels]: of each example when left out.

    `surprise` is the mean of -ln of the confidence in the true label.
    """

    mixture: Mixture
    weights: Table
    offsets: Table
    scores: Scores
    sharpness: float
    surprise: float


def fit_lessons(lessons: Lessons, settings: LearningSettings) -> Fitted:
    """With the mixture under which examples left out are told best."""
    few = lessons.thinned(settings.likeness.chosen_on)
    groups = _alike(few.views, settings.fitting.near_duplicate)
    tried = [_fit_mixture(few, groups, mixture, settings) for mixture in settings.likeness.mixtures]
    best = min(tried, key=lambda one: one.surprise)
    if few is not lessons:
        best = _fit_mixture(lessons, _alike(lessons.views, settings.fitting.near_duplicate), best.mixture, settings)
    return _shared(best, lessons, settings)


def _shared(fitted: Fitted, lessons: Lessons, settings: LearningSettings) -> Fitted:
    fitting, numbers = settings.fitting, lessons.numbers[: lessons.examples]
    found = find_sharing(fitted.scores, numbers, settings.sharing, fitting.least_sharp, fitting.most_sharp)
    return replace(
        fitted,
        weights=fitted.weights @ found.table,
        offsets=fitted.offsets @ found.table,
        scores=found.scores,
        sharpness=found.sharpness,
        surprise=found.surprise,
    )


def _fit_mixture(lessons: Lessons, groups: Sequence[Places], mixture: Mixture, settings: LearningSettings) -> Fitted:
    fitting, turned = settings.fitting, [view.turned() for view in lessons.views]
    truth = np.zeros((len(lessons.numbers), lessons.labels), np.float32)
    truth[np.arange(len(truth)), lessons.numbers] = 1
    offsets: Table = truth[: lessons.examples].mean(axis=0)
    truth -= offsets
    weights, inverse = fit(likeness(lessons.views, turned, mixture, settings.likeness.sharpness), truth, _penalties(lessons, fitting))
    scores = (scores_left_out(truth, weights, inverse, groups) + offsets)[: lessons.examples]
    sharpness, surprise = fit_sharpness(scores, lessons.numbers[: lessons.examples], fitting.least_sharp, fitting.most_sharp)
    return Fitted(mixture, weights, offsets, scores, sharpness, surprise)


def _penalties(lessons: Lessons, fitting: FittingSettings) -> Table:
    """[messages]: less for labels with few examples, which would else be given too seldom; names count as they are."""
    counts = np.bincount(lessons.numbers[: lessons.examples], minlength=lessons.labels).astype(np.float32)
    penalties = np.full(len(lessons.numbers), fitting.penalty, np.float32)
    penalties[: lessons.examples] *= (counts / np.median(counts))[lessons.numbers[: lessons.examples]] ** np.float32(fitting.balance)
    return penalties


def _alike(views: Sequence[ReadView], threshold: float) -> list[Places]:
    """Groups of messages that are near-duplicates of one another."""
    table = csr_matrix(character_likeness(views, [view.turned() for view in views]) > threshold)
    _, group = connected_components(table, directed=False)
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
