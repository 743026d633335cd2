"""Which messages repeat others almost word for word: title and text read as one."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.classification import LabelledText
from indexing import near_duplicates as texts


def near_duplicates(candidates: Sequence[LabelledText], of: Sequence[LabelledText]) -> set[int]:
    """Places of those `candidates` that nearly repeat one of the others."""
    return texts.near_duplicates(*([f"{one.title}{one.text}" for one in group] for group in (candidates, of)))
