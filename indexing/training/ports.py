"""What a training needs from outside: something that can learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from indexing.adapter_card import AdapterCard
from indexing.ports import Progress, VectorAdapter, Vectors
from indexing.rank_fusion import Scores
from indexing.training.encoder_lessons import EncoderLessons
from indexing.training.encoder_recipe import EncoderRecipe
from indexing.training.models import Lessons, Tensors, TrainedHead
from indexing.training.recipe import Recipe
from indexing.training.reranker_lessons import RerankLesson
from indexing.training.reranker_recipe import RerankerRecipe

Judge = Callable[[VectorAdapter], float]
"""Higher is better; asked after every epoch, on questions that did not teach."""


class HeadTrainer(Protocol):
    """Learns the two heads of an adapter from vectors; embeds nothing. The same lessons, recipe and seed give the same head."""

    hardware: str
    """In words, for the card."""

    def train(self, lessons: Sequence[Lessons], recipe: Recipe, seed: int, judge: Judge, progress: Progress) -> TrainedHead:
        """The head of the epoch that `judge` likes best. What `progress` raises ends the training."""

    def assemble(self, heads: Sequence[Tensors], card: AdapterCard) -> VectorAdapter:
        """One adapter of these heads; digest and shapes of the card are filled in."""


class TunedEncoder(Protocol):
    """What was learned, in memory. Vectors as an Embedder's: float32 [texts, dimension], unit length."""

    losses: tuple[float, ...]
    """Mean over the steps between two checkpoints."""
    shape: Mapping[str, Any]
    """As kept in the file."""

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors: ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors: ...

    def write(self, target: Path) -> None:
        """Whole or not at all. The same weights give the same bytes."""


class EncoderTrainer(Protocol):
    """Learns low-rank weights of the base model from texts. Same lessons, recipe and machine: the same weights."""

    hardware: str
    """In words, for the card."""
    base: str
    """Name of the model that is tuned."""

    def train(self, lessons: EncoderLessons, recipe: EncoderRecipe, checkpoint: Path, progress: Progress) -> TunedEncoder:
        """Goes on from `checkpoint` where one of these lessons and recipe lies there; writes it every few steps. What `progress` raises
        ends the training, and the next one goes on from the last checkpoint.
        """


class TrainedTokens(Protocol):
    """What was learned, in memory."""

    losses: tuple[float, ...]
    """Mean of each epoch."""
    shape: Mapping[str, Any]
    """As kept in the file."""

    def similarities(self, lessons: Sequence[RerankLesson], progress: Progress) -> list[Scores]:
        """float32 [texts] of each, as a search computes them."""

    def write(self, target: Path) -> None:
        """Whole or not at all. The same weights give the same bytes."""


class TokenTrainer(Protocol):
    """Learns token weights on the states of a tuned encoder, which stays as it is. Same lessons, recipe and machine: the same weights."""

    hardware: str
    """In words, for the card."""
    encoder: str
    """As `paired_vectors.searched_model` names it."""

    def train(self, lessons: Sequence[RerankLesson], recipe: RerankerRecipe, progress: Progress) -> TrainedTokens:
        """What `progress` raises ends the training."""
