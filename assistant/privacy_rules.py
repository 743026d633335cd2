"""What counts as personal data, loaded from privacy_patterns.toml into frozen values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.privacy_checks import CHECKS

PRIVACY_FILE = Path(__file__).with_name("privacy_patterns.toml")
_Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class PrivacyPattern:
    """One kind of number or text. `mask` "" protects what it matches from the patterns after it."""

    kind: str
    mask: str
    pattern: _Pattern
    window: int
    check: Callable[[str], bool] | None = None
    after: _Pattern | None = None
    not_after: _Pattern | None = None
    not_before: _Pattern | None = None

    def accepts(self, text: str, start: int, end: int) -> bool:
        """True if the checksum and the words around [start, end) agree that this is of its kind."""
        if self.check is not None and not self.check(text[start:end]):
            return False
        before = text[max(0, start - self.window) : start]
        if self.after is not None and not self.after.search(before):
            return False
        if self.not_after is not None and self.not_after.search(before):
            return False
        return self.not_before is None or not self.not_before.search(text[end : end + self.window])


@dataclass(frozen=True, slots=True)
class PrivacyRules:
    """`patterns` in the order in which they claim text."""

    patterns: tuple[PrivacyPattern, ...]


def load_privacy_rules(path: Path = PRIVACY_FILE) -> PrivacyRules:
    """Raises KeyError for an unknown check or word list, re.error for a broken pattern."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in table["words"].items()}
    return PrivacyRules(tuple(_pattern(entry, words, table["window"]) for entry in table["entry"]))


def _pattern(entry: Mapping[str, str], words: Mapping[str, _Pattern], window: int) -> PrivacyPattern:
    def named(key: str) -> _Pattern | None:
        return words[entry[key]] if key in entry else None

    return PrivacyPattern(
        kind=entry["kind"],
        mask=entry.get("mask", ""),
        pattern=re.compile(entry["pattern"], re.IGNORECASE | re.VERBOSE),
        window=window,
        check=CHECKS[entry["check"]] if "check" in entry else None,
        after=named("after"),
        not_after=named("not_after"),
        not_before=named("not_before"),
    )
