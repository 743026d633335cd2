"""How misspelt names are recognised and which part of a message asks, loaded from question_hearing.toml into frozen values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RULES_FILE = Path(__file__).with_name("question_hearing.toml")


@dataclass(frozen=True, slots=True)
class SoundRules:
    """`initials` and `finals`: those that count as another. Lengths in characters; `changed_share` in [0, 1]."""

    initials: Mapping[str, str]
    finals: Mapping[str, str]
    min_characters: int
    max_characters: int
    numerals: str
    common: str
    long_from: int
    changed_share: float

    def blurred(self, syllable: str) -> str:
        """The same for syllables that many people do not tell apart."""
        for spoken, heard in self.initials.items():
            if syllable.startswith(spoken):
                syllable = heard + syllable.removeprefix(spoken)
                break
        final = next((spoken for spoken in self.finals if syllable.endswith(spoken)), "")
        return syllable.removesuffix(final) + self.finals[final] if final else syllable


@dataclass(frozen=True, slots=True)
class FocusRules:
    """Lengths in characters."""

    min_characters: int
    max_characters: int
    last_sentences: int
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HearingRules:
    sounds: SoundRules
    focus: FocusRules


def load_hearing_rules(path: Path = RULES_FILE) -> HearingRules:
    """Raises OSError, KeyError or TypeError on a broken file: a deployment error."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    focus = table["focus"] | {"asks": tuple(table["focus"]["asks"])}
    return HearingRules(SoundRules(**table["sounds"]), FocusRules(**focus))
