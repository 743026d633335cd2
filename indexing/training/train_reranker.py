"""From lessons to token weights: train, measure on what was held out, write. `train_reranker` is the order of steps."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexing.errors import NothingToLearn, TrainingRefused
from indexing.ports import Progress
from indexing.rank_fusion import Scores
from indexing.reranking import Ranking, reranked
from indexing.training import TOKENS_FILE
from indexing.training.held_out_ranks import reciprocal_ranks
from indexing.training.judgement import gain_interval
from indexing.training.models import SetFigures
from indexing.training.ports import TokenTrainer, TrainedTokens
from indexing.training.reranker_lessons import LessonSet, RerankLesson
from indexing.training.reranker_recipe import RerankerRecipe
from indexing.training.train_adapter import told_losses
from indexing.tuning import RerankingTuning

CARD_FILE = "card.json"
ARCHITECTURE = "late-interaction-1"
"""MaxSim with shares over projected states of tokens; the file is that of token_weights."""
_ADVICE = (
    "减少配方里的 optimiser.epochs、调低 learning_rate，或者把检索参数里的 reranking.weight 由 {now:g} 改为 {best}（在检验的问题上最好）"
)


@dataclass(frozen=True, slots=True)
class RerankerTraining:
    """`card` as written beside the weights."""

    card: Mapping[str, Any]
    figures: tuple[SetFigures, ...]


def train_reranker(  # noqa: PLR0913, PLR0917 (what is learned, how, and what it will be used with)
    sets: Sequence[LessonSet], recipe: RerankerRecipe, trainer: TokenTrainer, tuning: RerankingTuning, folder: Path, progress: Progress
) -> RerankerTraining:
    """Weights and card into `folder`, both or nothing. Raises NothingToLearn; TrainingRefused where a set is ranked worse, beyond noise."""
    taught = [lesson for one in sets for lesson in one.taught if lesson.teaches]
    measured = [one for one in sets if one.held_out]
    if not taught or not measured:
        raise NothingToLearn("、".join(one.name for one in sets), len(taught))
    started = time.monotonic()
    trained = trainer.train(taught, recipe, progress)
    taught_s = time.monotonic() - started
    similarities = {one.name: trained.similarities(one.held_out, progress) for one in measured}
    figures = tuple(_figures(one, similarities[one.name], tuning, recipe) for one in measured)
    by_weight = {one.name: _by_weight(one, similarities[one.name], tuning, recipe) for one in measured}
    if losing := told_losses(figures):
        raise TrainingRefused(losing, made="细排权重", advice=_ADVICE.format(now=tuning.weight, best=_best(by_weight, recipe)))
    folder.mkdir(parents=True, exist_ok=True)
    trained.write(folder / TOKENS_FILE)
    card = _card(sets, recipe, trainer, trained) | {
        "figures": {each.name: asdict(each) for each in figures},
        "weight": tuning.weight,
        "mrr@10_by_weight": by_weight,
        "took_s": round(taught_s, 1),
        "tensors_sha256": hashlib.sha256((folder / TOKENS_FILE).read_bytes()).hexdigest(),
    }
    # Last: its presence says that the training is complete.
    (folder / CARD_FILE).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return RerankerTraining(card, figures)


def _figures(one: LessonSet, similarities: Sequence[Scores], tuning: RerankingTuning, recipe: RerankerRecipe) -> SetFigures:
    """Before and after, as the product ranks where the tuned vectors lead wholly: there the tokens have their full weight."""
    before = [_places(lesson, np.arange(len(lesson.texts))) for lesson in one.held_out]
    after = [_mixed(lesson, found, tuning) for lesson, found in zip(one.held_out, similarities, strict=True)]
    rules = recipe.validation
    low, high = gain_interval(reciprocal_ranks(before), reciprocal_ranks(after), rules.bootstrap_rounds, rules.seed)
    return SetFigures(one.name, len(one.held_out), _means(before), _means(after), low, high)


def _by_weight(one: LessonSet, similarities: Sequence[Scores], tuning: RerankingTuning, recipe: RerankerRecipe) -> dict[str, float]:
    """MRR@10, for whoever sets the weight of tuning.toml; "alone" is the similarity without the search's own score."""
    pairs = list(zip(one.held_out, similarities, strict=True))
    used = {f"{weight:g}": replace(tuning, weight=weight) for weight in recipe.validation.weights}
    found = {name: [_mixed(lesson, scores, rules) for lesson, scores in pairs] for name, rules in used.items()}
    found["alone"] = [_places(lesson, np.argsort(-scores, kind="stable")) for lesson, scores in pairs]
    return {name: round(float(np.mean(reciprocal_ranks(places))), 4) for name, places in found.items()}


def _best(by_weight: Mapping[str, Mapping[str, float]], recipe: RerankerRecipe) -> str:
    """The weight with which the sets are ranked best on average, the smallest of equals."""
    return max((f"{weight:g}" for weight in recipe.validation.weights), key=lambda weight: sum(each[weight] for each in by_weight.values()))


def _mixed(lesson: RerankLesson, similarities: Scores, tuning: RerankingTuning) -> list[int]:
    fused = Ranking(np.arange(len(lesson.texts)), np.array(lesson.fused, np.float32))
    return _places(lesson, reranked(fused, similarities[: tuning.candidates], tuning.weight).order)


def _places(lesson: RerankLesson, order: npt.NDArray[np.int64]) -> list[int]:
    """Where the right texts stand."""
    return [at for at, place in enumerate(order.tolist()) if place in lesson.right]


def _means(places: Sequence[Sequence[int]]) -> dict[str, float]:
    first = np.array([found[0] if found else np.inf for found in places])
    return {"hit@1": float(np.mean(first < 1)), "hit@10": float(np.mean(first < 10)), "mrr@10": float(np.mean(reciprocal_ranks(places)))}


def _card(sets: Sequence[LessonSet], recipe: RerankerRecipe, trainer: TokenTrainer, trained: TrainedTokens) -> dict[str, Any]:
    return {
        "name": recipe.name,
        "architecture": ARCHITECTURE,
        "encoder": trainer.encoder,
        "shape": dict(trained.shape),
        "recipe": recipe.as_written(),
        "trained_on": [_told(one, [each for each in one.taught if each.teaches]) for one in sets if one.taught],
        "held_out": [_told(one, one.held_out) for one in sets if one.held_out],
        "losses": [round(loss, 4) for loss in trained.losses],
        "hardware": trainer.hardware,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _told(one: LessonSet, lessons: Sequence[RerankLesson]) -> dict[str, Any]:
    return {"name": one.name, "licence": one.licence, "questions": len(lessons), "ids": [lesson.id for lesson in lessons]}
