"""Measure telling messages apart by labelled examples: `zhengwen evaluate routing`. Uses the product's own trainer."""

from __future__ import annotations

import hashlib
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.classification import ClassifierTrainer, LabelledText, TextClassifier
from evaluation.labelled_files import LabelledFile, LabelledMessage
from evaluation.near_duplicates import near_duplicates
from evaluation.routing_scores import Prediction, routing_summary
from indexing.ports import Progress

_TIMED_MESSAGES = 100
NOTHING_MORE = LabelledFile((), 0)


@dataclass(frozen=True, slots=True)
class _Measured:
    """`classifier` learned from `examples` messages in `seconds`."""

    predictions: list[Prediction]
    classifier: TextClassifier
    examples: int
    seconds: float
    near_duplicates: int


def evaluate_on_test(
    trainer: ClassifierTrainer, train: LabelledFile, test: LabelledFile, extra: LabelledFile = NOTHING_MORE
) -> dict[str, Any]:
    """The JSON of the command. Near-duplicates of test messages are dropped from `extra` alone: `train` is used as given."""
    lessons, dropped = _without_repeats(_contents(extra.messages), _contents(test.messages))
    classifier, seconds = _timed_training(trainer, [*_contents(train.messages), *lessons])
    measured = _Measured(_predictions(classifier, test.messages), classifier, len(train.messages) + len(lessons), seconds, dropped)
    return _result(measured, test.messages, (train, extra, test))


def evaluate_in_folds(
    trainer: ClassifierTrainer, train: LabelledFile, folds: int, progress: Progress, extra: LabelledFile = NOTHING_MORE
) -> dict[str, Any]:
    """The JSON of the command, cross-validated: every message is predicted by a classifier that saw neither it nor a near-duplicate.

    "seconds_to_train" is of one training on everything, embedding included, before any fold.
    """
    everything = [*_contents(train.messages), *_contents(extra.messages)]
    classifier, seconds = _timed_training(trainer, everything)
    predictions: list[Prediction] = []
    dropped = 0
    parts = stratified_folds(train.messages, folds)
    for done, part in enumerate(parts, start=1):
        others = [message for other in parts if other is not part for message in other]
        lessons, repeats = _without_repeats([*_contents(others), *_contents(extra.messages)], _contents(part))
        predictions += _predictions(trainer.train(lessons), part)
        dropped += repeats
        progress("交叉验证", done, len(parts))
    return _result(_Measured(predictions, classifier, len(everything), seconds, dropped), train.messages, (train, extra)) | {"folds": folds}


def stratified_folds(messages: Sequence[LabelledMessage], folds: int) -> list[list[LabelledMessage]]:
    """Each label spread evenly; the same messages give the same folds in any order. Raises ValueError for fewer than two folds."""
    if not 2 <= folds <= len(messages):
        raise ValueError(f"折数应在 2 到 {len(messages)} 之间，不能是 {folds}。")
    by_label: dict[str, list[LabelledMessage]] = defaultdict(list)
    for message in sorted(messages, key=_shuffled):
        by_label[message.content.label].append(message)
    parts: list[list[LabelledMessage]] = [[] for _ in range(folds)]
    for place, message in enumerate(message for label in sorted(by_label) for message in by_label[label]):
        parts[place % folds].append(message)
    return parts


def _result(measured: _Measured, messages: Sequence[LabelledMessage], files: Sequence[LabelledFile]) -> dict[str, Any]:
    return routing_summary(measured.predictions) | {
        "seconds_to_train": round(measured.seconds, 1),
        "classify_ms": _classify_ms(measured.classifier, messages),
        "examples": measured.examples,
        "labels": len(measured.classifier.labels),
        "near_duplicates_dropped": measured.near_duplicates,
        "unlabelled_rows_skipped": sum(file.unlabelled for file in files),
    }


def _timed_training(trainer: ClassifierTrainer, lessons: Sequence[LabelledText]) -> tuple[TextClassifier, float]:
    started = time.perf_counter()
    return trainer.train(lessons), time.perf_counter() - started


def _classify_ms(classifier: TextClassifier, messages: Sequence[LabelledMessage]) -> float:
    """Median beyond embedding: the classifier remembers the vectors of what it was asked just before."""
    times = []
    for message in messages[:_TIMED_MESSAGES]:
        classifier.classify(message.content.text, message.content.title)
        started = time.perf_counter()
        classifier.classify(message.content.text, message.content.title)
        times.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times), 2)


def _predictions(classifier: TextClassifier, messages: Sequence[LabelledMessage]) -> list[Prediction]:
    answers = classifier.classify_many([(message.content.title, message.content.text) for message in messages])
    return [Prediction(message.content.label, message.accepted, ranked) for message, ranked in zip(messages, answers, strict=True)]


def _without_repeats(lessons: Sequence[LabelledText], tests: Sequence[LabelledText]) -> tuple[list[LabelledText], int]:
    repeats = near_duplicates(lessons, tests)
    return [one for place, one in enumerate(lessons) if place not in repeats], len(repeats)


def _contents(messages: Sequence[LabelledMessage]) -> list[LabelledText]:
    return [message.content for message in messages]


def _shuffled(message: LabelledMessage) -> bytes:
    content = message.content
    return hashlib.blake2b("\x1f".join((message.id, content.title, content.text)).encode("utf-8", "surrogatepass")).digest()
