"""From question sets to low-rank weights of the encoder: split, mine, tune, measure, write. `train_encoder` is the order of steps."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from indexing.errors import NothingToLearn, TrainingRefused
from indexing.ports import Progress
from indexing.training import ENCODER_FILE
from indexing.training.encoder_lessons import EncoderLessons, EncoderSet, GuideText
from indexing.training.encoder_recipe import EncoderRecipe, EncoderValidation
from indexing.training.judgement import compare_vectors
from indexing.training.models import QuestionSet, SetFigures, Split, TrainingQuestion
from indexing.training.ports import EncoderTrainer, TunedEncoder
from indexing.training.splits import hold_out, hold_out_named
from indexing.training.train_adapter import told_losses

CARD_FILE, CHECKPOINT_FILE = "card.json", "training.checkpoint"
ARCHITECTURE = "low-rank-layers-1"
"""W' = W + b·a for the six matrices of every layer from the first one on; the file is that of encoder_adaptation."""
_ADVICE = "减少配方里的 optimiser.epochs、调低 learning_rate"
EncoderPlan = Sequence[tuple[EncoderSet, Split]]


@dataclass(frozen=True, slots=True, eq=False)
class GuideSource:
    name: str
    licence: str
    guides: tuple[GuideText, ...]


@dataclass(frozen=True, slots=True, eq=False)
class EncoderMaterial:
    """`watched` sets are measured and teach nothing. `held_out`: ids of questions; none: the recipe's share of each set is held out."""

    taught: tuple[EncoderSet, ...]
    watched: tuple[EncoderSet, ...] = ()
    guides: tuple[GuideSource, ...] = ()
    held_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EncoderTraining:
    """`card` as written beside the weights."""

    card: Mapping[str, Any]
    figures: tuple[SetFigures, ...]


def train_encoder(
    material: EncoderMaterial, recipe: EncoderRecipe, trainer: EncoderTrainer, folder: Path, progress: Progress
) -> EncoderTraining:
    """Weights and card into `folder`. A broken training goes on there when it is called again with the same material and recipe.

    Raises NothingToLearn; TrainingRefused where a set finds less than with the base, beyond noise: then nothing is written.
    """
    plan = [(one, _split(one.questions, material.held_out, recipe)) for one in material.taught]
    measured = [*plan, *((one, Split((), one.questions.asked)) for one in material.watched)]
    if not any(split.taught for _, split in plan) or not any(split.held_out for _, split in measured):
        raise NothingToLearn("、".join(one.questions.name for one, _ in plan), sum(len(one.questions.asked) for one, _ in plan))
    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    lessons = EncoderLessons(plan, [guide for source in material.guides for guide in source.guides], recipe)
    tuned = trainer.train(lessons, recipe, folder / CHECKPOINT_FILE, progress)
    taught_s = time.monotonic() - started
    figures = tuple(measure(one, split.held_out, tuned, recipe.validation, progress) for one, split in measured if split.held_out)
    if losing := told_losses(figures):
        raise TrainingRefused(losing, made="检索模型", advice=_ADVICE)
    tuned.write(folder / ENCODER_FILE)
    card = _card(plan, material, recipe, trainer, tuned, lessons.steps) | {
        "figures": {each.name: asdict(each) for each in figures},
        "took_s": round(taught_s, 1),
        "tensors_sha256": hashlib.sha256((folder / ENCODER_FILE).read_bytes()).hexdigest(),
    }
    # Last: its presence says that the training is complete.
    (folder / CARD_FILE).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / CHECKPOINT_FILE).unlink(missing_ok=True)
    return EncoderTraining(card, figures)


def measure(
    one: EncoderSet, asked: Sequence[int], tuned: TunedEncoder, rules: EncoderValidation, progress: Progress | None = None
) -> SetFigures:
    """Vectors alone, base (as embedded for search) and tuned (as trained), among the right passages and `rules.passages` others."""
    few, texts = among_few(one, asked, rules)
    questions = [question.text for question in few.questions]
    after = replace(few, vectors=tuned.embed_passages(texts, progress), question_vectors=tuned.embed_queries(questions))
    return compare_vectors(few, after, range(len(questions)), rules.bootstrap_rounds, rules.seed)


def among_few(one: EncoderSet, asked: Sequence[int], rules: EncoderValidation) -> tuple[QuestionSet, list[str]]:
    """The questions asked alone, with a part of the passages and the texts of these."""
    whole = one.questions
    right = {row for place in asked for row in whole.questions[place].rows}
    others = [row for row in range(len(whole.vectors)) if row not in right]
    chance = random.Random(rules.seed)  # noqa: S311 (a repeatable choice, not a secret)
    rows = sorted(right.union(chance.sample(others, min(rules.passages, len(others)))))
    at = {row: number for number, row in enumerate(rows)}
    questions = tuple(
        TrainingQuestion(question.id, question.text, tuple(at[row] for row in question.rows))
        for question in (whole.questions[place] for place in asked)
    )
    kept = np.array(rows)
    few = QuestionSet(whole.name, whole.licence, whole.documents[kept], whole.vectors[kept], questions, whole.question_vectors[list(asked)])
    return few, [one.texts[row] for row in rows]


def _split(one: QuestionSet, held_out: frozenset[str], recipe: EncoderRecipe) -> Split:
    if held_out:
        return hold_out_named(one.questions, held_out)
    return hold_out(one.questions, recipe.validation.share, recipe.validation.seed)


def _card(  # noqa: PLR0913, PLR0917 (what the card tells)
    plan: EncoderPlan, material: EncoderMaterial, recipe: EncoderRecipe, trainer: EncoderTrainer, tuned: TunedEncoder, steps: int
) -> dict[str, Any]:
    return {
        "name": recipe.name,
        "architecture": ARCHITECTURE,
        "base_model": trainer.base,
        "shape": dict(tuned.shape),
        "recipe": recipe.as_written(),
        "trained_on": [
            *(_questions(one.questions, split.taught) for one, split in plan if split.taught),
            *({"name": source.name, "licence": source.licence, "guides": len(source.guides)} for source in material.guides),
        ],
        "held_out": [_questions(one.questions, split.held_out) for one, split in plan if split.held_out],
        "watched": [one.questions.name for one in material.watched],
        "steps": steps,
        "losses": [round(loss, 4) for loss in tuned.losses],
        "hardware": trainer.hardware,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _questions(one: QuestionSet, places: Sequence[int]) -> dict[str, Any]:
    return {
        "name": one.name,
        "licence": one.licence,
        "questions": len(places),
        "passages": len(one.vectors),
        "digest": one.digest(places),
        "ids": [one.questions[place].id for place in places],
    }
