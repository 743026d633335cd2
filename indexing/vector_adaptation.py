"""What it means that vectors are adapted: the names that follow from it, and the adapter that changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The ports name the adapter that changes nothing as their default.
    from indexing.ports import VectorAdapter, Vectors


class Unadapted:
    """Implements VectorAdapter: vectors stay as the model made them."""

    fingerprint = ""

    def passages(self, vectors: Vectors) -> Vectors:
        return vectors

    def queries(self, vectors: Vectors) -> Vectors:
        return vectors

    def base(self, vectors: Vectors) -> Vectors:
        return vectors

    def width(self, dimension: int) -> int:
        return dimension

    def save(self, folder: Path) -> None:
        """There is nothing to keep."""


UNADAPTED = Unadapted()


def adapted_fingerprint(embedder_fingerprint: str, adapter: VectorAdapter) -> str:
    """Changes whenever an indexed vector would: that of the model alone where nothing is adapted."""
    return f"{embedder_fingerprint}+{adapter.fingerprint}" if adapter.fingerprint else embedder_fingerprint


def is_made_with(fingerprint: str, embedder_fingerprint: str) -> bool:
    """Whether these indexed vectors come from this model, adapted or not."""
    return fingerprint == embedder_fingerprint or fingerprint.startswith(f"{embedder_fingerprint}+")


def model_name(embedder_fingerprint: str) -> str:
    """Name of the model without its digest and precision: "multilingual-e5-small@1f2e…/int8" → "multilingual-e5-small".

    An adapter is trained for a model, not for one machine's way of computing it: precisions agree to cosine .996 and better.
    """
    return embedder_fingerprint.split("@", 1)[0]
