"""Keeps what was made of some entries until they are others: for what every question needs and few changes touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Entries = TypeVar("Entries")
Made = TypeVar("Made")


class MadeOnce(Generic[Entries, Made]):
    """Call it with the entries as they are now. Only the last are kept. Safe to share: threads may make the same thing twice.

    Entries are compared by value; those that a store gave out again are the same objects, which costs next to nothing.
    """

    def __init__(self, make: Callable[[Entries], Made]) -> None:
        self._make = make
        self._kept: tuple[Entries, Made] | None = None

    def __call__(self, entries: Entries) -> Made:
        kept = self._kept
        if kept is None or kept[0] != entries:
            kept = (entries, self._make(entries))
            self._kept = kept
        return kept[1]
