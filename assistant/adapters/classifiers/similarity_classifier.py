"""A trained classifier: messages are scored by how alike they are to the examples. Learns nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.adapters.classifiers.calibration import Confidences, confidences
from assistant.adapters.classifiers.learning_settings import LearningSettings, Mixture
from assistant.adapters.classifiers.likeness import ReadView, Table, ViewReader, likeness
from assistant.adapters.classifiers.message_views import read_views
from assistant.adapters.classifiers.remembered_vectors import RememberedVectors
from assistant.classification import ScoredLabel

# So many messages are compared with all examples at a time, to bound memory.
_MESSAGES_AT_A_TIME = 512


@dataclass(frozen=True, slots=True)
class LearnedParts:
    """All that training found. `examples` are turned; `weights` [examples, labels]; `offsets` [labels] is the score of a stranger."""

    titled: bool
    readers: tuple[ViewReader, ...]
    examples: tuple[ReadView, ...]
    weights: Table
    offsets: Table
    sharpness: float
    mixture: Mixture


class SimilarityClassifier:
    """The TextClassifier of this package."""

    def __init__(
        self, labels: tuple[str, ...], training_digest: str, parts: LearnedParts, vectors: RememberedVectors, settings: LearningSettings
    ) -> None:
        self.labels, self.training_digest, self.parts, self.settings = labels, training_digest, parts, settings
        self.embedder_fingerprint = vectors.fingerprint
        self._vectors = vectors

    def classify(self, text: str, title: str = "") -> tuple[ScoredLabel, ...]:
        return self.classify_many([(title, text)])[0]

    def classify_many(self, messages: Sequence[tuple[str, str]]) -> list[tuple[ScoredLabel, ...]]:
        parts = [messages[start : start + _MESSAGES_AT_A_TIME] for start in range(0, len(messages), _MESSAGES_AT_A_TIME)]
        return [scored for part in parts for scored in ranked(self.labels, self._confidences(part))]

    def _confidences(self, messages: Sequence[tuple[str, str]]) -> Confidences:
        parts = self.parts
        columns = read_views(messages, titled=parts.titled, max_characters=self.settings.reading.max_characters)
        views = [reader.read(column, self._vectors, parts.mixture) for reader, column in zip(parts.readers, columns, strict=True)]
        scores = likeness(views, parts.examples, parts.mixture, self.settings.likeness.sharpness) @ parts.weights + parts.offsets
        return confidences(scores, parts.sharpness)


def ranked(labels: Sequence[str], table: Confidences) -> list[tuple[ScoredLabel, ...]]:
    """Labels of each row, best first; equals in the order of `labels`."""
    orders = np.argsort(-table, axis=1, kind="stable")
    # Plain lists: one label after the other is read from them, many times faster than from arrays.
    return [
        tuple(ScoredLabel(labels[place], row[place]) for place in order) for row, order in zip(table.tolist(), orders.tolist(), strict=True)
    ]
