"""zhengwen evaluate routing: how well messages are told apart by labelled examples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.console import CommandFailed, progress_bars, read_settings
from api.container import classifier_trainer
from evaluation.delivery import OutFile, deliver, measured
from evaluation.evaluate_routing import evaluate_in_folds, evaluate_on_test
from evaluation.labelled_files import load_labelled
from indexing.ports import Progress

_FOLDS = 10

TrainFiles = Annotated[list[Path], typer.Option("--train", help="标注好的消息（JSON Lines：id、text 或 title+text、label），可以给出多个")]
TestFile = Annotated[Path | None, typer.Option("--test", help="用来打分的文件，格式相同；不指定则对 --train 做交叉验证")]
ExtraFiles = Annotated[list[Path] | None, typer.Option("--extra", help="只用来训练、不用来打分的文件；与打分的消息几乎相同的行不参加训练")]
Folds = Annotated[int | None, typer.Option("--folds", help=f"交叉验证的折数，不指定则为 {_FOLDS}")]


def routing(train: TrainFiles, test: TestFile = None, extra: ExtraFiles = None, folds: Folds = None, out_file: OutFile = None) -> None:
    """分派：按标注好的消息训练，准确率、宏平均 F1、前三命中、精确率与覆盖率、混淆表。"""
    if test and folds is not None:
        raise CommandFailed("--test 和 --folds 只能用一个：有测试文件就不做交叉验证。")
    with progress_bars() as say:
        result = measured(lambda: _evaluate(train, test, extra or [], _FOLDS if folds is None else folds, say))
    deliver(result, out_file)


def _evaluate(train: list[Path], test: Path | None, extra: list[Path], folds: int, progress: Progress) -> dict[str, Any]:
    """Reads all files before anything slow begins, so that a wrong one is told of at once."""
    lessons, more = load_labelled(train), load_labelled(extra)
    tests = load_labelled([test]) if test else None
    trainer = classifier_trainer(read_settings())
    if tests is not None:
        return evaluate_on_test(trainer, lessons, tests, more)
    return evaluate_in_folds(trainer, lessons, folds, progress, more)
