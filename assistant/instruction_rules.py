"""How instructions to the program, given instead of a question, are told: loaded from instruction_rules.toml into frozen values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INSTRUCTIONS_FILE = Path(__file__).with_name("instruction_rules.toml")
_Pattern = re.Pattern[str]
_WORD = re.compile(r"«(\w+)»")


@dataclass(frozen=True, slots=True)
class InstructionRule:
    """`max_characters` of the whole message, None for any length; `never` None: nothing speaks against it."""

    technique: str
    max_characters: int | None
    patterns: tuple[_Pattern, ...]
    never: _Pattern | None

    def matches(self, text: str, length: int) -> bool:
        """`length` in characters of the message that `text` is a part of."""
        if self.max_characters is not None and length > self.max_characters:
            return False
        if self.never and self.never.search(text):
            return False
        return any(pattern.search(text) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class DisguiseRules:
    """`characters` maps traditional and odd characters to simplified ones; `backwards` marks a request to read backwards.

    `pinyin` is looked for in runs of Latin letters, `decoded` in what was hidden; either is enough.
    """

    pinyin: _Pattern
    decoded: _Pattern
    backwards: _Pattern
    characters: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class GenuineRules:
    """What the rest of a message must have to be answered: at least `min_hanzi` characters, a question, and no word to the program."""

    min_hanzi: int
    asks: _Pattern
    to_the_program: _Pattern


@dataclass(frozen=True, slots=True)
class InstructionRules:
    rules: tuple[InstructionRule, ...]
    disguises: DisguiseRules
    genuine: GenuineRules


def load_instruction_rules(path: Path = INSTRUCTIONS_FILE) -> InstructionRules:
    """Raises KeyError for a missing entry or word, re.error for a broken pattern."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    words, disguises, genuine = table["words"], table["disguises"], table["genuine"]
    return InstructionRules(
        rules=tuple(_rule(entry, words) for entry in table["rule"]),
        disguises=DisguiseRules(
            _compiled(disguises["pinyin"]),
            _compiled(disguises["decoded"]),
            _compiled(disguises["backwards"]),
            str.maketrans(dict(disguises["characters"])),
        ),
        genuine=GenuineRules(genuine["min_hanzi"], _compiled(genuine["asks"]), _compiled(genuine["to_the_program"])),
    )


def _rule(entry: Mapping[str, Any], words: Mapping[str, str]) -> InstructionRule:
    patterns: Iterable[str] = entry["pattern"]
    never = entry.get("never", "")
    return InstructionRule(
        entry["technique"],
        entry.get("max_characters"),
        tuple(_compiled(_with_words(pattern, words)) for pattern in patterns),
        _compiled(_with_words(never, words)) if never else None,
    )


def _with_words(pattern: str, words: Mapping[str, str]) -> str:
    while _WORD.search(pattern):
        pattern = _WORD.sub(lambda match: words[match[1]], pattern)
    return pattern


def _compiled(pattern: str) -> _Pattern:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)
