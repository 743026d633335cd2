"""Numbers and words that decide about passwords and lock-outs, loaded from access.toml into frozen values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from api.access.ports import AttemptLimit

RULES_FILE = Path(__file__).with_name("access.toml")


@dataclass(frozen=True, slots=True)
class HashingRules:
    """argon2id: passes, memory in KiB, lanes; `at_once` bounds the memory that many sign-ins take together."""

    passes: int
    memory_kib: int
    lanes: int
    at_once: int


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """Lengths in characters; `obvious` in lower case."""

    min_length: int
    max_length: int
    obvious: frozenset[str]


@dataclass(frozen=True, slots=True)
class AccessRules:
    """`per_person`: one name at one address; `per_name`: one name from anywhere; `per_address`: any names from one address."""

    hashing: HashingRules
    passwords: PasswordRules
    per_person: AttemptLimit
    per_name: AttemptLimit
    per_address: AttemptLimit


def load_access_rules(path: Path = RULES_FILE) -> AccessRules:
    """Raises KeyError, TypeError or ValueError where an entry is missing, unknown or contradictory."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    words = table["passwords"]
    return AccessRules(
        HashingRules(**table["hashing"]),
        PasswordRules(words["min_length"], words["max_length"], frozenset(word.casefold() for word in words["obvious"])),
        _limit(table["attempts"]["name_and_address"]),
        _limit(table["attempts"]["name"]),
        _limit(table["attempts"]["address"]),
    )


def _limit(entry: dict[str, int]) -> AttemptLimit:
    limit = AttemptLimit(**entry)
    if limit.window_min > limit.lock_min:
        raise ValueError("attempts: window_min must not exceed lock_min, or a lock would renew itself")
    return limit
