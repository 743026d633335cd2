"""Which examples are learned from, in which order, and which label names can serve as examples."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from assistant.classification import LabelledText
from assistant.errors import TooFewExamples

_HAN = re.compile(r"[㐀-鿿]{2}")


def choose_examples(examples: Sequence[LabelledText], most: int) -> list[LabelledText]:
    """Each example once, in an order of its own; above `most` the labels give up examples evenly, the largest first.

    Raises TooFewExamples where no example holds any text.
    """
    unlike = sorted({one for one in examples if one.text.strip() or one.title.strip()}, key=_key)
    if not unlike:
        raise TooFewExamples("没有带文字的样例。")
    if len(unlike) <= most:
        return unlike
    turns: dict[str, int] = {}
    taken = []
    for one in sorted(unlike, key=_shuffled):
        turns[one.label] = turns.get(one.label, 0) + 1
        taken.append((turns[one.label], _key(one), one))
    return sorted((one for _, _, one in sorted(taken, key=lambda row: row[:2])[:most]), key=_key)


def label_names(labels: Sequence[str]) -> list[str]:
    """Those that say in Chinese what they stand for; a code such as "inquiry" says nothing to a model of Chinese words."""
    return [label for label in labels if _HAN.search(label)]


def _key(one: LabelledText) -> tuple[str, str, str]:
    return one.label, one.title, one.text


def _shuffled(one: LabelledText) -> bytes:
    """The same for the same example, wherever it stands."""
    return hashlib.blake2b("\x1f".join(_key(one)).encode("utf-8", "surrogatepass"), digest_size=8).digest()
