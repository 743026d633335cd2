"""Learns a classifier from labelled examples: kernel ridge on likeness in characters, words and meaning.

Calibrated on what each example scores when it is left out, never on training scores.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assistant.adapters.classifiers.calibration import Scores, confidences
from assistant.adapters.classifiers.example_choice import choose_examples, label_names
from assistant.adapters.classifiers.fitting import Lessons, fit_lessons
from assistant.adapters.classifiers.learning_settings import LearningSettings
from assistant.adapters.classifiers.likeness import fit_view
from assistant.adapters.classifiers.message_views import read_views
from assistant.adapters.classifiers.remembered_vectors import RememberedVectors
from assistant.adapters.classifiers.similarity_classifier import LearnedParts, SimilarityClassifier, ranked
from assistant.adapters.classifiers.term_counts import character_runs
from assistant.classification import LabelledText, ScoredLabel, TextClassifier
from assistant.errors import TooFewExamples
from indexing.ports import Embedder, Tokenizer

# Raised with every change to how classifiers are learned or kept, so that old ones are trained again.
RECIPE = 2
_PARTING = "\x1f"


@dataclass(frozen=True, slots=True)
class _Learned:
    """`scores` [examples, labels]: of each example when left out."""

    examples: tuple[LabelledText, ...]
    labels: tuple[str, ...]
    parts: LearnedParts
    scores: Scores


class SklearnTrainer:
    """The ClassifierTrainer of this package. Vectors are remembered between trainings, and what was learned last."""

    def __init__(self, embedder: Embedder, tokenizer: Tokenizer, settings: LearningSettings) -> None:
        self._vectors = RememberedVectors(embedder, settings.embedding)
        self._tokenizer, self._settings = tokenizer, settings
        characters = settings.characters
        # A letter is cut into words in milliseconds, which adds up over the folds of an evaluation.
        words = lru_cache(settings.embedding.remembered_texts)(lambda text: _PARTING.join(tokenizer.passage_terms(text)))
        self._readings = (
            character_runs(characters.shortest, characters.longest),
            lambda text: [word for word in words(text).split(_PARTING) if word],
            settings.reading.head_characters,
        )
        self._last: tuple[str, _Learned] | None = None

    def digest(self, examples: Sequence[LabelledText]) -> str:
        """24 hex digits over the examples, the settings, the embedder and the tokenizer."""
        rows = sorted([one.label, one.title, one.text] for one in examples)
        way = [RECIPE, self._settings.recipe(), self._vectors.fingerprint, self._tokenizer.fingerprint]
        written = json.dumps([way, rows], ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(written, digest_size=12).hexdigest()

    def train(self, examples: Sequence[LabelledText]) -> TextClassifier:
        return self._classifier(self._learned(examples), self.digest(examples))

    def out_of_fold(self, examples: Sequence[LabelledText]) -> list[tuple[ScoredLabel, ...]]:
        learned = self._learned(examples)
        found = dict(zip(learned.examples, ranked(learned.labels, confidences(learned.scores, learned.parts.sharpness)), strict=True))
        # What was thinned out was not learned from, so the classifier itself may be asked.
        missing = [one for one in dict.fromkeys(examples) if one not in found]
        answers = self._classifier(learned, "").classify_many([(one.title, one.text) for one in missing])
        found.update(zip(missing, answers, strict=True))
        return [found[one] for one in examples]

    def _classifier(self, learned: _Learned, digest: str) -> SimilarityClassifier:
        return SimilarityClassifier(learned.labels, digest, learned.parts, self._vectors, self._settings)

    def _learned(self, examples: Sequence[LabelledText]) -> _Learned:
        """Training and measuring on examples left out are one piece of work, asked for one after the other."""
        digest, last = self.digest(examples), self._last
        if last is None or last[0] != digest:
            last = digest, self._learn(choose_examples(examples, self._settings.fitting.max_examples))
            self._last = last
        return last[1]

    def _learn(self, examples: list[LabelledText]) -> _Learned:
        labels = tuple(sorted({one.label for one in examples}))
        if len(labels) < 2:
            raise TooFewExamples("样例里至少要有两种标签。")
        # A label's own name is an example of it: it tells most where examples are few.
        lessons = examples + [LabelledText(name, name) for name in label_names(labels)]
        titled = any(one.title.strip() for one in examples)
        columns = read_views(
            [(one.title, one.text) for one in lessons], titled=titled, max_characters=self._settings.reading.max_characters
        )
        fitted_views = [fit_view(column[: len(examples)], column[len(examples) :], self._readings, self._vectors) for column in columns]
        readers, views = tuple(reader for reader, _ in fitted_views), tuple(view for _, view in fitted_views)
        places = {label: place for place, label in enumerate(labels)}
        numbers = np.array([places[one.label] for one in lessons], np.intp)
        fitted = fit_lessons(Lessons(views, numbers, len(labels), len(examples)), self._settings)
        turned = tuple(view.turned() for view in views)
        parts = LearnedParts(titled, readers, turned, fitted.weights, fitted.offsets, fitted.sharpness, fitted.mixture)
        return _Learned(tuple(examples), labels, parts, fitted.scores)
