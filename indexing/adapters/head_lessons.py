"""The batches that a head learns from: questions of one set, their right passages, hard negatives, passages by chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from indexing.training.models import Lessons
from indexing.training.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """`right` [questions, passages] is true where a passage answers a question; `general` are passages of any set."""

    questions: Tensor
    passages: Tensor
    right: Tensor
    general: Tensor


class LessonBook:
    """Batches of all sets in an order that the generator decides."""

    def __init__(self, lessons: Sequence[Lessons], recipe: Recipe, chance: torch.Generator, device: torch.device) -> None:
        self._lessons, self._recipe, self._chance, self._device = lessons, recipe, chance, device
        self._vectors = [torch.from_numpy(each.vectors).to(device) for each in lessons]
        self._questions = [torch.from_numpy(each.question_vectors).to(device) for each in lessons]
        self.passage_mean = torch.stack([vectors.mean(0) for vectors in self._vectors]).mean(0)
        self.question_mean = torch.stack([vectors.mean(0) for vectors in self._questions]).mean(0)

    @property
    def batches_per_epoch(self) -> int:
        return sum(-(-self._taken(number) // self._recipe.optimiser.batch) for number in range(len(self._lessons)))

    def epoch(self) -> Iterator[Batch]:
        batch = self._recipe.optimiser.batch
        planned: list[tuple[int, Tensor]] = []
        for number, each in enumerate(self._lessons):
            order = torch.randperm(len(each.right), generator=self._chance)[: self._taken(number)]
            planned += [(number, part) for part in torch.split(order, batch)]
        for at in torch.randperm(len(planned), generator=self._chance).tolist():
            yield self._batch(*planned[at])

    def _taken(self, number: int) -> int:
        return min(len(self._lessons[number].right), self._recipe.questions.per_epoch)

    def _batch(self, number: int, places: Tensor) -> Batch:
        lessons, vectors = self._lessons[number], self._vectors[number]
        right_rows = [torch.tensor(lessons.right[place]) for place in places.tolist()]
        wrong = torch.from_numpy(lessons.wrong[places.numpy()]).flatten()
        by_chance = torch.randint(len(vectors), (self._recipe.negatives.random,), generator=self._chance)
        rows = torch.unique(torch.cat([*right_rows, wrong, by_chance]))
        right = torch.zeros((len(places), len(rows)), dtype=torch.bool)
        for at, own in enumerate(right_rows):
            right[at, torch.searchsorted(rows, own)] = True
        return Batch(
            self._shaken(self._questions[number][places.to(self._device)]),
            self._shaken(vectors[rows.to(self._device)]),
            right.to(self._device),
            self._general(),
        )

    def _general(self) -> Tensor:
        vectors = self._vectors[int(torch.randint(len(self._vectors), (1,), generator=self._chance))]
        rows = torch.randint(len(vectors), (self._recipe.hold.rows,), generator=self._chance)
        return vectors[rows.to(self._device)]

    def _shaken(self, vectors: Tensor) -> Tensor:
        length = self._recipe.optimiser.noise
        if not length:
            return vectors
        step = torch.randn(vectors.shape, generator=self._chance).to(self._device)
        return vectors + length * functional.normalize(step, dim=-1)
