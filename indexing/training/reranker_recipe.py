"""The numbers of the token weights' training as frozen values, read from reranker_recipe.toml or a city's own copy of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexing.training.recipe_files import NamesLicences, WrittenRecipe, read_recipe

RERANKER_RECIPE_FILE = Path(__file__).with_name("reranker_recipe.toml")


@dataclass(frozen=True, slots=True)
class TokenSizes:
    """Token counts are of a text's own, without special ones."""

    width: int
    centred: bool
    question_tokens: int
    passage_tokens: int
    sample_tokens: int


@dataclass(frozen=True, slots=True)
class TokenOptimiser:
    """AdamW on a softmax over the passages of a question, the rates going straight down to nothing."""

    epochs: int
    questions_per_batch: int
    learning_rate: float
    share_rate: float
    scale_rate: float
    scale: float
    weight_decay: float
    dropout: float


@dataclass(frozen=True, slots=True)
class TokenDistillation:
    weight: float
    temperature: float


@dataclass(frozen=True, slots=True)
class Candidates:
    hits: int
    right_texts: int


@dataclass(frozen=True, slots=True)
class GuideLessons:
    """`chars` of a guide's text; every one of `phrases` holds {title}."""

    questions: int
    others: int
    chars: int
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RerankerValidation:
    share: float
    seed: int
    bootstrap_rounds: int
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RerankerRecipe(NamesLicences, WrittenRecipe):
    """`licences` by folder name of a set."""

    name: str
    seed: int
    shape: TokenSizes
    optimiser: TokenOptimiser
    distillation: TokenDistillation
    candidates: Candidates
    guides: GuideLessons
    validation: RerankerValidation
    licences: Mapping[str, str]


def load_reranker_recipe(file: Path = RERANKER_RECIPE_FILE) -> RerankerRecipe:
    """Raises InvalidRecipe, naming what is missing or impossible."""
    return read_recipe(RerankerRecipe, file, _conditions)


def _conditions(recipe: RerankerRecipe) -> dict[str, bool]:
    shape, rules, guides = recipe.shape, recipe.optimiser, recipe.guides
    counts = (
        *(shape.width, shape.question_tokens, shape.passage_tokens, shape.sample_tokens, rules.epochs, rules.questions_per_batch),
        *(recipe.candidates.hits, recipe.candidates.right_texts, guides.questions, guides.others, guides.chars),
    )
    return {
        "宽度、词元数、轮数、批量和条数应当大于 0": min(counts) > 0,
        "optimiser.learning_rate 应当大于 0": rules.learning_rate > 0,
        "optimiser.dropout 应当大于等于 0、小于 1": 0 <= rules.dropout < 1,
        "distillation.weight 应当在 0 和 1 之间，temperature 应当大于 0": 0 <= recipe.distillation.weight <= 1
        and recipe.distillation.temperature > 0,
        "guides.phrases 的每个问法都要含有 {title}": bool(guides.phrases) and all("{title}" in phrase for phrase in guides.phrases),
        "validation.share 应当大于 0、小于 1": 0 < recipe.validation.share < 1,
        "validation.weights 应当有几个，没有负数": all(weight >= 0 for weight in recipe.validation.weights)
        and bool(recipe.validation.weights),
    }
