"""What every teacher does alike: train and measure on examples not seen, and take from the shelf what can be used."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from assistant.classification import ClassifierShelf, ClassifierTrainer, LabelledText, ScoredLabel, TextClassifier
from assistant.errors import ClassifierError

log = structlog.get_logger(__name__)

THRESHOLD, ACCURACY = "threshold", "accuracy"
"""Names of facts on the shelf."""


@dataclass(frozen=True, slots=True)
class Learned:
    """`unseen`: per example, what it would be taken for by a classifier that had not learned from it; `facts` without thresholds."""

    classifier: TextClassifier
    unseen: Sequence[tuple[ScoredLabel, ...]]
    facts: Mapping[str, float]


def learn_measured(trainer: ClassifierTrainer, examples: Sequence[LabelledText]) -> Learned:
    """Raises TooFewExamples."""
    started = time.perf_counter()
    classifier, unseen = trainer.train(examples), trainer.out_of_fold(examples)
    right = sum(guesses[0].label == example.label for example, guesses in zip(examples, unseen, strict=True))
    facts = {
        ACCURACY: right / len(examples),
        "examples": float(len(examples)),
        "seconds_to_train": round(time.perf_counter() - started, 1),
    }
    return Learned(classifier, unseen, facts)


def usable(shelf: ClassifierShelf, name: str) -> TextClassifier | None:
    """The one on the shelf; None where there is none, or it is damaged or of another embedder."""
    try:
        return shelf.load(name)
    except ClassifierError as error:
        log.warning("classifier_refused", name=name, error=type(error).__name__)
        return None
