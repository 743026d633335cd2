"""Telling messages apart by labelled examples: the values and the ports. How it is learned is an adapter's business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A message with the label a person gave it. `title` "" where it has none."""

    text: str
    label: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ScoredLabel:
    """`confidence` in 0..1 is calibrated: of all texts given a label at .9, about nine in ten bear it."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ClassifierState:
    """What is on the shelf, and whether it is what would be learned now; `digest` "" and `facts` empty before the first training.

    `facts` as measured at training: accuracy, examples, seconds_to_train, and thresholds.
    """

    name: str
    labels: tuple[str, ...]
    digest: str
    embedder_fingerprint: str
    examples_now: int
    current: bool
    facts: Mapping[str, float]


class TextClassifier(Protocol):
    """Trained once, then only read; safe to call from many threads."""

    labels: tuple[str, ...]
    training_digest: str
    """Of the examples and of the way they are learned: another digest, another classifier."""
    embedder_fingerprint: str

    def classify(self, text: str, title: str = "") -> tuple[ScoredLabel, ...]:
        """Every label, best first; confidences sum to 1."""

    def classify_many(self, messages: Sequence[tuple[str, str]]) -> list[tuple[ScoredLabel, ...]]:
        """The same for (title, text) pairs, in one batch."""


class ClassifierTrainer(Protocol):
    """Learns in seconds on two cores. The same examples in any order give the same classifier."""

    def digest(self, examples: Sequence[LabelledText]) -> str:
        """What `training_digest` of a classifier trained on these would be; costs no training."""

    def train(self, examples: Sequence[LabelledText]) -> TextClassifier:
        """Raises TooFewExamples where there are fewer than two labels, or no example holds any text."""

    def out_of_fold(self, examples: Sequence[LabelledText]) -> list[tuple[ScoredLabel, ...]]:
        """What each example would be taken for by a classifier that learned from all the others but not from it, in the order given.

        For setting thresholds. Costs one training; raises as `train` does.
        """


class ClassifierShelf(Protocol):
    """Keeps trained classifiers by name."""

    def save(self, name: str, classifier: TextClassifier, facts: Mapping[str, float] | None = None) -> None:
        """All or nothing: a reader sees the old one or the new one. `facts` were measured at training (accuracy, thresholds)."""

    def facts(self, name: str) -> Mapping[str, float]:
        """What was kept beside the classifier; empty where there is none."""

    def load(self, name: str) -> TextClassifier | None:
        """None where there is none. Raises ClassifierMismatch where trained for another embedder, ClassifierDamaged where unreadable."""
