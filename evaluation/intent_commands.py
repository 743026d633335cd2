"""zhengwen evaluate intents and refusal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.console import CommandFailed, open_container, progress_bars, read_settings
from api.container import Container, classifier_trainer
from assistant.classification import LabelledText
from assistant.intent_examples import EXAMPLES_FOLDER, LabelFamily, act_lessons, load_examples, type_lessons
from evaluation.delivery import OutFile, deliver, measured
from evaluation.evaluate_intents import evaluate_emergencies, evaluate_examples, evaluate_labelled, not_sure
from evaluation.evaluate_refusal import OUT_OF_SCOPE_FILE, Message, RefusalCounter, evaluate_refusal, load_messages
from evaluation.labelled_files import load_labelled
from evaluation.unsaved_classifiers import UnsavedClassifiers

_FOLDS = 5
_DEMONSTRATION = "demonstration"

TrainFiles = Annotated[list[Path] | None, typer.Option("--train", help="标注好的消息（JSON Lines：id、text、label）；不填则用随程序的样例")]
TestFile = Annotated[Path | None, typer.Option("--test", help="用来打分的文件，格式相同；不填则交叉验证")]
Folds = Annotated[int, typer.Option("--folds", help="交叉验证的折数")]
Talk = Annotated[Path, typer.Option("--out-of-scope", help="与政务无关的话（JSON Lines：text，可有 domain）")]
Questions = Annotated[list[Path] | None, typer.Option("--in-scope", help="应当回答的问题（JSON Lines：text 或 title+text），可以给出多个")]


def intents(train: TrainFiles = None, test: TestFile = None, folds: Folds = _FOLDS, out_file: OutFile = None) -> None:
    """意图：对话行为和诉求类型的准确率、宏平均 F1、混淆表、校准误差、不确定的比例、用时；紧急情况的漏报和误报。"""
    if test and not train:
        raise CommandFailed("--test 要和 --train 一起用。")
    with progress_bars() as say:

        def measure() -> dict[str, Any]:
            if train:
                held = load_labelled([test]) if test else None
                return evaluate_labelled(classifier_trainer(read_settings()), load_labelled(train), held, folds, say)
            container = open_container()
            container.learn()
            teacher = container.intents()
            acts = [lesson.text for lesson in teacher.lessons(LabelFamily.ACTS)][::10]
            return {
                **evaluate_examples(teacher.trainer, teacher.lessons, folds, say),
                "recogniser": not_sure(teacher, acts),
                "emergency": evaluate_emergencies(container.recogniser()),
            }

        result = measured(measure)
    deliver(result, out_file)


def refusal(out_of_scope: Talk = OUT_OF_SCOPE_FILE, in_scope: Questions = None, out_file: OutFile = None) -> None:
    """拒答：与政务无关的话有多少不经检索就婉拒，应当回答的问题有多少被误拒。"""
    container = open_container()
    with progress_bars() as say:

        def measure() -> dict[str, Any]:
            talk = load_messages(out_of_scope)
            sets = {_DEMONSTRATION: demonstration_questions(container)} if in_scope is None else {}
            sets.update({f"{path.parent.name}/{path.name}": load_messages(path) for path in in_scope or ()})
            unlearned, deployed = refusal_counters(container)
            return evaluate_refusal(unlearned, deployed, talk, sets, say)

        result = measured(measure)
    deliver(result, out_file)


def demonstration_questions(container: Container) -> tuple[Message, ...]:
    """All questions guides say people usually ask, and the hot questions of the front page."""
    usual = [question for guide in container.guides.all() for question in guide.usual_questions]
    return tuple(Message(text) for text in dict.fromkeys([*usual, *container.hot_questions]))


def refusal_counters(container: Container) -> tuple[RefusalCounter, RefusalCounter]:
    """As if no guide had ever been learned from, and as deployed."""
    container.learn()
    assistant, today = container.assistant(), container.today()
    teacher = replace(container.intents(), lessons=_without_policy_base, shelf=UnsavedClassifiers())
    return RefusalCounter(assistant, teacher.recogniser(), today), RefusalCounter(assistant, container.recogniser(), today)


def _without_policy_base(family: LabelFamily) -> tuple[LabelledText, ...]:
    requests = load_examples(LabelFamily.REQUEST_TYPES, EXAMPLES_FOLDER)
    if family is LabelFamily.REQUEST_TYPES:
        return type_lessons(requests, ())
    return act_lessons(load_examples(LabelFamily.ACTS, EXAMPLES_FOLDER), requests, ())
