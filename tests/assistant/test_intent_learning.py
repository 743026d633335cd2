"""Learning with a fake trainer and shelf: when it is done again, and what happens where it cannot be done."""

from __future__ import annotations

import threading
from dataclasses import replace

from assistant.certain_intents import CertainIntents
from assistant.classification import LabelledText
from assistant.errors import InvalidExamples
from assistant.intent_examples import LabelFamily
from assistant.intent_learning import CLASSIFIERS, CurrentRecogniser, IntentTeacher, Lessons
from assistant.intent_recogniser import RuleIntentRecogniser, TrainedIntentRecogniser
from assistant.intent_settings import load_intent_settings
from assistant.intents import ConversationAct, RequestType
from assistant.safety_rules import load_safety_rules
from tests.fakes.classifiers import FINGERPRINT, FakeTrainer, MemoryShelf

# A precision can only be measured on enough examples.
SOME = "新老红白蓝绿长短大小高低好坏多少东西南北春夏秋冬山水风云花草"
ACTS = {
    "out_of_scope": tuple(f"放首{word}歌来听" for word in SOME),
    "matter": tuple(f"{word}居住证怎么办理" for word in SOME),
    "progress": tuple(f"我的{word}工单办到哪了" for word in SOME),
}
TYPES = {
    "complaint": tuple(f"物业不管{word}垃圾没人管" for word in SOME),
    "inquiry": tuple(f"{word}居住证怎么办理" for word in SOME),
}


def lessons(family: LabelFamily) -> tuple[LabelledText, ...]:
    table = ACTS if family is LabelFamily.ACTS else TYPES
    return tuple(LabelledText(text, label) for label, texts in table.items() for text in texts)


def broken(family: LabelFamily) -> tuple[LabelledText, ...]:
    raise InvalidExamples("own.yaml", "不是有效的 YAML 文件（UTF-8 编码）")


def a_teacher(source: Lessons = lessons, shelf: MemoryShelf | None = None) -> IntentTeacher:
    rules = CertainIntents(load_safety_rules())
    return IntentTeacher(source, FakeTrainer(), shelf or MemoryShelf(), rules, load_intent_settings())


def test_what_is_learned_tells_acts_and_types_apart() -> None:
    recogniser = a_teacher().recogniser()
    assert recogniser.recognise("放首歌来听").act is ConversationAct.OUT_OF_SCOPE
    matter = recogniser.recognise("物业不管垃圾没人管")
    assert (matter.act, matter.request_type) == (ConversationAct.MATTER, RequestType.COMPLAINT)


def test_what_is_on_the_shelf_is_used_as_long_as_the_examples_are_the_same() -> None:
    shelf = MemoryShelf()
    first = a_teacher(shelf=shelf)
    first.recogniser()
    kept = dict(shelf.kept)
    a_teacher(shelf=shelf).recogniser()
    assert all(shelf.kept[name] is kept[name] for name in CLASSIFIERS.values())


def test_other_examples_are_learned_anew() -> None:
    shelf = MemoryShelf()
    a_teacher(shelf=shelf).recogniser()
    before = shelf.kept[CLASSIFIERS[LabelFamily.ACTS]][0].training_digest
    more = a_teacher(
        lambda family: (*lessons(family), LabelledText("换首歌", "out_of_scope")) if family is LabelFamily.ACTS else lessons(family), shelf
    )
    assert not more.state(LabelFamily.ACTS).current
    more.recogniser()
    assert shelf.kept[CLASSIFIERS[LabelFamily.ACTS]][0].training_digest != before
    assert more.state(LabelFamily.ACTS).current


