"""Whole numbers as public documents write them: 一千二百六十, 一〇五, ○, ２３, ⑫."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

NUMERALS = "〇零○一二三四五六七八九十百千两"
"""Characters of a Chinese whole number below 10,000, for use inside a regular expression's brackets."""


@lru_cache(maxsize=4096)
def read_number(words: str) -> int | None:
    """The number meant, None where the words are no number. Spaces between characters are ignored."""
    plain = "".join(unicodedata.normalize("NFKC", words).split()).replace("○", "〇")
    if plain.isascii() and plain.isdigit():
        return int(plain)
    if plain[:1] in ("百", "千"):
        plain = "一" + plain
    # Imported on use, here and below: loading it takes longer than all a command that lists policies does.
    import cn2an  # noqa: PLC0415

    try:
        return int(cn2an.cn2an(plain, "normal"))
    except ValueError:
        return None


@lru_cache(maxsize=256)
def write_ordinal(number: int) -> str:
    """二, 十, 十二, 二十一: as in 第十二款."""
    import cn2an  # noqa: PLC0415 - as above: start-up does not wait for it

    words = str(cn2an.an2cn(number))
    return words.removeprefix("一") if 10 <= number < 20 else words
