"""The terms of one question as a generation knows them: numbers, weights, and what their occurrences are damped by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from indexing.adapters.postgres.generation_facts import GenerationFacts
from indexing.adapters.postgres.numbers import Numbers
from indexing.adapters.postgres.reading import array
from indexing.tuning import LexicalTuning


@dataclass(frozen=True, slots=True, eq=False)
class QuestionTerms:
    """In the order of the question. `containing`: passages of the generation that hold each; `rarities`: its weight in BM25, more than it
    ever adds to a passage. Occurrences are damped by `flat` + `slope` times the length of the passage.
    """

    numbers: Numbers
    containing: Numbers
    rarities: npt.NDArray[np.float64]
    flat: float
    slope: float

    @classmethod
    def of(cls, numbers: Numbers, containing: Mapping[int, int], facts: GenerationFacts, tuning: LexicalTuning) -> QuestionTerms:
        """One never seen counts as the rarest."""
        counts = np.array([containing.get(number, 0) for number in numbers.tolist()], dtype=np.int64)
        rarities = np.log1p((facts.manifest.passage_count - counts + 0.5) / (counts + 0.5))
        return cls(numbers, counts, rarities, tuning.k1 * (1 - tuning.b), tuning.k1 * tuning.b / facts.average_length)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def parameters(self) -> dict[str, Any]:
        """Of a statement that weighs them; rising by number, as it finds them by halves."""
        order = np.argsort(self.numbers)
        return {"terms": array(self.numbers[order]), "rarities": array(self.rarities[order]), "flat": self.flat, "slope": self.slope}

    def only(self, kept: npt.NDArray[np.bool_]) -> QuestionTerms:
        return QuestionTerms(self.numbers[kept], self.containing[kept], self.rarities[kept], self.flat, self.slope)

    def rare(self, rows: int) -> npt.NDArray[np.bool_]:
        """The rarest that stand in no more than `rows` passages, repeats counted."""
        order = np.argsort(self.containing, kind="stable")
        within = np.cumsum(self.containing[order]) <= rows
        rare = np.zeros(len(self), dtype=np.bool_)
        rare[order[within]] = True
        return rare
