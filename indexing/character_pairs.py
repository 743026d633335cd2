"""Pairs of neighbouring Chinese characters, searched beside the words. Knows nothing of dictionaries."""

from __future__ import annotations

import re
from itertools import pairwise

from indexing.text_normalizer import normalize

_CHINESE = re.compile(r"[\u3400-\u9fff〇]{2,}")


def character_pairs(text: str) -> list[str]:
    """Every pair within a stretch of Chinese characters, in order, repeats included.

    A dictionary may cut a word one way in the question and another way in the text; its pairs are the same in both.
    """
    return [left + right for stretch in _CHINESE.findall(normalize(text)) for left, right in pairwise(stretch)]
