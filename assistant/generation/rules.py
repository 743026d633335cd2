"""What decides about generated text, loaded from checking.toml into frozen values. No decisions here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RULES_FILE = Path(__file__).with_name("checking.toml")


@dataclass(frozen=True, slots=True)
class CheckingLimits:
    """Shares and the similarity (a cosine) lie in [0, 1]; lengths are in characters."""

    max_sentence_characters: int
    max_sentences: int
    max_characters: int
    min_sentences: int
    min_citation_share: float
    min_kept_share: float
    min_condition_share: float
    min_first_share: float
    min_item_share: float
    min_similarity: float


@dataclass(frozen=True, slots=True)
class FactRules:
    """`units` and `bounds`: each spelling with what it means; `no_numbers`: words whose number counts nothing."""

    no_numbers: tuple[str, ...]
    units: Mapping[str, str]
    bounds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WordRules:
    """`negations` is a set of characters; `forbidden`, `instructions` and `allowed_characters` are patterns; the rest are words."""

    negations: str
    obligations: tuple[str, ...]
    weak_obligations: tuple[str, ...]
    permissions: tuple[str, ...]
    not_modal: tuple[str, ...]
    must_keep: tuple[str, ...]
    neutral: tuple[str, ...]
    droppable: tuple[str, ...]
    list_fields: tuple[str, ...]
    forbidden: tuple[re.Pattern[str], ...]
    instructions: tuple[re.Pattern[str], ...]
    allowed_characters: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class CheckingRules:
    limits: CheckingLimits
    facts: FactRules
    words: WordRules


def load_checking_rules(path: Path = RULES_FILE) -> CheckingRules:
    """Raises TypeError for a missing or unknown entry, re.error for a malformed pattern."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    facts = table["facts"]
    return CheckingRules(
        limits=CheckingLimits(**table["limits"]),
        facts=FactRules(tuple(facts["no_numbers"]), dict(facts["units"]), dict(facts["bounds"])),
        words=WordRules(**{name: _read(name, entry) for name, entry in table["words"].items()}),
    )


def _read(name: str, entry: Any) -> Any:
    if name == "allowed_characters":
        return re.compile(entry)
    if name in ("forbidden", "instructions"):
        return tuple(re.compile(pattern) for pattern in entry)
    return tuple(entry) if isinstance(entry, list) else entry
