"""Learns the intent classifiers from examples and keeps them, so that what answers is never older than the examples."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from assistant.certain_intents import CertainIntents
from assistant.classification import ClassifierShelf, ClassifierState, ClassifierTrainer, LabelledText, ScoredLabel, TextClassifier
from assistant.confidence import threshold_for
from assistant.errors import AssistantError
from assistant.intent_examples import (
    EXAMPLES_FOLDER,
    IntentExample,
    LabelFamily,
    act_lessons,
    load_examples,
    policy_base_words,
    type_lessons,
)
from assistant.intent_recogniser import TALK, IntentThresholds, RuleIntentRecogniser, TrainedIntentRecogniser
from assistant.intent_settings import IntentSettings
from assistant.intents import Intent, IntentRecogniser
from assistant.measured_learning import ACCURACY, THRESHOLD, learn_measured, usable
from knowledge_base.ports import DepartmentStore, DocumentStore, GuideStore

log = structlog.get_logger(__name__)

CLASSIFIERS: Mapping[LabelFamily, str] = {LabelFamily.ACTS: "intent-acts", LabelFamily.REQUEST_TYPES: "intent-types"}
"""Names on the shelf."""
_TALK, _SETTINGS = "threshold.talk", "settings"

Lessons = Callable[[LabelFamily], tuple[LabelledText, ...]]


@dataclass(frozen=True, slots=True)
class IntentLessons:
    """What there is to learn from now: our examples, the administrator's folder, and the words of the policy base.

    `examples` stands for both where the administrator edits them in the console.
    """

    own_folder: Path
    guides: GuideStore
    departments: DepartmentStore
    documents: DocumentStore
    examples: Callable[[LabelFamily], Sequence[IntentExample]] | None = None

    def __call__(self, family: LabelFamily) -> tuple[LabelledText, ...]:
        """Raises InvalidExamples."""
        requests = self._examples(LabelFamily.REQUEST_TYPES)
        guides = self.guides.all()
        if family is LabelFamily.REQUEST_TYPES:
            return type_lessons(requests, [question for guide in guides for question in guide.usual_questions])
        titles = [revision.metadata.title for revision in self.documents.all_latest()]
        words = policy_base_words(guides, self.departments.all(), titles)
        return act_lessons(self._examples(LabelFamily.ACTS), requests, words)

    def _examples(self, family: LabelFamily) -> Sequence[IntentExample]:
        return self.examples(family) if self.examples else load_examples(family, EXAMPLES_FOLDER, self.own_folder)


@dataclass(frozen=True, slots=True)
class IntentTeacher:
    """Safe to share between threads; two that train at once do the same work twice and keep the same result."""

    lessons: Lessons
    trainer: ClassifierTrainer
    shelf: ClassifierShelf
    rules: CertainIntents
    settings: IntentSettings

    def recogniser(self) -> IntentRecogniser:
        """From the shelf where that is what would be learned now, else learned anew.

        Where the examples cannot be learned from, what was learned before goes on, or rules alone: questions must be answered.
        """
        try:
            return self._trained({family: self._saved(family) or self.train(family) for family in LabelFamily})
        except AssistantError as error:
            log.warning("intents_not_learned", reason=str(error))
            return self.kept()

    def kept(self) -> IntentRecogniser:
        """From the shelf as it is, even where the examples have changed since; rules alone where nothing fits. Costs no training."""
        found = {family: classifier for family in LabelFamily if (classifier := usable(self.shelf, CLASSIFIERS[family]))}
        return self._trained(found) if len(found) == len(LabelFamily) else RuleIntentRecogniser(self.rules)

    def _trained(self, classifiers: Mapping[LabelFamily, TextClassifier]) -> TrainedIntentRecogniser:
        acts, types = (self.shelf.facts(CLASSIFIERS[family]) for family in LabelFamily)
        thresholds = IntentThresholds(
            talk=acts.get(_TALK, self.settings.talk_floor),
            acts={act: acts.get(f"{THRESHOLD}.{act}", self.settings.floor(act)) for act in self.settings.act_precision},
            request_type=types.get(THRESHOLD, self.settings.type_floor),
            emergency_characters=self.settings.emergency_characters,
        )
        return TrainedIntentRecogniser(classifiers[LabelFamily.ACTS], classifiers[LabelFamily.REQUEST_TYPES], self.rules, thresholds)

    def train(self, family: LabelFamily) -> TextClassifier:
        """Learns, measures on examples not seen, keeps both. Raises InvalidExamples, TooFewExamples."""
        lessons = self.lessons(family)
        learned = learn_measured(self.trainer, lessons)
        facts = {**learned.facts, _SETTINGS: _stamp(self.settings), **self._thresholds(family, lessons, learned.unseen)}
        self.shelf.save(CLASSIFIERS[family], learned.classifier, facts)
        log.info("intents_learned", name=CLASSIFIERS[family], examples=len(lessons), accuracy=round(facts[ACCURACY], 4))
        return learned.classifier

    def state(self, family: LabelFamily) -> ClassifierState:
        """What is on the shelf, and whether it is what would be learned now.

        Raises ClassifierMismatch, ClassifierDamaged, InvalidExamples.
        """
        name, lessons = CLASSIFIERS[family], self.lessons(family)
        saved = self.shelf.load(name)
        if saved is None:
            return ClassifierState(name, (), "", "", len(lessons), False, {})
        current = saved.training_digest == self.trainer.digest(lessons) and self._measured_alike(family)
        facts = self.shelf.facts(name)
        return ClassifierState(name, saved.labels, saved.training_digest, saved.embedder_fingerprint, len(lessons), current, facts)

    def _saved(self, family: LabelFamily) -> TextClassifier | None:
        """The one on the shelf if it is what would be learned now."""
        saved = usable(self.shelf, CLASSIFIERS[family])
        same = saved is not None and saved.training_digest == self.trainer.digest(self.lessons(family))
        return saved if same and self._measured_alike(family) else None

    def _measured_alike(self, family: LabelFamily) -> bool:
        """False where thresholds were measured for other settings."""
        return self.shelf.facts(CLASSIFIERS[family]).get(_SETTINGS) == _stamp(self.settings)

    def _thresholds(
        self, family: LabelFamily, lessons: Sequence[LabelledText], unseen: Sequence[tuple[ScoredLabel, ...]]
    ) -> Mapping[str, float]:
        best = [(scored[0], scored[0].label == lesson.label) for lesson, scored in zip(lessons, unseen, strict=True)]
        if family is LabelFamily.REQUEST_TYPES:
            of_all = [(label.confidence, right) for label, right in best]
            return {THRESHOLD: _reachable(self.settings.type_precision, of_all, self.settings.type_floor)}
        talk = [
            (sum(label.confidence for label in scored if label.label in TALK), lesson.label in TALK)
            for lesson, scored in zip(lessons, unseen, strict=True)
        ]
        found = {_TALK: _reachable(self.settings.talk_precision, talk, self.settings.talk_floor)}
        for act, precision in self.settings.act_precision.items():
            of_act = [(label.confidence, right) for label, right in best if label.label == act]
            found[f"{THRESHOLD}.{act}"] = _reachable(precision, of_act, self.settings.floor(act))
        return found


class CurrentRecogniser:
    """An IntentRecogniser that starts with what was learned before and goes on with what `learn` has learned. Safe to share.

    `version` moves with the examples: once `learn` was called, what they say now is learned in a thread of its own.
    """

    def __init__(self, teacher: IntentTeacher, version: Callable[[], int] = lambda: 0) -> None:
        self._teacher, self._version, self._now = teacher, version, teacher.kept()
        self._learned: int | None = None
        self._learning = threading.Lock()

    def recognise(self, text: str, *, in_conversation: bool = False) -> Intent:
        if self._learned is not None and self._learned != self._version() and not self._learning.locked():
            threading.Thread(target=self._learn_change, name="intent-learner", daemon=True).start()
        return self._now.recognise(text, in_conversation=in_conversation)

    def versions(self) -> Mapping[str, str]:
        """What each classifier in use was trained on; empty where rules alone decide."""
        now = self._now
        if not isinstance(now, TrainedIntentRecogniser):
            return {}
        return {"acts": now.act_classifier.training_digest, "request_types": now.type_classifier.training_digest}

    def learn(self) -> None:
        """Takes as long as a training where examples have changed; questions are answered meanwhile."""
        with self._learning:
            self._learn()

    def _learn_change(self) -> None:
        with self._learning:
            # Several questions may have noticed the same change.
            if self._learned != self._version():
                self._learn()

    def _learn(self) -> None:
        version = self._version()
        self._now, self._learned = self._teacher.recogniser(), version


def _reachable(precision: float, scored: Sequence[tuple[float, bool]], floor: float) -> float:
    """1.0, which hardly anything reaches, where the precision wanted cannot be had."""
    found = threshold_for(precision, scored)
    return max(1.0 if found is None else found, floor)


def _stamp(settings: IntentSettings) -> float:
    """Changes with the settings; facts beside a classifier are numbers."""
    return float(zlib.crc32(repr(settings).encode()))
