"""What an embedder can be asked for by others: its rows whole, and of a pair either half under its own name. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexing.paired_vectors import PAIR, is_paired
from indexing.ports import Embedder, Vectors
from indexing.vector_adaptation import model_name

QUERY, PASSAGE = "query: ", "passage: "
"""In front of a text they say what it is; without either it is a passage. The embedder puts what its model was trained with."""


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """`columns` of the embedder's rows."""

    name: str
    fingerprint: str
    columns: slice

    @property
    def dimension(self) -> int:
        return int(self.columns.stop - self.columns.start)


def offered_models(embedder: Embedder) -> tuple[OfferedModel, ...]:
    """The whole first; its name joins those of a pair: "multilingual-e5-small&zhengwen-search"."""
    parts = embedder.fingerprint.split(PAIR)
    whole = OfferedModel(PAIR.join(map(model_name, parts)), embedder.fingerprint, slice(0, embedder.dimension))
    if not is_paired(embedder.fingerprint):
        return (whole,)
    half = embedder.dimension // 2
    places = (slice(0, half), slice(half, embedder.dimension))
    return (whole, *(OfferedModel(model_name(part), part, place) for part, place in zip(parts, places, strict=True)))


def embed_marked(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """float32 [len(texts), dimension], in the order of the texts; each is taken for what stands in front of it."""
    vectors = np.zeros((len(texts), embedder.dimension), np.float32)
    asking = [place for place, text in enumerate(texts) if text.startswith(QUERY)]
    telling = [place for place, text in enumerate(texts) if not text.startswith(QUERY)]
    if asking:
        vectors[asking] = embedder.embed_queries([texts[place].removeprefix(QUERY) for place in asking])
    if telling:
        vectors[telling] = embedder.embed_passages([texts[place].removeprefix(PASSAGE) for place in telling])
    return vectors
