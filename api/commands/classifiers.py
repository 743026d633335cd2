"""zhengwen classifiers: learn again from the examples, and see what has been learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer

from api.commands.console import CommandFailed, open_container, out, print_rows, progress_bars
from api.container import Container, prepare_model
from assistant.classification import ClassifierState
from assistant.errors import ClassifierError, TooFewExamples
from assistant.intent_learning import CLASSIFIERS
from assistant.routing_learning import CLASSIFIER as ROUTING

app = typer.Typer(help="分类模型：从样例重新训练、查看状态。", no_args_is_help=True)

_NAMES = "、".join((*CLASSIFIERS.values(), ROUTING))


@dataclass(frozen=True, slots=True)
class Learner:
    """One classifier. `train` raises InvalidExamples or TooFewExamples, `state` InvalidExamples or ClassifierError."""

    name: str
    train: Callable[[], object]
    state: Callable[[], ClassifierState]


@app.command()
def train(name: Annotated[str, typer.Option(help=f"只训练这一个：{_NAMES}；不填则全部训练")] = "") -> None:
    """从样例重新训练，并在没有学过的样例上测量。"""
    if name and name not in (*CLASSIFIERS.values(), ROUTING):
        raise CommandFailed(f"没有名为“{name}”的分类模型，可以填 {_NAMES}。")
    container = open_container()
    prepare_model(container.settings)
    _train([learner for learner in learners(container) if name in ("", learner.name)])


@app.command()
def status() -> None:
    """显示各分类模型的标签、样例数、摘要、向量模型、准确率和阈值。"""
    rows = [row for learner in learners(open_container()) for row in _state_rows(learner)]
    print_rows(["模型", "项目", "内容"], rows)


def learners(container: Container) -> list[Learner]:
    """Everything that is learned from examples."""
    intents, routing = container.intents(), container.routing()
    families = [Learner(name, partial(intents.train, family), partial(intents.state, family)) for family, name in CLASSIFIERS.items()]
    return [*families, Learner(ROUTING, routing.train, routing.state)]


def learn_what_changed(container: Container) -> None:
    """Only what is not on the shelf as it would be learned now. Where there is too little to learn routing from, set-up goes on."""
    for learner in learners(container):
        if not _is_current(learner):
            try:
                _train([learner])
            except TooFewExamples as error:
                out.print(f"{learner.name}：没有训练。{error}", markup=False)


def _train(wanted: list[Learner]) -> None:
    for learner in wanted:
        with progress_bars() as say:
            say(f"训练 {learner.name}", 0, 1)
            learner.train()
            say(f"训练 {learner.name}", 1, 1)
        facts = learner.state().facts
        out.print(f"{learner.name}：{facts['examples']:.0f} 条样例，未学过的样例上准确率 {facts['accuracy']:.3f}。", markup=False)


def _is_current(learner: Learner) -> bool:
    try:
        return learner.state().current
    except ClassifierError:
        return False


def _state_rows(learner: Learner) -> list[tuple[str, str, str]]:
    try:
        state = learner.state()
    except ClassifierError as error:
        return [(learner.name, "状态", str(error))]
    return [(learner.name, item, value) for item, value in _items(state)]


def _items(state: ClassifierState) -> list[tuple[str, str]]:
    if not state.digest:
        return [("状态", "还没有训练，请运行 zhengwen classifiers train。"), ("样例", str(state.examples_now))]
    thresholds = {fact: value for fact, value in state.facts.items() if fact.startswith("threshold")}
    return [
        ("状态", "与样例一致" if state.current else "样例已改动，下次启动服务时会重新训练，也可以运行 zhengwen classifiers train。"),
        ("标签", "、".join(state.labels)),
        ("样例", f"{state.facts.get('examples', 0):.0f}（现有 {state.examples_now}）"),
        ("摘要", state.digest),
        ("向量模型", state.embedder_fingerprint),
        ("准确率（未学过的样例）", f"{state.facts.get('accuracy', 0):.3f}"),
        ("训练用时（秒）", f"{state.facts.get('seconds_to_train', 0):.1f}"),
        *((f"阈值 {fact.partition('.')[2] or '全部'}", f"{value:.3f}") for fact, value in thresholds.items()),
    ]
