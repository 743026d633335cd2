"""Bring the field names and values authors use into DocumentMetadata's own names and ISO dates. Names in hint_names.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

HINT_NAMES_FILE = Path(__file__).with_name("hint_names.toml")
TEXT_FIELD = "text"
_DATES = frozenset({"signed_on", "published_on", "effective_on", "expires_on", "last_day"})
_LISTS = frozenset({"issuing_authorities", "topics"})
_DATE = re.compile(r"(?<!\d)(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})(?!\d)|(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_LIST_MARKS = re.compile(r"[、,，;；|]+")
_LABEL_NOISE = re.compile(r"[\s_:：　\-【】\[\]]")


@dataclass(frozen=True, slots=True)
class HintNames:
    """`fields` maps a written name, squeezed to lower case, to the field; `web` the same for <meta> names."""

    fields: Mapping[str, str]
    web: Mapping[str, str]
    authority_endings: tuple[str, ...]

    def field_of(self, label: str) -> str | None:
        return self.fields.get(_squeeze(label))

    def web_field_of(self, label: str) -> str | None:
        return self.web.get(_squeeze(label))


@dataclass(frozen=True, slots=True)
class StatedFields:
    """`hints` by DocumentMetadata field, `text` where a column or key holds the body, `warnings` in Chinese."""

    hints: dict[str, str]
    text: str | None = None
    warnings: tuple[str, ...] = ()


def load_hint_names(path: Path = HINT_NAMES_FILE) -> HintNames:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return HintNames(_inverted(table["fields"]), _inverted(table["web"]), tuple(table["authorities"]["endings"]))


def stated_fields(entries: Mapping[str, object], names: HintNames) -> StatedFields:
    """Known entries in normal form; unknown names are left out, unreadable dates are named in a warning."""
    hints: dict[str, str] = {}
    warnings: list[str] = []
    text: str | None = None
    for label, value in entries.items():
        field = names.field_of(str(label))
        if field is None or value is None or field in hints:
            continue
        if field == TEXT_FIELD:
            text = str(value)
        elif stated := normal_value(field, value):
            hints[field] = stated
        elif str(value).strip():
            warnings.append(f"“{label}”的内容“{str(value)[:30]}”不是日期，已忽略。")
    return StatedFields(_with_expiry(hints), text, tuple(warnings))


def normal_value(field: str, value: object) -> str:
    """A date in ISO form, a list joined by "、", a truth value as "true"; "" where a date cannot be read."""
    if field in _DATES:
        return _iso_date(value)
    if field in _LISTS:
        return "、".join(_items(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def _with_expiry(hints: dict[str, str]) -> dict[str, str]:
    # 有效期至 names the last day that binds; expires_on is the first that no longer does.
    if last_day := hints.pop("last_day", ""):
        hints.setdefault("expires_on", (date.fromisoformat(last_day) + timedelta(days=1)).isoformat())
    return hints


def _iso_date(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    match = _DATE.search(str(value))
    if match is None:
        return ""
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _items(value: object) -> list[str]:
    parts = value if isinstance(value, Sequence) and not isinstance(value, str) else _LIST_MARKS.split(str(value))
    return [text for part in parts if (text := str(part).strip())]


def _squeeze(label: str) -> str:
    return _LABEL_NOISE.sub("", label).lower()


def _inverted(table: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {_squeeze(name): field for field, names in table.items() for name in names}
