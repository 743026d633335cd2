"""An embedder of two vectors a row, without a model: the fake's, and the same turned round as those of the tuned encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexing.paired_vectors import paired_fingerprint
from indexing.ports import Progress, Vectors
from tests.fakes.embedder import FakeEmbedder


class PairedFake:
    def __init__(self) -> None:
        self._base = FakeEmbedder()
        self.dimension = 2 * self._base.dimension
        self.fingerprint = paired_fingerprint(self._base.fingerprint, "turned@1")

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return _beside(self._base.embed_passages(texts, progress))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return _beside(self._base.embed_queries(texts))


def _beside(base: Vectors) -> Vectors:
    return np.hstack([base, base[:, ::-1]])
