"""Words of dialects in the standard language, for search and for understanding. What a person wrote stays on the page as it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexing.text_normalizer import normalize

WORDS_FILE = Path(__file__).with_name("spoken_words.toml")
_REPEATED_SIGN = re.compile(r"([！？!?。，,、~～…])\1+")


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """`words` in simplified characters."""

    words: Mapping[str, str]
    pattern: re.Pattern[str]

    def standard(self, text: str) -> str:
        """`text` (simplified) in one form of every letter, a repeated sign once, each word of the table by its standard one."""
        plain = _REPEATED_SIGN.sub(r"\1", normalize(text))
        return self.pattern.sub(lambda found: self.words[found.group()], plain)


def load_spoken_words(path: Path = WORDS_FILE) -> SpokenWords:
    """Raises OSError, ValueError or KeyError on a broken file: a deployment error."""
    groups = tomllib.loads(path.read_text(encoding="utf-8"))["words"]
    pairs = [pair for group in groups.values() for pair in group.items()]
    words = dict(pairs)
    if len(words) < len(pairs):
        raise ValueError(f"{path.name}：有词写了两处。")
    return SpokenWords(words, re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))))
