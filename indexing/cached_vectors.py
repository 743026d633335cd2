"""Vectors of many texts, computed once: what the cache holds is read, the rest is embedded and saved batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexing.cached_tokens import CachedTokens
from indexing.passage_splitter import text_digest
from indexing.ports import Embedder, Progress, TokenEmbedder, VectorCache, Vectors

_CACHE_READ = 4096
# Questions are prefixed otherwise than passages, so the same text has two vectors.
_QUESTIONS = "{fingerprint}#questions"


@dataclass(frozen=True, slots=True)
class EmbeddedTexts:
    """`vectors` float32 [texts, dimension]; `embedded` and `from_cache` count different texts."""

    vectors: Vectors
    embedded: int
    from_cache: int


class CachedVectors:
    """Vectors as the model makes them; no adapter changes what is kept. `tokens` of passages beside them, where the embedder gives them."""

    def __init__(self, embedder: Embedder, cache: VectorCache, batch: int) -> None:
        """`batch`: texts that are embedded between two savings."""
        self._embedder, self._cache, self._batch = embedder, cache, batch
        self.tokens = CachedTokens(embedder, cache) if isinstance(embedder, TokenEmbedder) else None

    def passages(self, texts: Sequence[str], progress: Progress) -> EmbeddedTexts:
        """What `progress` raises ends the work; what was embedded by then is kept. A text is read again where only its tokens lack."""
        embed, lacking = (self.tokens.embed, self.tokens.lacking) if self.tokens else (self._embedder.embed_passages, _nothing)
        return self._vectors(texts, self._embedder.fingerprint, embed, "计算向量", progress, lacking)

    def questions(self, texts: Sequence[str], progress: Progress) -> EmbeddedTexts:
        name = _QUESTIONS.format(fingerprint=self._embedder.fingerprint)
        return self._vectors(texts, name, self._embedder.embed_queries, "计算问题向量", progress, _nothing)

    def remember(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Vectors of passages that are known from elsewhere."""
        for start in range(0, len(texts), _CACHE_READ):
            digests = [text_digest(text) for text in texts[start : start + _CACHE_READ]]
            self._cache.put(dict(zip(digests, vectors[start:], strict=False)), self._embedder.fingerprint)

    def _vectors(  # noqa: PLR0913, PLR0917 (of which texts, named how, made and completed how, told to whom)
        self,
        texts: Sequence[str],
        fingerprint: str,
        embed: Callable[[Sequence[str]], Vectors],
        step: str,
        progress: Progress,
        lacking: Callable[[Sequence[str]], set[str]],
    ) -> EmbeddedTexts:
        vectors = np.zeros((len(texts), self._embedder.dimension), dtype=np.float32)
        rows: dict[str, list[int]] = {}
        for row, text in enumerate(texts):
            rows.setdefault(text_digest(text), []).append(row)
        missing = list(self._fill_from_cache(rows, vectors, fingerprint, progress, lacking))
        # Longest first: texts of one length share a batch, and memory peaks at once instead of after an hour.
        missing.sort(key=lambda digest: -len(texts[rows[digest][0]]))
        for start in range(0, len(missing), self._batch):
            batch = missing[start : start + self._batch]
            embedded = embed([texts[rows[digest][0]] for digest in batch])
            # Saved batch by batch, so that a killed run repeats one batch at most.
            self._cache.put(dict(zip(batch, embedded, strict=True)), fingerprint)
            for digest, vector in zip(batch, embedded, strict=True):
                vectors[rows[digest]] = vector
            progress(step, start + len(batch), len(missing))
        return EmbeddedTexts(vectors, embedded=len(missing), from_cache=len(rows) - len(missing))

    def _fill_from_cache(
        self,
        rows: dict[str, list[int]],
        vectors: Vectors,
        fingerprint: str,
        progress: Progress,
        lacking: Callable[[Sequence[str]], set[str]],
    ) -> Iterator[str]:
        digests = list(rows)
        for start in range(0, len(digests), _CACHE_READ):
            batch = digests[start : start + _CACHE_READ]
            known, incomplete = self._cache.get(batch, fingerprint), lacking(batch)
            for digest in batch:
                if digest in known and digest not in incomplete:
                    vectors[rows[digest]] = known[digest]
                else:
                    yield digest
            progress("读取已有向量", start + len(batch), len(digests))


class QuestionKeepingEmbedder:
    """An Embedder whose lots of questions outlive the process: what classifiers know by heart is not embedded at every start.

    A single question goes to the embedder as it is: what people ask is not kept.
    """

    def __init__(self, embedder: Embedder, cache: VectorCache, batch: int) -> None:
        """`batch` as for CachedVectors."""
        self._embedder, self._kept = embedder, CachedVectors(embedder, cache, batch)
        self.fingerprint, self.dimension = embedder.fingerprint, embedder.dimension

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._embedder.embed_passages(texts, progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        if len(texts) <= 1:
            return self._embedder.embed_queries(texts)
        return self._kept.questions(texts, lambda *_: None).vectors


def _nothing(_digests: Sequence[str]) -> set[str]:
    return set()
