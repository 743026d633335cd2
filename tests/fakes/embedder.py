"""An embedder without a model: hashed character n-grams, so that texts which share wording are near each other."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from indexing.ports import Progress, Vectors


class FakeEmbedder:
    def __init__(self, dimension: int = 64) -> None:
        self.dimension = dimension
        self.fingerprint = f"fake-character-ngrams/{dimension}"

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = self._embed(texts)
        if progress is not None and texts:
            progress("计算向量", len(texts), len(texts))
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for line, text in enumerate(texts):
            padded = f"^{text}$"
            for size in (1, 2):
                for start in range(len(padded) - size + 1):
                    place, sign = self._slot(padded[start : start + size])
                    vectors[line, place] += sign
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(lengths, 1e-9)
        return unit

    def _slot(self, gram: str) -> tuple[int, float]:
        number = int.from_bytes(blake2b(gram.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
        return number % self.dimension, 1.0 if number >> 63 else -1.0
