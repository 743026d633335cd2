"""What a language model must never write - links, phones, 文号 - stands as placeholders in what it reads, and is put back by us."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.generation.number_words import plain

# Links, phones and 文号 as they stand in a text; \d also means full-width digits.
_PROTECTED = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://[^\s，。；、）)》”]+|(?:[A-Za-z0-9_-]+\.)+[A-Za-z]{2,}(?:[/:][^\s，。；、）)》”]*)?"
    r"|[一-鿿]{0,10}[〔\[【(（](?:19|20)\d{2}[〕\]】)）]\s*第?\s*\d+\s*号"
    r"|\+?\d{2,}(?:[-–—－ ]\d{3,})+|(?<![\d.,，])\d{5,}(?![\d.]|\s*[元万亿])"
)
_PLACEHOLDER = re.compile(r"⟦号(\d{1,3})⟧")
_BRACKETS = re.compile("[⟦⟧]")


class Placeholders:
    """Stand for what a model must not write. One for each answer."""

    def __init__(self) -> None:
        self._hidden: list[str] = []
        self._of: dict[int, set[int]] = {}

    def hide(self, text: str, passage: int) -> str:
        """`passage` 0 is the question: what it holds cannot be restored."""
        return _PROTECTED.sub(lambda match: self._placeholder(match.group(), passage), _BRACKETS.sub("", text))

    def restore(self, text: str, passages: Iterable[int]) -> str | None:
        """None where a placeholder stands for nothing in these passages."""
        allowed = {index for number in passages for index in self._of.get(number, ())}
        named = [int(index) for index in _PLACEHOLDER.findall(text)]
        if not allowed.issuperset(named):
            return None
        restored = _PLACEHOLDER.sub(lambda match: self._hidden[int(match[1]) - 1], text)
        return None if _BRACKETS.search(restored) else restored

    def _placeholder(self, hidden: str, passage: int) -> str:
        if hidden not in self._hidden:
            self._hidden.append(hidden)
        index = self._hidden.index(hidden) + 1
        self._of.setdefault(passage, set()).add(index)
        return f"⟦号{index}⟧"


def states_protected(text: str) -> bool:
    """True where a model wrote a link, a phone or a 文号 itself."""
    return bool(_PROTECTED.search(_PLACEHOLDER.sub("", text)))


def without_protected(text: str, source: str) -> str:
    """The text without those links, phones and 文号 that the source has, letter by letter; `source` went through `plain`."""
    return _PROTECTED.sub(lambda match: "" if plain(match.group()) in source else match.group(), text)
