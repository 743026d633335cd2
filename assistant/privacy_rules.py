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
    before: _Pattern | None = None
    not_after: _Pattern | None = None
    not_before: _Pattern | None = None

    def accepts(self, text: str, start: int, end: int) -> bool:
        """True if the checksum and the words around [start, end) agree that this is of its kind."""
        if self.check is not None and not self.check(text[start:end]):
            return False
        earlier, later = text[max(0, start - self.window) : start], text[end : end + self.window]
        if not self._is_named(earlier, later):
            return False
        if self.not_after is not None and self.not_after.search(earlier):
            return False
        return self.not_before is None or not self.not_before.search(later)

    def _is_named(self, earlier: str, later: str) -> bool:
        """True if a word before or after says what this is, or none need say so."""
        if self.after is None and self.before is None:
            return True
        said_before = self.after is not None and self.after.search(earlier)
        return bool(said_before or (self.before is not None and self.before.search(later)))


@dataclass(frozen=True, slots=True)
class PrivacyRules:
    """`patterns` in the order in which they claim text."""

    patterns: tuple[PrivacyPattern, ...]


def load_privacy_rules(path: Path = PRIVACY_FILE) -> PrivacyRules:
    """Raises KeyError for an unknown check or word list, re.error for a broken pattern."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in table["words"].items()}
    return PrivacyRules(tuple(_pattern(entry, table["parts"], words, table["window"]) for entry in table["entry"]))


def _pattern(entry: Mapping[str, str], parts: Mapping[str, str], words: Mapping[str, _Pattern], window: int) -> PrivacyPattern:
    def named(key: str) -> _Pattern | None:
        return words[entry[key]] if key in entry else None

    return PrivacyPattern(
        kind=entry["kind"],
        mask=entry.get("mask", ""),
        pattern=re.compile(_with_parts(entry["pattern"], parts), re.IGNORECASE | re.VERBOSE),
        window=window,
        check=CHECKS[entry["check"]] if "check" in entry else None,
        after=named("after"),
        before=named("before"),
        not_after=named("not_after"),
        not_before=named("not_before"),
    )


def _with_parts(pattern: str, parts: Mapping[str, str]) -> str:
    """Parts may name parts written above them in the file."""
    for name, part in reversed(list(parts.items())):
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern
