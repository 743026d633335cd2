"""Numbers, patterns, fixed wording and keys of the operator's desk, loaded from desk.toml into frozen values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.intents import RequestType
from assistant.models import Facet

DESK_FILE = Path(__file__).with_name("desk.toml")


@dataclass(frozen=True, slots=True)
class CardRules:
    min_characters: int
    search_characters: int
    alternatives: int
    order_types: frozenset[RequestType]


@dataclass(frozen=True, slots=True)
class ConclusionRules:
    """Shares of the question's words, in [0, 1]; `says_nothing` are sentences that answer nobody: scope, purpose, entry into force."""

    items: int
    place_step: float
    amount_bonus: float
    asks_amount: re.Pattern[str]
    says_nothing: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class PointRules:
    """The patterns find a time, a place or a wish in the notes; `words` are the questions to ask where there is none."""

    max_conditions: int
    event_types: frozenset[RequestType]
    when: re.Pattern[str]
    where: re.Pattern[str]
    wish: re.Pattern[str]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScriptWording:
    """One language level. `ordinals` number the lines of a list, empty for none."""

    phrases: Mapping[str, str]
    facets: Mapping[Facet, str]
    ordinals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeskKey:
    """`code` and `also` as in KeyboardEvent.code, with Alt+ before it where it is held; `also` "" for none."""

    name: str
    code: str
    shown: str
    words: str
    also: str = ""

    @property
    def codes(self) -> str:
        return f"{self.code} {self.also}".strip()


@dataclass(frozen=True, slots=True)
class DeskRules:
    card: CardRules
    conclusion: ConclusionRules
    points: PointRules
    formal: ScriptWording
    plain: ScriptWording
    message: Mapping[str, str]
    message_characters: int
    wrong_reasons: Mapping[str, str]
    keys: Mapping[str, DeskKey]

    def script(self, plain: bool) -> ScriptWording:
        return self.plain if plain else self.formal


def load_desk_rules(path: Path = DESK_FILE) -> DeskRules:
    """Raises TypeError, ValueError, KeyError or re.error for a missing, unknown or malformed entry."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return DeskRules(
        card=CardRules(**{**table["card"], "order_types": _types(table["card"]["order_types"])}),
        conclusion=ConclusionRules(**{name: _pattern(value) for name, value in table["conclusion"].items()}),
        points=_points(table["points"]),
        formal=_script(table["script"]["formal"]),
        plain=_script(table["script"]["plain"]),
        message=dict(table["message"]),
        message_characters=table["sms"]["max_characters"],
        wrong_reasons=dict(table["wrong_reasons"]),
        keys={name: DeskKey(name, **entry) for name, entry in table["keys"].items()},
    )


def _pattern(value: Any) -> Any:
    return re.compile(value) if isinstance(value, str) else value


def _points(table: Mapping[str, Any]) -> PointRules:
    patterns = {name: re.compile(table[name]) for name in ("when", "where", "wish")}
    return PointRules(**{**table, **patterns, "event_types": _types(table["event_types"])})


def _script(table: Mapping[str, Any]) -> ScriptWording:
    facets = {Facet(name): words for name, words in table["facets"].items()}
    phrases = {name: words for name, words in table.items() if isinstance(words, str)}
    return ScriptWording(phrases, facets, tuple(table["ordinals"]))


def _types(names: list[str]) -> frozenset[RequestType]:
    return frozenset(RequestType(name) for name in names)