def test_a_classifier_of_another_embedder_is_trained_again() -> None:
    shelf = MemoryShelf()
    a_teacher(shelf=shelf).recogniser()
    classifier, facts = shelf.kept[CLASSIFIERS[LabelFamily.ACTS]]
    shelf.kept[CLASSIFIERS[LabelFamily.ACTS]] = replace(classifier, embedder_fingerprint="another"), facts  # type: ignore[type-var]
    assert isinstance(a_teacher(shelf=shelf).recogniser(), TrainedIntentRecogniser)
    assert shelf.kept[CLASSIFIERS[LabelFamily.ACTS]][0].embedder_fingerprint == FINGERPRINT


def test_broken_examples_leave_in_use_what_was_learned_before() -> None:
    shelf = MemoryShelf()
    a_teacher(shelf=shelf).recogniser()
    assert isinstance(a_teacher(broken, shelf).recogniser(), TrainedIntentRecogniser)


def test_broken_examples_from_the_start_leave_rules_alone() -> None:
    assert isinstance(a_teacher(broken).recogniser(), RuleIntentRecogniser)


def test_what_was_measured_is_kept_beside_the_classifier() -> None:
    teacher = a_teacher()
    teacher.train(LabelFamily.ACTS)
    state = teacher.state(LabelFamily.ACTS)
    assert state.labels == ("matter", "out_of_scope", "progress")
    assert state.facts["examples"] == 3 * len(SOME)
    assert 0 <= state.facts["accuracy"] <= 1
    assert {"threshold.talk", "threshold.progress", "seconds_to_train"} <= set(state.facts)


def test_thresholds_never_fall_below_their_floors() -> None:
    teacher = a_teacher()
    recogniser, settings = teacher.recogniser(), teacher.settings
    assert isinstance(recogniser, TrainedIntentRecogniser)
    assert recogniser.thresholds.talk >= settings.talk_floor
    assert recogniser.thresholds.request_type >= settings.type_floor
    assert all(recogniser.thresholds.acts[act] >= settings.floor(act) for act in settings.act_precision)


def test_thresholds_are_measured_again_for_other_settings() -> None:
    shelf = MemoryShelf()
    a_teacher(shelf=shelf).recogniser()
    stricter = replace(a_teacher(shelf=shelf), settings=replace(load_intent_settings(), talk_floor=0.999))
    assert not stricter.state(LabelFamily.ACTS).current
    recogniser = stricter.recogniser()
    assert isinstance(recogniser, TrainedIntentRecogniser)
    assert recogniser.thresholds.talk >= 0.999


def test_nothing_is_trained_until_it_is_asked_for() -> None:
    shelf = MemoryShelf()
    current = CurrentRecogniser(a_teacher(shelf=shelf))
    assert current.recognise("放首歌来听").act is ConversationAct.MATTER
    assert not shelf.kept
    current.learn()
    assert current.recognise("放首歌来听").act is ConversationAct.OUT_OF_SCOPE


def test_what_was_learned_from_older_examples_answers_until_there_is_better() -> None:
    shelf = MemoryShelf()
    a_teacher(shelf=shelf).recogniser()
    changed = a_teacher(lambda family: (*lessons(family), LabelledText("换首歌", lessons(family)[0].label)), shelf)
    assert not changed.state(LabelFamily.ACTS).current
    assert isinstance(changed.kept(), TrainedIntentRecogniser)
    assert isinstance(a_teacher(shelf=MemoryShelf("another")).kept(), RuleIntentRecogniser)


def test_examples_that_are_edited_are_learned_beside_once_learning_has_begun() -> None:
    shelf, edition, more = MemoryShelf(), [1], [()]
    current = CurrentRecogniser(
        a_teacher(lambda family: (*lessons(family), *more[0]), shelf),  # type: ignore[arg-type]  # a list, to be changed by the test
        lambda: edition[0],
    )
    current.learn()
    learned = dict(shelf.kept)
    more[0], edition[0] = (LabelledText("换首歌", lessons(LabelFamily.ACTS)[0].label),), 2  # type: ignore[assignment]  # as above
    current.recognise("放首歌来听")
    for thread in threading.enumerate():
        if thread.name == "intent-learner":
            thread.join()
    assert dict(shelf.kept) != learned
