"""How Chinese characters sound, by pypinyin's dictionary of single characters."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, pinyin

_CHARACTERS = 8192


class PinyinSounds:
    """Implements Sounds. Safe to call from many threads."""

    def syllables(self, text: str) -> tuple[str, ...]:
        return tuple(map(_syllable, text))


@lru_cache(_CHARACTERS)
def _syllable(character: str) -> str:
    """Of a character read in several ways the commonest: "" for what is no Chinese character."""
    found = pinyin(character, style=Style.NORMAL, errors="ignore")
    return found[0][0] if found else ""
