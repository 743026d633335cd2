"""zhengwen classifiers: learn again from the examples, and see what has been learned."""

from __future__ import annotations

from typing import Annotated

import typer

from api.commands.console import CommandFailed, open_container, out, print_rows
from api.container import Container, prepare_model
from assistant.errors import ClassifierError
from assistant.intent_examples import LabelFamily
from assistant.intent_learning import CLASSIFIERS, ClassifierState, IntentTeacher

app = typer.Typer(help="分类模型：从样例重新训练、查看状态。", no_args_is_help=True)

_NAMES = "、".join(CLASSIFIERS.values())


@app.command()
def train(name: Annotated[str, typer.Option(help=f"只训练这一个：{_NAMES}；不填则全部训练")] = "") -> None:
    """从样例重新训练，并在没有学过的样例上测量。"""
    wanted = [family for family, known in CLASSIFIERS.items() if name in ("", known)]
    if not wanted:
        raise CommandFailed(f"没有名为“{name}”的分类模型，可以填 {_NAMES}。")
    container = open_container()
    prepare_model(container.settings)
    train_classifiers(container, wanted)


@app.command()
def status() -> None:
    """显示各分类模型的标签、样例数、摘要、向量模型、准确率和阈值。"""
    teacher = open_container().intents()
    rows = [row for family in LabelFamily for row in _state_rows(teacher, family)]
    print_rows(["模型", "项目", "内容"], rows)


def train_classifiers(container: Container, families: list[LabelFamily] | None = None) -> None:
    """Raises InvalidExamples, TooFewExamples."""
    teacher = container.intents()
    for family in families or list(LabelFamily):
        teacher.train(family)
        facts = teacher.state(family).facts
        out.print(f"{CLASSIFIERS[family]}：{facts['examples']:.0f} 条样例，未学过的样例上准确率 {facts['accuracy']:.3f}。", markup=False)


def learn_what_changed(container: Container) -> None:
    """Only what is not on the shelf as it would be learned now."""
    teacher = container.intents()
    changed = [family for family in LabelFamily if not _is_current(teacher, family)]
    if changed:
        train_classifiers(container, changed)


def _is_current(teacher: IntentTeacher, family: LabelFamily) -> bool:
    try:
        return teacher.state(family).current
    except ClassifierError:
        return False


def _state_rows(teacher: IntentTeacher, family: LabelFamily) -> list[tuple[str, str, str]]:
    name = CLASSIFIERS[family]
    try:
        state = teacher.state(family)
    except ClassifierError as error:
        return [(name, "状态", str(error))]
    return [(name, item, value) for item, value in _items(state)]


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
