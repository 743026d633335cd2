"""zhengwen train: a vector adapter from labelled questions and the own content, written only where nothing is lost by it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import CommandFailed, SayProgress, out, print_rows, progress_bars, read_settings
from api.container import build_container, head_trainer, write_adapter
from api.logs import configure_logs
from api.settings import Settings
from evaluation.cross_validation import LabelledSet, as_lines, cross_validate
from evaluation.datasets import load_dataset
from evaluation.delivery import deliver
from evaluation.errors import EvaluationError
from evaluation.train_encoder_command import EncoderSources, train_encoder_for
from evaluation.train_reranker_command import RerankerSources, train_reranker_for
from evaluation.training_sets import labelled_set, own_set, without_own_adapter
from indexing.training.models import SetFigures, TrainingMaterial
from indexing.training.recipe import RECIPE_FILE, Recipe, load_recipe
from indexing.training.recipe_files import UNKNOWN_LICENCE
from indexing.training.train_adapter import refuse_a_loss, train_adapter

HELD_OUT, SCORES = "held_out.jsonl", "cross_validation.json"

Datasets = Annotated[list[Path] | None, typer.Option("--dataset", help="标注好的问题（BEIR 格式的文件夹），用来训练；可以写多次")]
Watched = Annotated[list[Path] | None, typer.Option("--watch", help="只用来检验、不用来训练的数据集；可以写多次")]
Own = Annotated[bool, typer.Option("--own", help="用本单位的办事指南和政策文件出题训练；没有写 --dataset 时就是这样")]
Folder = Annotated[Path | None, typer.Option("--out", help="写到这个新文件夹；不写则放在 ZHENGWEN_HOME 的 adapters 下")]
RecipeFile = Annotated[Path | None, typer.Option("--recipe", help="训练配方（TOML）；不写则用随程序提供的")]
Encoder = Annotated[
    bool, typer.Option("--encoder", help="训练检索模型本身（半小时以上；中断后用同样的命令接着训练），而不是接在它后面的适配器")
]
Guides = Annotated[
    list[Path] | None,
    typer.Option("--guides", help="与 --encoder 或 --reranker 合用：办事指南文件（每行一个含 title、text 的 JSON）；可以写多次"),
]
HeldOut = Annotated[
    Path | None,
    typer.Option("--held-out", help="与 --encoder 或 --reranker 合用：不拿来训练、只用来检验的问题编号（每行一个）；不写则按配方随机留出"),
]
Written = Annotated[
    list[Path] | None,
    typer.Option(
        "--questions",
        help="与 --encoder 或 --reranker、以及 --dataset 合用：另外写的问题"
        "（每行一个含 question、articles 的 JSON，articles 是语料里条文的标题）；可以写多次",
    ),
]
Reranker = Annotated[
    bool, typer.Option("--reranker", help="训练细排权重：按词元的向量把检索结果的前几十条再排一次（要用 --dataset；几分钟）")
]
Folds = Annotated[
    int, typer.Option("--cross-validate", min=0, max=20, help="不写出适配器，而是分成几折交叉检验：每个问题都由没学过它的适配器来查")
]


@dataclass(frozen=True, slots=True)
class _Sources:
    datasets: list[Path]
    watched: list[Path]
    own: bool


def train(  # noqa: PLR0913, PLR0917 - one parameter per option of the command
    dataset: Datasets = None,
    watch: Watched = None,
    own: Own = False,
    folder: Folder = None,
    recipe_file: RecipeFile = None,
    folds: Folds = 0,
    encoder: Encoder = False,
    guides: Guides = None,
    held_out: HeldOut = None,
    questions: Written = None,
    reranker: Reranker = False,
) -> None:
    """训练向量适配器（或者检索模型）：用标注好的问题和本单位的内容，让默认检索更准；检验变差就不写出。"""
    configure_logs("warning")
    settings = read_settings()
    if reranker:
        if folds or encoder or own or watch:
            raise CommandFailed("--reranker 不能与 --encoder、--own、--watch、--cross-validate 合用。")
        _train_reranker(RerankerSources(dataset or [], guides or [], held_out, questions or []), settings, folder, recipe_file)
        return
    if encoder:
        if folds:
            raise CommandFailed("--encoder 不能与 --cross-validate 合用。要留出问题检验，请用 --held-out。")
        if questions and not dataset:
            raise CommandFailed("--questions 要与 --dataset 合用：问题要在那个语料里找到所写的条文。")
        sources = EncoderSources(dataset or [], watch or [], own or not dataset, guides or [], held_out, questions or [])
        _train_encoder(sources, settings, folder, recipe_file)
        return
    if guides or held_out or questions:
        raise CommandFailed("--guides、--held-out 和 --questions 要与 --encoder 或 --reranker 合用。")
    _train_heads(_Sources(dataset or [], watch or [], own or not dataset), settings, folder, recipe_file, folds)


def _train_reranker(sources: RerankerSources, settings: Settings, folder: Path | None, recipe_file: Path | None) -> None:
    target = folder or settings.home / "rerankers" / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    try:
        train_reranker_for(sources, settings, target, recipe_file)
    except EvaluationError as error:
        raise CommandFailed(str(error)) from error


def _train_encoder(sources: EncoderSources, settings: Settings, folder: Path | None, recipe_file: Path | None) -> None:
    try:
        _show(train_encoder_for(sources, settings, folder, recipe_file))
    except EvaluationError as error:
        raise CommandFailed(str(error)) from error


def _train_heads(sources: _Sources, settings: Settings, folder: Path | None, recipe_file: Path | None, folds: int) -> None:
    recipe = load_recipe(recipe_file or RECIPE_FILE)
    target = folder or settings.home / "adapters" / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    if target.exists():
        raise CommandFailed(f"{target} 已经存在。请换一个文件夹，或者先把它移走。")
    try:
        if folds:
            _cross_validate(sources, settings, recipe, folds, target)
        else:
            _train(sources, settings, recipe, target)
    except EvaluationError as error:
        raise CommandFailed(str(error)) from error


def _train(sources: _Sources, settings: Settings, recipe: Recipe, target: Path) -> None:
    with progress_bars() as say:
        trained = train_adapter(_material(sources, settings, recipe, say), recipe, head_trainer(), say)
    _show(trained.figures)
    refuse_a_loss(trained.figures)
    write_adapter(target, trained)
    unlicensed = [folder.resolve().name for folder in sources.datasets if recipe.licence_of(folder.resolve().name) == UNKNOWN_LICENCE]
    if unlicensed:
        out.print(f"{'、'.join(unlicensed)}没有注明许可（配方的 [licences]），这个适配器请只在本单位使用，不要分发。", markup=False)
    out.print(f"已写出 {target}。要使用它：把 ZHENGWEN_ADAPTER 设为这个文件夹，再运行 zhengwen index refresh。", markup=False)


def _material(sources: _Sources, settings: Settings, recipe: Recipe, say: SayProgress) -> TrainingMaterial:
    container = build_container(without_own_adapter(settings))
    taught = [labelled_set(folder, settings, recipe, say) for folder in sources.datasets]
    watched = [labelled_set(folder, settings, recipe, say) for folder in sources.watched]
    if sources.own:
        taught.append(own_set(container, recipe, say))
    return TrainingMaterial(tuple(taught), tuple(watched), container.embedder().fingerprint)


def _cross_validate(sources: _Sources, settings: Settings, recipe: Recipe, folds: int, target: Path) -> None:
    if folds == 1 or not sources.datasets:
        raise CommandFailed("交叉检验至少要分成 2 折，并且要用 --dataset 给出标注好的问题。")
    with progress_bars() as say:
        labelled = [LabelledSet(load_dataset(folder), labelled_set(folder, settings, recipe, say)) for folder in sources.datasets]
        container = build_container(without_own_adapter(settings))
        own = [own_set(container, recipe, say)] if sources.own else []
        base = container.embedder().fingerprint
        found = cross_validate(labelled, own, folds, recipe, head_trainer(), base, settings, say)
    target.mkdir(parents=True)
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in as_lines(found))
    (target / HELD_OUT).write_text(lines, encoding="utf-8")
    deliver({"folds": folds, "recipe": recipe.as_written(), "rows": found.rows}, target / SCORES)


def _show(found: Sequence[SetFigures]) -> None:
    headings = ("检验集", "问题", "hit@1", "hit@10", "MRR@10", "recall@100", "MRR 差值的 95% 区间", "结论")
    print_rows(headings, [_shown(figures) for figures in found])


def _shown(figures: SetFigures) -> tuple[str, ...]:
    pairs = (f"{figures.before[name]:.3f} → {figures.after[name]:.3f}" for name in ("hit@1", "hit@10", "mrr@10", "recall@100"))
    verdict = "变差" if figures.loses else "变好" if figures.low > 0 else "在误差范围内"
    return figures.name, str(figures.questions), *pairs, f"{figures.low:+.3f} 至 {figures.high:+.3f}", verdict
