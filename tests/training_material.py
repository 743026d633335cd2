"""Question sets for tests: questions are the vectors of their passages, turned by a rotation that can be learned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from indexing.ports import Vectors
from indexing.training.models import QuestionSet, TrainingMaterial, TrainingQuestion
from indexing.training.recipe import Recipe, load_recipe

DIMENSION = 24
BASE = "tiny-model@1/int8"


def small_recipe(**parts: dict[str, object]) -> Recipe:
    """Trains in a second; `parts` change entries, e.g. hold={"weight": 0.0}."""
    shipped = load_recipe()
    small: dict[str, dict[str, object]] = {
        "shape": {"passages_hidden": 48, "queries_hidden": 48},
        "optimiser": {"epochs": 12, "batch": 32, "learning_rate": 3e-3, "temperature": 0.1},
        "negatives": {"hard": 10, "random": 60},
        "hold": {"weight": 0.1, "rows": 32},
        "validation": {"share": 0.25, "bootstrap_rounds": 200},
    }
    for name, changes in parts.items():
        small[name] = {**small.get(name, {}), **changes}
    changed = {name: replace(getattr(shipped, name), **changes) for name, changes in small.items()}
    return replace(shipped, seeds=(1,), **changed)


def a_set(name: str = "turned", *, turned: float = 1.0, count: int = 160, seed: int = 3) -> QuestionSet:
    """`turned` 0: every question stands on its passage already."""
    chance = np.random.default_rng(seed)
    passages = _unit(chance.normal(size=(count, DIMENSION)))
    # The same for every seed: what is learned on one set holds for the others.
    rotation = np.linalg.qr(np.random.default_rng(9).normal(size=(DIMENSION, DIMENSION)))[0]
    asked = _unit(passages + turned * 1.6 * passages @ rotation + 0.02 * chance.normal(size=(count, DIMENSION)))
    questions = tuple(TrainingQuestion(f"{name}-{row}", f"{name} 第{row}个问题，编号{row * 7919 % 100003}", (row,)) for row in range(count))
    return QuestionSet(name, "自编", np.arange(count), passages, questions, asked)


def material(*taught: QuestionSet, watched: tuple[QuestionSet, ...] = ()) -> TrainingMaterial:
    return TrainingMaterial(taught or (a_set(),), watched, BASE)


def _unit(vectors: np.ndarray) -> Vectors:
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit
