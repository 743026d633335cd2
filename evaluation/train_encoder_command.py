"""The part of `zhengwen train` that tunes the encoder: reads what teaches, trains, says what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from api.commands.console import CommandFailed, SayProgress, out, progress_bars
from api.container import encoder_trainer, prepare_model
from api.settings import Settings
from evaluation.encoder_sets import labelled_encoder_sets, own_container, own_encoder_set, read_guide_source, read_held_out
from indexing.training import ENCODER_FILE
from indexing.training.encoder_recipe import ENCODER_RECIPE_FILE, EncoderRecipe, load_encoder_recipe
from indexing.training.models import SetFigures
from indexing.training.recipe import load_recipe
from indexing.training.recipe_files import UNKNOWN_LICENCE
from indexing.training.train_encoder import CARD_FILE, CHECKPOINT_FILE, EncoderMaterial, train_encoder


@dataclass(frozen=True, slots=True)
class EncoderSources:
    """As named on the command line."""

    datasets: list[Path]
    watched: list[Path]
    own: bool
    guides: list[Path]
    held_out: Path | None
    written: list[Path] = field(default_factory=list)


def train_encoder_for(sources: EncoderSources, settings: Settings, folder: Path | None, recipe_file: Path | None) -> tuple[SetFigures, ...]:
    """Raises EvaluationError, IndexingError, CommandFailed where the folder holds something else."""
    recipe = load_encoder_recipe(recipe_file or ENCODER_RECIPE_FILE)
    # Without a date: a broken training is gone on with where it lies.
    target = folder or settings.home / "encoders" / recipe.name
    check_target(target)
    with progress_bars() as say:
        material = _material(sources, settings, recipe, say)
        trained = train_encoder(material, recipe, encoder_trainer(settings), target, say)
    unlicensed = [str(one["name"]) for one in trained.card["trained_on"] if one["licence"] == UNKNOWN_LICENCE]
    if unlicensed:
        out.print(f"{'、'.join(unlicensed)}没有注明许可（配方的 [licences]），这个检索模型请只在本单位使用，不要分发。", markup=False)
    out.print(
        f"已写出 {target}。要使用它：把 ZHENGWEN_ENCODER 设为 {target / ENCODER_FILE}，重启服务，再运行 zhengwen index refresh"
        "（全部文本要重新计算向量）。原来训练的向量适配器要重新训练。",
        markup=False,
    )
    return trained.figures


def check_target(target: Path) -> None:
    """New, or one in which a training was broken off. Raises CommandFailed."""
    left = {path.name for path in target.iterdir()} if target.is_dir() else set()
    if (target.exists() and not target.is_dir()) or CARD_FILE in left or (left and CHECKPOINT_FILE not in left):
        raise CommandFailed(f"{target} 已经存在。请换一个文件夹，或者先把它移走。")


def _material(sources: EncoderSources, settings: Settings, recipe: EncoderRecipe, say: SayProgress) -> EncoderMaterial:
    prepare_model(settings, say)
    taught = [one for folder in sources.datasets for one in labelled_encoder_sets(folder, settings, recipe, say, sources.written)]
    if sources.own:
        taught.append(own_encoder_set(own_container(settings), load_recipe(), say))
    watched = [one for folder in sources.watched for one in labelled_encoder_sets(folder, settings, recipe, say)]
    guides = [read_guide_source(path, recipe) for path in sources.guides]
    return EncoderMaterial(tuple(taught), tuple(watched), tuple(guides), read_held_out(sources.held_out))
