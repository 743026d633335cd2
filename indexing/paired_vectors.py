"""Rows that hold two vectors of a text side by side: the base model's, and that of the encoder tuned for search. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indexing.ports import Embedder, Progress, VectorAdapter, Vectors
from indexing.vector_adaptation import model_name

PAIR = "&"
"""Between the two, in fingerprints and in the names of models."""


def paired_fingerprint(base: str, tuned: str) -> str:
    """ "multilingual-e5-small@1f2e…/int8&zhengwen-search@ab12…": begins as that of the base alone."""
    return f"{base}{PAIR}{tuned}"


def is_paired(fingerprint: str) -> bool:
    """Whether an embedder of this fingerprint gives two vectors a row."""
    return PAIR in fingerprint


def base_fingerprint(fingerprint: str) -> str:
    """That of the base model alone, beside whatever tuned encoder it stands."""
    return fingerprint.split(PAIR, 1)[0]


def searched_model(fingerprint: str) -> str:
    """Which model's vectors are searched, before a city's own adapter: of a pair the tuned one with its digest, else the model's name.

    An adapter of one tuned encoder does not fit the next, while the base differs between machines in its last bits only.
    """
    return fingerprint.split(PAIR, 1)[1] if is_paired(fingerprint) else model_name(fingerprint)


class BaseHalf:
    """Implements Embedder: of a pair the base's vectors, of any other embedder what it gives. What learned on the base stays valid."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        paired = is_paired(embedder.fingerprint)
        self.dimension = embedder.dimension // 2 if paired else embedder.dimension
        self.fingerprint = base_fingerprint(embedder.fingerprint)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._embedder.embed_passages(texts, progress)[:, : self.dimension]

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed_queries(texts)[:, : self.dimension]


class SearchHalf:
    """Implements VectorAdapter for rows of two vectors: search uses the second, after `inner` where a city has trained one for its own."""

    def __init__(self, inner: VectorAdapter) -> None:
        self._inner = inner
        self.fingerprint = f"search{inner.fingerprint and ':'}{inner.fingerprint}"

    def passages(self, vectors: Vectors) -> Vectors:
        return self._inner.passages(vectors[:, vectors.shape[1] // 2 :])

    def queries(self, vectors: Vectors) -> Vectors:
        return self._inner.queries(vectors[:, vectors.shape[1] // 2 :])

    def base(self, vectors: Vectors) -> Vectors:
        return vectors[:, : vectors.shape[1] // 2]

    def width(self, dimension: int) -> int:
        return dimension // 2

    def save(self, folder: Path) -> None:
        self._inner.save(folder)
