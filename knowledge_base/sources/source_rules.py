"""Numbers that decide how sources are looked at, loaded from sources.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

RULES_FILE = Path(__file__).with_name("sources.toml")


@dataclass(frozen=True, slots=True)
class SourceRules:
    """Days and seconds as the names say; the rest counts runs, addresses or patterns."""

    withdrawn_after_runs: int
    recheck_days: int
    hold_s: int
    trial_entries: int
    trial_s: int
    trial_fetches: int
    min_delay_s: float
    max_delay_s: float
    max_items: int
    max_patterns: int


def load_source_rules(path: Path = RULES_FILE) -> SourceRules:
    """Raises TypeError where an entry is missing or unknown."""
    return SourceRules(**tomllib.loads(path.read_text(encoding="utf-8")))
