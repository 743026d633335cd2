"""A TokenEmbedder without a model: one token per character, which only resembles itself."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from indexing.late_interaction import QuestionVectors, TokenRows, quantised
from indexing.ports import Progress, Vectors
from tests.fakes.embedder import FakeEmbedder


class FakeTokenEmbedder(FakeEmbedder):
    """`read` counts the passages whose tokens were made; `weighty` characters have nine times the share of any other."""

    def __init__(self, dimension: int = 64, width: int = 16, weights: str = "fake-tokens/1", weighty: str = "") -> None:
        super().__init__(dimension)
        self.token_fingerprint, self._width, self._weighty = weights, width, weighty
        self.read = 0

    def embed_passages_with_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> tuple[Vectors, list[TokenRows]]:
        self.read += len(texts)
        return self.embed_passages(texts, progress), [quantised(self._tokens(text)) for text in texts]

    def embed_question(self, text: str) -> QuestionVectors:
        shares = np.array([9.0 if character in self._weighty else 1.0 for character in text], np.float32)
        return QuestionVectors(self.embed_queries([text])[0], self._tokens(text), shares / max(shares.sum(), 1.0))

    def _tokens(self, text: str) -> npt.NDArray[np.float32]:
        tokens = np.empty((len(text), self._width), np.float32)
        for place, character in enumerate(text):
            seed = int.from_bytes(blake2b(character.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
            drawn = np.random.default_rng(seed).standard_normal(self._width)
            tokens[place] = drawn / np.linalg.norm(drawn)
        return tokens
