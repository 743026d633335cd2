"""Frozen values of a training: question sets, what is taught, what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from indexing.ports import VectorAdapter, Vectors

Tensors = Mapping[str, npt.NDArray[np.float32]]
"""Of one head: "{queries|passages}.{block}.{in|out}.{weight|bias}"."""


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """`rows` are the passages that answer it. `restates`: id of the question it says in other words; such a one teaches and never tests."""

    id: str
    text: str
    rows: tuple[int, ...]
    restates: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class QuestionSet:
    """Passages of one corpus and questions on them; all vectors as the model makes them.

    `documents` [passages]: number of the document each passage belongs to. `question_vectors` [questions, dimension].
    """

    name: str
    licence: str
    documents: npt.NDArray[np.int64]
    vectors: Vectors
    questions: tuple[TrainingQuestion, ...]
    question_vectors: Vectors

    @property
    def asked(self) -> tuple[int, ...]:
        """Places of the questions that people ask."""
        return tuple(place for place, question in enumerate(self.questions) if not question.restates)

    def digest(self, places: Sequence[int]) -> str:
        """12 hex digits over ids and texts of these questions."""
        lines = sorted(f"{self.questions[place].id}\t{self.questions[place].text}\n" for place in places)
        return hashlib.blake2b("".join(lines).encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class TrainingMaterial:
    """`watched` sets are measured and teach nothing. `base_fingerprint`: of the embedder that made all the vectors."""

    taught: tuple[QuestionSet, ...]
    watched: tuple[QuestionSet, ...]
    base_fingerprint: str


@dataclass(frozen=True, slots=True)
class Split:
    """Places of questions: those that teach, and those held out. Near-duplicates and other wordings are on one side."""

    taught: tuple[int, ...]
    held_out: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """What a trainer is given of one set: right rows and wrong rows of each question. `wrong` [questions, hard negatives]."""

    name: str
    vectors: Vectors
    question_vectors: Vectors
    right: tuple[tuple[int, ...], ...]
    wrong: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Epoch:
    """`loss` is the mean of its batches, `validation` what the judge gave."""

    number: int
    loss: float
    validation: float


@dataclass(frozen=True, slots=True, eq=False)
class TrainedHead:
    """The weights of the best epoch."""

    tensors: Tensors
    epochs: tuple[Epoch, ...]


@dataclass(frozen=True, slots=True)
class SetFigures:
    """Vectors alone, before and after, on questions that did not teach. `low`, `high`: the gain in MRR@10 (95 %, paired bootstrap)."""

    name: str
    questions: int
    before: Mapping[str, float]
    after: Mapping[str, float]
    low: float
    high: float

    @property
    def loses(self) -> bool:
        """Worse beyond noise."""
        return self.high < 0


@dataclass(frozen=True, slots=True, eq=False)
class TrainedAdapter:
    """`log` is what is kept beside the adapter: epochs, and which questions taught or tested."""

    adapter: VectorAdapter
    figures: tuple[SetFigures, ...]
    log: Mapping[str, Any]
