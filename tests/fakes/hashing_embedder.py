"""An Embedder without a model: character bigrams hashed into a few hundred dimensions. Same text, same vector, on every machine."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from indexing.ports import Progress, Vectors


class HashingEmbedder:
    """Texts that share bigrams are near each other. `calls` counts the passages embedded so far."""

    def __init__(self, dimension: int = 256, name: str = "hashing") -> None:
        self.dimension = dimension
        self.fingerprint = f"{name}-{dimension}"
        self.calls = 0

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.calls += len(texts)
        if progress:
            progress("计算向量", len(texts), len(texts))
        return self._embed(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for left, right in zip(f"^{text}", f"{text}$", strict=True):
                vectors[row, zlib.crc32((left + right).encode()) % self.dimension] += 1.0
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
