"""The numbers of a training as frozen values, read from recipe.toml or a city's own copy of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from indexing.training.recipe_files import NamesLicences, WrittenRecipe, read_recipe
from knowledge_base.models import ServiceGuide

RECIPE_FILE = Path(__file__).with_name("recipe.toml")


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of one head. `input_scale` and `remove_centre` are folded into the weights; nothing of them is left at serving."""

    passages_hidden: int
    queries_hidden: int
    blocks: int
    input_scale: float
    remove_centre: bool
    dropout: float


@dataclass(frozen=True, slots=True)
class Optimiser:
    """AdamW on a softmax over passages, with a warm-up and then a straight way down to `final_rate` of the rate."""

    epochs: int
    batch: int
    learning_rate: float
    weight_decay: float
    temperature: float
    warm_up_steps: int
    final_rate: float
    every_positive: float
    noise: float


@dataclass(frozen=True, slots=True)
class Negatives:
    """`hard` per question, `random` per batch."""

    hard: int
    random: int


@dataclass(frozen=True, slots=True)
class Hold:
    """How firmly the model's own similarities are held on to; `blend` in [0, 1]."""

    weight: float
    rows: int
    blend: float


@dataclass(frozen=True, slots=True)
class Validation:
    """`share` of the questions of each set is held out."""

    share: float
    seed: int
    bootstrap_rounds: int


@dataclass(frozen=True, slots=True)
class Questions:
    """What becomes a training question besides those that are asked; lengths in characters."""

    per_epoch: int
    keywords: bool
    answer_sentences: int
    sentences_per_document: int
    shortest_sentence: int
    longest_sentence: int


@dataclass(frozen=True, slots=True)
class Recipe(NamesLicences, WrittenRecipe):
    """`facets`: questions with {title}, by the field of the guide that answers them. `licences` by folder name of a set."""

    name: str
    seeds: tuple[int, ...]
    shape: Shape
    optimiser: Optimiser
    negatives: Negatives
    hold: Hold
    validation: Validation
    questions: Questions
    facets: Mapping[str, tuple[str, ...]]
    licences: Mapping[str, str]


def load_recipe(file: Path = RECIPE_FILE) -> Recipe:
    """Raises InvalidRecipe, naming what is missing or impossible."""
    return read_recipe(Recipe, file, _conditions)


def _conditions(recipe: Recipe) -> dict[str, bool]:
    known = {field.name for field in fields(ServiceGuide)}
    return {
        "seeds 至少要有一个": bool(recipe.seeds),
        "facets 里有办事指南没有的字段": recipe.facets.keys() <= known,
        "facets 的每个问法都要含有 {title}": all("{title}" in phrase for phrases in recipe.facets.values() for phrase in phrases),
        "hold.blend 应当在 0 和 1 之间": 0 <= recipe.hold.blend <= 1,
        "validation.share 应当大于 0、小于 1": 0 < recipe.validation.share < 1,
        "optimiser 的 epochs、batch、temperature 应当大于 0": min(
            recipe.optimiser.epochs, recipe.optimiser.batch, recipe.optimiser.temperature
        )
        > 0,
    }
