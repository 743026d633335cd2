"""From question sets to an adapter: split, mine, train one head per seed, judge. `train_adapter` is the order of steps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from indexing.adapter_card import RESIDUAL_MLP, AdapterCard, TrainedOn
from indexing.errors import NothingToLearn, TrainingRefused
from indexing.paired_vectors import searched_model
from indexing.ports import Progress, VectorAdapter
from indexing.training.held_out_ranks import reciprocal_ranks, right_places
from indexing.training.judgement import compare_with_base
from indexing.training.models import Lessons, QuestionSet, SetFigures, Split, TrainedAdapter, TrainedHead, TrainingMaterial
from indexing.training.negatives import hard_negatives
from indexing.training.ports import HeadTrainer
from indexing.training.recipe import Recipe
from indexing.training.splits import hold_out

Plan = Sequence[tuple[QuestionSet, Split]]


def train_adapter(material: TrainingMaterial, recipe: Recipe, trainer: HeadTrainer, progress: Progress) -> TrainedAdapter:
    """Raises NothingToLearn. Whether the result is good enough is for `refuse_a_loss`."""
    rules = recipe.validation
    plan = [(one, hold_out(one.questions, rules.share, rules.seed)) for one in material.taught]
    for one, split in plan:
        if not split.taught or not split.held_out:
            raise NothingToLearn(one.name, len(one.questions))
    started = time.monotonic()
    heads = train_heads(plan, recipe, trainer, progress)
    tensors = [head.tensors for head in heads]
    card = _card(plan, recipe, trainer, material.base_fingerprint, time.monotonic() - started)
    adapter = trainer.assemble(tensors, card)
    measured = [*((one, split.held_out) for one, split in plan), *((one, one.asked) for one in material.watched)]
    found = tuple(compare_with_base(one, asked, adapter, rules.bootstrap_rounds, rules.seed) for one, asked in measured)
    told = {figure.name: asdict(figure) for figure in found}
    return TrainedAdapter(trainer.assemble(tensors, replace(card, figures=told)), found, _log(plan, heads, recipe, told))


def train_heads(plan: Plan, recipe: Recipe, trainer: HeadTrainer, progress: Progress) -> list[TrainedHead]:
    """One head per seed, each kept from the epoch at which the held-out questions stand best."""
    lessons = [_lessons(one, split, recipe) for one, split in plan]

    def judge(adapter: VectorAdapter) -> float:
        ranks = [reciprocal_ranks(right_places(one, split.held_out, adapter)) for one, split in plan]
        return float(np.mean([found.mean() for found in ranks if len(found)]))

    return [
        trainer.train(lessons, recipe, seed, judge, _numbered(progress, number, len(recipe.seeds)))
        for number, seed in enumerate(recipe.seeds, start=1)
    ]


def refuse_a_loss(figures: Sequence[SetFigures]) -> None:
    """Raises TrainingRefused where any set finds less than before, beyond noise."""
    if losing := told_losses(figures):
        raise TrainingRefused(losing)


def told_losses(figures: Sequence[SetFigures]) -> str:
    """In words, for whoever trained it; "" where no set loses."""
    return "；".join(
        f"“{each.name}”的 {each.questions} 个检验问题，MRR@10 由 {each.before['mrr@10']:.3f} 变为 {each.after['mrr@10']:.3f}"
        f"（差值 95% 区间 {each.low:+.3f} 至 {each.high:+.3f}）"
        for each in figures
        if each.loses
    )


def _lessons(one: QuestionSet, split: Split, recipe: Recipe) -> Lessons:
    taught = list(split.taught)
    vectors, right = one.question_vectors[taught], tuple(one.questions[place].rows for place in taught)
    return Lessons(one.name, one.vectors, vectors, right, hard_negatives(vectors, one.vectors, right, recipe.negatives.hard))


def _numbered(progress: Progress, number: int, total: int) -> Progress:
    return lambda step, done, all_: progress(f"{step}（{number}/{total}）", done, all_)


def _card(plan: Plan, recipe: Recipe, trainer: HeadTrainer, base: str, took_s: float) -> AdapterCard:
    return AdapterCard(
        name=recipe.name,
        architecture=RESIDUAL_MLP,
        base_model=searched_model(base),
        base_fingerprint=base,
        dimension=plan[0][0].vectors.shape[1],
        tensors_sha256="",
        shapes={},
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        recipe=recipe.as_written(),
        trained_on=tuple(
            TrainedOn(one.name, one.licence, len(split.taught), len(one.vectors), one.digest(split.taught)) for one, split in plan
        ),
        hardware=trainer.hardware,
        took_s=round(took_s, 1),
    )


def _log(plan: Plan, heads: Sequence[TrainedHead], recipe: Recipe, figures: dict[str, Any]) -> dict[str, Any]:
    return {
        "recipe": recipe.as_written(),
        "epochs": [
            {"seed": seed, "epochs": [asdict(epoch) for epoch in head.epochs]} for seed, head in zip(recipe.seeds, heads, strict=True)
        ],
        "figures": figures,
        "questions": {
            one.name: {
                "taught": [one.questions[place].id for place in split.taught],
                "held_out": [one.questions[place].id for place in split.held_out],
            }
            for one, split in plan
        },
    }
