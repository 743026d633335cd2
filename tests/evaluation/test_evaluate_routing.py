from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from assistant.classification import LabelledText, ScoredLabel, TextClassifier
from assistant.errors import TooFewExamples
from evaluation.evaluate_routing import evaluate_in_folds, evaluate_on_test, stratified_folds
from evaluation.labelled_files import LabelledFile, LabelledMessage
from evaluation.near_duplicates import near_duplicates
from knowledge_base.ports import silent
from tests.fakes.classifiers import FakeTrainer
from tests.labelled_messages import LESSONS


def file_of(examples: Sequence[LabelledText], unlabelled: int = 0) -> LabelledFile:
    messages = [LabelledMessage(str(place), one, frozenset([one.label])) for place, one in enumerate(examples)]
    return LabelledFile(tuple(messages), unlabelled)


class WatchedTrainer(FakeTrainer):
    def __init__(self) -> None:
        self.lessons: list[set[str]] = []

    def train(self, examples: Sequence[LabelledText]) -> TextClassifier:
        self.lessons.append({one.text for one in examples})
        return super().train(examples)


TEST = (LabelledText("公交车能不能加密班次", "交通运输"), LabelledText("退休金什么时候发", "劳动和社会保障"))


def test_a_test_file_is_scored_with_what_was_learned_from_the_training_file() -> None:
    result = evaluate_on_test(FakeTrainer(), file_of(LESSONS, unlabelled=3), file_of(TEST))
    assert (result["queries"], result["accuracy"], result["examples"]) == (2, 1.0, len(LESSONS))
    assert result["seconds_to_train"] >= 0
    assert result["classify_ms"] >= 0
    assert result["unlabelled_rows_skipped"] == 3


def test_extra_rows_that_nearly_repeat_a_test_message_are_not_learned_from() -> None:
    trainer = WatchedTrainer()
    extra = (LabelledText("公交车能不能加密班次？", "教育文体"), LabelledText("出租车绕路", "交通运输"))
    result = evaluate_on_test(trainer, file_of(LESSONS), file_of(TEST), file_of(extra))
    assert trainer.lessons[0] >= {"出租车绕路"}
    assert "公交车能不能加密班次？" not in trainer.lessons[0]
    assert (result["near_duplicates_dropped"], result["examples"]) == (1, len(LESSONS) + 1)


def test_in_folds_every_message_is_scored_once_and_never_by_one_that_learned_it() -> None:
    trainer = WatchedTrainer()
    result = evaluate_in_folds(trainer, file_of(LESSONS), 3, silent, file_of([LabelledText("货车超载", "交通运输")]))
    assert (result["queries"], result["folds"]) == (len(LESSONS), 3)
    everything, *folds = trainer.lessons
    assert len(everything) == len(LESSONS) + 1
    assert all("货车超载" in lessons for lessons in folds)
    left_out = Counter(text for lessons in folds for text in everything - lessons)
    assert left_out == Counter({one.text: 1 for one in LESSONS})


def test_folds_hold_each_label_evenly_and_do_not_depend_on_the_order_of_the_file() -> None:
    messages = file_of(LESSONS).messages
    parts = stratified_folds(messages, 3)
    assert [Counter(one.content.label for one in part) for part in parts] == [Counter(dict.fromkeys({m.label for m in LESSONS}, 2))] * 3
    assert stratified_folds(messages[::-1], 3) == parts


@pytest.mark.parametrize("folds", [0, 1, 1000])
def test_a_number_of_folds_that_cannot_be_had_is_refused(folds: int) -> None:
    with pytest.raises(ValueError, match="折数"):
        evaluate_in_folds(FakeTrainer(), file_of(LESSONS), folds, silent)


def test_one_class_only_cannot_be_measured() -> None:
    with pytest.raises(TooFewExamples, match="两种标签"):
        evaluate_on_test(FakeTrainer(), file_of(LESSONS[:3]), file_of(TEST))


def test_near_duplicates_are_found_by_wording_alone() -> None:
    tests = [LabelledText("希望尽快修好开元路的路灯，晚上太黑了不安全", "甲", "路灯")]
    lessons = [
        LabelledText("希望尽快修好开元路的路灯,晚上太黑了不安全", "乙", "路灯"),
        LabelledText("希望尽快修好人民路的下水道，雨天积水", "甲", "下水道"),
        LabelledText("", "甲"),
    ]
    assert near_duplicates(lessons, tests) == {0}
    assert near_duplicates(lessons, []) == set()


class Forgetful(FakeTrainer):
    def train(self, examples: Sequence[LabelledText]) -> TextClassifier:
        classifier = super().train(examples)
        ranked = tuple(ScoredLabel(label, 1 / len(classifier.labels)) for label in classifier.labels)
        classifier.classify_many = lambda messages: [ranked for _ in messages]  # type: ignore[method-assign]  # it is a fake
        return classifier


def test_a_classifier_that_cannot_tell_covers_nothing() -> None:
    result = evaluate_in_folds(Forgetful(), file_of(LESSONS), 3, silent)
    assert result["coverage_at_precision"] == {"0.97": 0.0, "0.95": 0.0, "0.99": 0.0}
    assert result["accuracy"] == pytest.approx(1 / 3, abs=1e-3)
