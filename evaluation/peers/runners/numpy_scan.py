"""The reference: every product by numpy, exact, no index at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evaluation.peers.runners.protocol import Question, SharedSet, Vectors, nearest_rows, run


class NumpyScan:
    kinds = ("vector",)

    def build(self, shared: SharedSet, folder: Path) -> None:
        np.save(folder / "vectors.npy", shared.vectors)

    def open(self, folder: Path) -> None:
        self._vectors: Vectors = np.load(folder / "vectors.npy")

    def ask(self, kind: str, question: Question, limit: int) -> Sequence[int]:
        del kind  # there is one alone
        found: list[int] = nearest_rows(self._vectors, question.vector, limit).tolist()
        return found


if __name__ == "__main__":
    run(NumpyScan())
