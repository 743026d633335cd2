"""A VectorCache in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from indexing.late_interaction import TokenRows


class FakeVectorCache:
    def __init__(self) -> None:
        self._vectors: dict[tuple[str, str], npt.NDArray[np.float32]] = {}
        self._tokens: dict[tuple[str, str], TokenRows] = {}

    def get(self, digests: Sequence[str], fingerprint: str) -> dict[str, npt.NDArray[np.float32]]:
        return {digest: self._vectors[fingerprint, digest] for digest in digests if (fingerprint, digest) in self._vectors}

    def put(self, vectors: dict[str, npt.NDArray[np.float32]], fingerprint: str) -> None:
        for digest, vector in vectors.items():
            self._vectors.setdefault((fingerprint, digest), np.asarray(vector, np.float32))

    def tokens(self, digests: Sequence[str], fingerprint: str) -> dict[str, TokenRows]:
        return {digest: self._tokens[fingerprint, digest] for digest in digests if (fingerprint, digest) in self._tokens}

    def put_tokens(self, tokens: Mapping[str, TokenRows], fingerprint: str) -> None:
        for digest, rows in tokens.items():
            self._tokens.setdefault((fingerprint, digest), rows)

    def without_tokens(self, digests: Sequence[str], fingerprint: str) -> set[str]:
        return set(digests).difference(self.tokens(digests, fingerprint))
