"""A VectorCache in memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


class FakeVectorCache:
    def __init__(self) -> None:
        self._vectors: dict[tuple[str, str], npt.NDArray[np.float32]] = {}

    def get(self, digests: Sequence[str], fingerprint: str) -> dict[str, npt.NDArray[np.float32]]:
        return {digest: self._vectors[fingerprint, digest] for digest in digests if (fingerprint, digest) in self._vectors}

    def put(self, vectors: dict[str, npt.NDArray[np.float32]], fingerprint: str) -> None:
        for digest, vector in vectors.items():
            self._vectors.setdefault((fingerprint, digest), np.asarray(vector, np.float32))
