"""An embedder that keeps the vectors of the last questions: search, intents and routing all ask for the same one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from indexing.late_interaction import QuestionVectors, TokenRows, fixed
from indexing.ports import Embedder, Progress, TokenEmbedder, Vectors

# Of 384 numbers each: 6 MB; with the vectors of twenty tokens some 25 MB.
_KEPT = 4096
Count = Callable[[str], None]


def remembering(embedder: Embedder, kept: int = _KEPT, count: Count = lambda _: None) -> RememberingEmbedder:
    """A TokenEmbedder of one that is."""
    kind = RememberingTokenEmbedder if isinstance(embedder, TokenEmbedder) else RememberingEmbedder
    return kind(embedder, kept, count)  # type: ignore[arg-type]  # the kind was chosen by it


class RememberingEmbedder:
    """Gives the vectors of the embedder it wraps. Safe to share between threads where that one is."""

    def __init__(self, embedder: Embedder, kept: int = _KEPT, count: Count = lambda _: None) -> None:
        """`count` is told "asked" for every single question, and "computed" where its vector was not kept."""
        self._embedder, self._count = embedder, count
        self.fingerprint, self.dimension = embedder.fingerprint, embedder.dimension
        self._question = lru_cache(maxsize=kept)(self._embed)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._embedder.embed_passages(texts, progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Batches go to the embedder as they are: who sends many texts does not ask for one of them again."""
        if len(texts) != 1:
            return self._embedder.embed_queries(texts)
        self._count("asked")
        return self._question(texts[0]).vector.reshape(1, -1).copy()

    def _embed(self, text: str) -> QuestionVectors:
        self._count("computed")
        vector: Vectors = np.asarray(self._embedder.embed_queries([text])[0], dtype=np.float32)
        nothing = np.empty(0, np.float32)
        return fixed(QuestionVectors(vector, nothing.reshape(0, 0), nothing))


class RememberingTokenEmbedder(RememberingEmbedder):
    """Implements TokenEmbedder: a question's vector and its tokens come from one reading, whoever asks first."""

    def __init__(self, embedder: TokenEmbedder, kept: int = _KEPT, count: Count = lambda _: None) -> None:
        super().__init__(embedder, kept, count)
        self._tokens, self.token_fingerprint = embedder, embedder.token_fingerprint

    def embed_passages_with_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> tuple[Vectors, list[TokenRows]]:
        return self._tokens.embed_passages_with_tokens(texts, progress)

    def embed_question(self, text: str) -> QuestionVectors:
        """Not counted as asked: a search has asked for the vector before."""
        return self._question(text)

    def _embed(self, text: str) -> QuestionVectors:
        self._count("computed")
        return fixed(self._tokens.embed_question(text))
