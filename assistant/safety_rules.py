"""What stops a question before it is answered, loaded from safety_rules.toml into frozen values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.instruction_rules import InstructionRules, load_instruction_rules

SAFETY_FILE = Path(__file__).with_name("safety_rules.toml")
_Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class EmergencyRule:
    """`key` names the reply (police, fire, medical, mental, traffic)."""

    key: str
    certain: _Pattern
    likely: _Pattern
    loose: _Pattern
    never: _Pattern


@dataclass(frozen=True, slots=True)
class EmergencyRules:
    """`rules` in the order in which they are tried; `long_text` and `short_text` in characters."""

    rules: tuple[EmergencyRule, ...]
    long_text: int
    short_text: int
    now: _Pattern
    asking: _Pattern
    not_now: _Pattern


@dataclass(frozen=True, slots=True)
class GreetingRules:
    """`kinds` are (reply key, pattern), the most telling first; `whole` matches a message of greetings and filler only."""

    kinds: tuple[tuple[str, _Pattern], ...]
    whole: _Pattern


@dataclass(frozen=True, slots=True)
class HandoffRules:
    """Only in messages of at most `max_characters`; a longer one carries a question of its own."""

    wanted: _Pattern
    not_wanted: _Pattern
    max_characters: int


@dataclass(frozen=True, slots=True)
class ShortFollowUpRules:
    """In a conversation a message of at most `max_characters` that asks follows up what went before, unless it is surely `talk`."""

    max_characters: int
    asks: _Pattern
    talk: _Pattern


@dataclass(frozen=True, slots=True)
class SafetyRules:
    """`max_characters` of a question; `garbled` and `keyboard` mark text nobody can read; `instructions` stand in a file of their own."""

    max_characters: int
    garbled: _Pattern
    keyboard: _Pattern
    emergencies: EmergencyRules
    greetings: GreetingRules
    handoff: HandoffRules
    follow_up: ShortFollowUpRules
    instructions: InstructionRules


def load_safety_rules(path: Path = SAFETY_FILE) -> SafetyRules:
    """Raises KeyError for a missing entry, re.error for a broken pattern."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    handoff, follow_up = table["handoff"], table["follow_up"]
    return SafetyRules(
        max_characters=table["max_characters"],
        garbled=_compiled(table["readable"]["garbled"]),
        keyboard=_compiled(table["readable"]["keyboard"]),
        emergencies=_emergencies(table["emergency"]),
        greetings=_greetings(table["greeting"]),
        handoff=HandoffRules(_compiled(handoff["wanted"]), _compiled(handoff["not_wanted"]), handoff["max_characters"]),
        follow_up=ShortFollowUpRules(follow_up["max_characters"], _compiled(follow_up["asks"]), _compiled(follow_up["talk"])),
        instructions=load_instruction_rules(),
    )


def _emergencies(table: Mapping[str, Any]) -> EmergencyRules:
    rules = tuple(
        EmergencyRule(entry["key"], *(_compiled(entry[name]) for name in ("certain", "likely", "loose", "never")))
        for entry in table["rule"]
    )
    patterns = {name: _compiled(table[name]) for name in ("now", "asking", "not_now")}
    return EmergencyRules(rules, table["long_text"], table["short_text"], **patterns)


def _greetings(table: Mapping[str, str]) -> GreetingRules:
    kinds = tuple((key, _compiled(table[key])) for key in ("goodbye", "thanks", "hello"))
    parts = "|".join(f"(?:{table[key]})" for key in ("hello", "thanks", "goodbye", "filler"))
    return GreetingRules(kinds, _compiled(f"(?:{parts})+"))


def _compiled(pattern: str) -> _Pattern:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)
