"""Which addresses of a source are looked at: words that must occur in them, and words that must not."""

from __future__ import annotations

from collections.abc import Sequence


def is_wanted(address: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """True if one of `include` occurs in the address (all are wanted where there is none) and none of `exclude` does.

    `*` stands for anything; letter case does not matter.
    """
    folded = address.casefold()
    if any(_occurs(words, folded) for words in exclude):
        return False
    return not include or any(_occurs(words, folded) for words in include)


def _occurs(words: str, address: str) -> bool:
    """The parts between stars in their order, each at its first place: linear, unlike a regular expression of many stars."""
    place = 0
    for part in words.casefold().split("*"):
        found = address.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return True
