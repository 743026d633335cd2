"""The numbers of an encoder's tuning as frozen values, read from encoder_recipe.toml or a city's own copy of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexing.training.recipe_files import NamesLicences, WrittenRecipe, read_recipe

ENCODER_RECIPE_FILE = Path(__file__).with_name("encoder_recipe.toml")


@dataclass(frozen=True, slots=True)
class LowRankShape:
    """Layers are counted from 0; token counts include the special ones."""

    first_layer: int
    rank: int
    scale: float
    question_tokens: int
    passage_tokens: int


@dataclass(frozen=True, slots=True)
class EncoderOptimiser:
    """AdamW on a softmax over the passages of a batch, with a warm-up and then a straight way down to `final_rate` of the rate."""

    epochs: int
    questions_per_batch: int
    learning_rate: float
    weight_decay: float
    temperature: float
    gradient_norm: float
    warm_up_share: float
    final_rate: float


@dataclass(frozen=True, slots=True)
class MinedNegatives:
    """`per_question` of those on ranks `skip` + 1 to `depth`."""

    per_question: int
    depth: int
    skip: int


@dataclass(frozen=True, slots=True)
class Wordings:
    """Further queries of a labelled question; `keywords` is how likely they are taken, lengths are in characters."""

    keywords: float
    answer_sentences: int
    answer_chars: int
    shortest_sentence: int


@dataclass(frozen=True, slots=True)
class GuideBatches:
    every: int
    guides_per_batch: int
    chars: int
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """Changes how fast it goes, and the result in its last bits only."""

    texts_at_once: int
    checkpoint_steps: int


@dataclass(frozen=True, slots=True)
class EncoderValidation:
    share: float
    seed: int
    bootstrap_rounds: int
    passages: int


@dataclass(frozen=True, slots=True)
class PeakTexts:
    passages: int
    queries: int


@dataclass(frozen=True, slots=True)
class EncoderRecipe(NamesLicences, WrittenRecipe):
    """`licences` by folder name of a set."""

    name: str
    seed: int
    shape: LowRankShape
    optimiser: EncoderOptimiser
    negatives: MinedNegatives
    wordings: Wordings
    guides: GuideBatches
    pace: Pace
    validation: EncoderValidation
    measuring: PeakTexts
    licences: Mapping[str, str]


def load_encoder_recipe(file: Path = ENCODER_RECIPE_FILE) -> EncoderRecipe:
    """Raises InvalidRecipe, naming what is missing or impossible."""
    return read_recipe(EncoderRecipe, file, _conditions)


def _conditions(recipe: EncoderRecipe) -> dict[str, bool]:
    shape, rules, guides, pace = recipe.shape, recipe.optimiser, recipe.guides, recipe.pace
    counts = (
        *(shape.rank, rules.epochs, rules.questions_per_batch, recipe.negatives.per_question, recipe.wordings.answer_sentences),
        *(guides.every, guides.guides_per_batch, pace.texts_at_once, pace.checkpoint_steps, recipe.measuring.passages),
    )
    return {
        "层数、轮数、批量和条数应当大于 0": min(counts) > 0 <= shape.first_layer,
        "shape.question_tokens 和 passage_tokens 应当大于 2": min(shape.question_tokens, shape.passage_tokens) > 2,
        "optimiser 的 learning_rate、temperature、gradient_norm 应当大于 0": min(
            rules.learning_rate, rules.temperature, rules.gradient_norm
        )
        > 0,
        "negatives.skip 应当小于 depth": 0 <= recipe.negatives.skip < recipe.negatives.depth,
        "wordings.keywords、optimiser 的 warm_up_share 和 final_rate 应当在 0 和 1 之间": all(
            0 <= share <= 1 for share in (recipe.wordings.keywords, rules.warm_up_share, rules.final_rate)
        ),
        "guides.phrases 的每个问法都要含有 {title}": bool(guides.phrases) and all("{title}" in phrase for phrase in guides.phrases),
        "validation.share 应当大于 0、小于 1": 0 < recipe.validation.share < 1,
    }
