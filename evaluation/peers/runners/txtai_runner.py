"""txtai with `hybrid`: its default FAISS index and its BM25 over the terms, fused by its own weights (half and half)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from txtai import Embeddings

from evaluation.peers.runners.protocol import Question, SharedSet, Vectors, run

_given: dict[str, Vectors] = {}
"""By terms: txtai asks a function, and only a plain one, for the vectors of texts."""


def given_vectors(texts: list[str]) -> Vectors:
    return np.array([_given[text] for text in texts], dtype=np.float32)


def _settings(words: bool) -> dict[str, Any]:
    vectors = {"method": "external", "transform": given_vectors}
    scoring = {"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"whitespace": True, "emoji": False}}
    return {**vectors, "hybrid": True, "scoring": scoring} if words else vectors


class TxtaiRunner:
    kinds = ("vector", "hybrid")

    def build(self, shared: SharedSet, folder: Path) -> None:
        _given.update(zip(shared.terms, shared.vectors, strict=True))
        for kind in self.kinds:
            embeddings = Embeddings(_settings(kind == "hybrid"))
            embeddings.index((row, terms, None) for row, terms in enumerate(shared.terms))
            # A function cannot be kept.
            embeddings.config.pop("transform", None)
            embeddings.save(str(folder / kind))

    def open(self, folder: Path) -> None:
        self._kept = {kind: Embeddings() for kind in self.kinds}
        for kind, embeddings in self._kept.items():
            embeddings.load(str(folder / kind), config={"transform": given_vectors})

    def ask(self, kind: str, question: Question, limit: int) -> Sequence[int]:
        _given.clear()
        _given[question.terms] = question.vector
        return [int(row) for row, _ in self._kept[kind].search(question.terms, limit)]


if __name__ == "__main__":
    run(TxtaiRunner())
