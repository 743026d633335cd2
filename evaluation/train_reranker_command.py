"""The part of `zhengwen train` that trains the token weights of the reranking: lessons from the search, training, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.commands.console import CommandFailed, SayProgress, out, print_rows, progress_bars
from api.container import prepare_model, token_trainer
from api.settings import Settings
from api.shipped_content import chosen_tuning
from evaluation.encoder_sets import read_guide_source, read_held_out
from evaluation.reranker_sets import guide_set, searched_sets
from indexing.training import TOKENS_FILE
from indexing.training.models import SetFigures
from indexing.training.recipe_files import UNKNOWN_LICENCE
from indexing.training.reranker_lessons import LessonSet
from indexing.training.reranker_recipe import RERANKER_RECIPE_FILE, RerankerRecipe, load_reranker_recipe
from indexing.training.train_reranker import train_reranker
from indexing.tuning import RerankingTuning


@dataclass(frozen=True, slots=True)
class RerankerSources:
    """As named on the command line."""

    datasets: list[Path]
    guides: list[Path]
    held_out: Path | None
    written: list[Path]


def train_reranker_for(sources: RerankerSources, settings: Settings, folder: Path, recipe_file: Path | None) -> None:
    """Writes weights and card into `folder`, which must be new. Raises EvaluationError, IndexingError, CommandFailed."""
    if not sources.datasets:
        raise CommandFailed("--reranker 要用 --dataset 给出标注好的问题。")
    if folder.exists():
        raise CommandFailed(f"{folder} 已经存在。请换一个文件夹，或者先把它移走。")
    recipe = load_reranker_recipe(recipe_file or RERANKER_RECIPE_FILE)
    tuning = chosen_tuning(settings).reranking
    with progress_bars() as say:
        prepare_model(settings, say)
        trainer = token_trainer(settings)
        if trainer is None:
            raise CommandFailed("细排用检索模型的词元：请先把 ZHENGWEN_ENCODER 留空（用随程序的），或设为自己训练的检索模型。")
        trained = train_reranker(_sets(sources, settings, recipe, tuning, say), recipe, trainer, tuning, folder, say)
    _show(trained.figures)
    unlicensed = [str(one["name"]) for one in trained.card["trained_on"] if one["licence"] == UNKNOWN_LICENCE]
    if unlicensed:
        out.print(f"{'、'.join(unlicensed)}没有注明许可（配方的 [licences]），这些权重请只在本单位使用，不要分发。", markup=False)
    out.print(
        f"已写出 {folder}。要使用它：把 ZHENGWEN_RERANKER 设为 {folder / TOKENS_FILE}，重启服务，再运行 zhengwen index refresh"
        "（全部文本要重新读一遍）。",
        markup=False,
    )


def _sets(
    sources: RerankerSources, settings: Settings, recipe: RerankerRecipe, tuning: RerankingTuning, say: SayProgress
) -> list[LessonSet]:
    held_out = read_held_out(sources.held_out)
    sets = [one for folder in sources.datasets for one in searched_sets(folder, sources.written, held_out, settings, recipe, tuning, say)]
    return [*sets, *(guide_set(read_guide_source(path, recipe), recipe) for path in sources.guides)]


def _show(found: tuple[SetFigures, ...]) -> None:
    headings = ("检验集", "问题", "hit@1", "hit@10", "MRR@10", "MRR 差值的 95% 区间")
    print_rows(headings, [_shown(figures) for figures in found])


def _shown(figures: SetFigures) -> tuple[str, ...]:
    pairs = (f"{figures.before[name]:.3f} → {figures.after[name]:.3f}" for name in ("hit@1", "hit@10", "mrr@10"))
    return figures.name, str(figures.questions), *pairs, f"{figures.low:+.3f} 至 {figures.high:+.3f}"
