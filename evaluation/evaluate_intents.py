"""Measure telling intents apart: `zhengwen evaluate intents`. Uses the product's own trainer, examples and recogniser."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.classification import ClassifierTrainer, LabelledText
from assistant.intent_examples import LabelFamily
from assistant.intent_learning import IntentTeacher, Lessons
from assistant.intents import ConversationAct, IntentRecogniser
from evaluation.evaluate_routing import evaluate_in_folds, evaluate_on_test
from evaluation.labelled_files import LabelledFile, LabelledMessage
from indexing.ports import Progress

EMERGENCIES_FILE = Path(__file__).with_name("golden") / "emergencies.jsonl"
_REPEATED = ("top3", "coverage_at_precision", "near_duplicates_dropped", "unlabelled_rows_skipped")


def evaluate_examples(trainer: ClassifierTrainer, lessons: Lessons, folds: int, progress: Progress) -> dict[str, Any]:
    """The JSON of the command for what the service learns from, cross-validated: one entry per family."""
    return {str(family): _in_folds(trainer, lessons(family), folds, progress) for family in LabelFamily}


def evaluate_labelled(
    trainer: ClassifierTrainer, train: LabelledFile, test: LabelledFile | None, folds: int, progress: Progress
) -> dict[str, Any]:
    """The same for files of labelled messages: on `test`, or cross-validated where there is none."""
    if test is not None:
        return _trimmed(evaluate_on_test(trainer, train, test))
    return _trimmed(evaluate_in_folds(trainer, train, folds, progress))


def evaluate_emergencies(recogniser: IntentRecogniser, path: Path = EMERGENCIES_FILE) -> dict[str, Any]:
    """Messages nobody learned from: the share of emergencies found, by rule or by example, and of look-alikes taken for one."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = [(row, recogniser.recognise(row["text"]).act is ConversationAct.EMERGENCY) for row in rows]
    told, alike = [hit for row, hit in found if row["kind"]], [hit for row, hit in found if not row["kind"]]
    missed = Counter(row["kind"] for row, hit in found if row["kind"] and not hit)
    return {
        "emergencies": len(told),
        "found": round(sum(told) / len(told), 4),
        "missed_by_kind": dict(missed),
        "look_alikes": len(alike),
        "false_alarms": round(sum(alike) / len(alike), 4),
    }


def not_sure(teacher: IntentTeacher, messages: Sequence[str]) -> dict[str, Any]:
    """Shares of messages whose act, or request type, the recogniser leaves open, and the time of one beyond the embedding."""
    recogniser = teacher.recogniser()
    for message in messages:
        recogniser.recognise(message)
    started = time.perf_counter()
    intents = [recogniser.recognise(message) for message in messages]
    spent = (time.perf_counter() - started) / len(messages) * 1000
    matters = [intent for intent in intents if intent.act is ConversationAct.MATTER]
    return {
        "act_not_sure": round(sum(not intent.act_certain for intent in intents) / len(intents), 4),
        "type_not_sure": round(sum(intent.request_type is None for intent in matters) / max(len(matters), 1), 4),
        "recognise_ms": round(spent, 2),
    }


def _in_folds(trainer: ClassifierTrainer, lessons: Sequence[LabelledText], folds: int, progress: Progress) -> dict[str, Any]:
    messages = tuple(LabelledMessage(str(place), lesson, frozenset([lesson.label])) for place, lesson in enumerate(lessons))
    return _trimmed(evaluate_in_folds(trainer, LabelledFile(messages, 0), folds, progress))


def _trimmed(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name not in _REPEATED}
