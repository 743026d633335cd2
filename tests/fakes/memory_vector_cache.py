"""A VectorCache in a dict; passes the same contract suite as the one on SQLite."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


class MemoryVectorCache:
    def __init__(self) -> None:
        self._vectors: dict[tuple[str, str], npt.NDArray[np.float32]] = {}

    def get(self, digests: Sequence[str], fingerprint: str) -> dict[str, npt.NDArray[np.float32]]:
        return {digest: self._vectors[digest, fingerprint] for digest in digests if (digest, fingerprint) in self._vectors}

    def put(self, vectors: dict[str, npt.NDArray[np.float32]], fingerprint: str) -> None:
        self._vectors |= {(digest, fingerprint): vector.astype(np.float32, copy=True) for digest, vector in vectors.items()}
