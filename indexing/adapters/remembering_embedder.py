"""An embedder that keeps the vectors of the last questions: search, intents and routing all ask for the same one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from indexing.ports import Embedder, Progress, Vectors

_KEPT = 512


class RememberingEmbedder:
    """Gives the vectors of the embedder it wraps. Safe to share between threads where that one is."""

    def __init__(self, embedder: Embedder, kept: int = _KEPT) -> None:
        self._embedder = embedder
        self.fingerprint, self.dimension = embedder.fingerprint, embedder.dimension
        self._vector = lru_cache(maxsize=kept)(self._embed)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._embedder.embed_passages(texts, progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Batches go to the embedder as they are: who sends many texts does not ask for one of them again."""
        return self._embedder.embed_queries(texts) if len(texts) != 1 else self._vector(texts[0]).reshape(1, -1).copy()

    def _embed(self, text: str) -> Vectors:
        vector: Vectors = np.asarray(self._embedder.embed_queries([text])[0], dtype=np.float32)
        vector.setflags(write=False)
        return vector
