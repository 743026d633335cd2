"""The column headings of guides and departments spreadsheets, in both directions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class EntryColumns:
    """`headings` by field: the heading written; `fields` by heading: every heading understood."""

    headings: Mapping[str, str]
    fields: Mapping[str, str]

    def renamed(self, row: Mapping[str, object]) -> dict[str, object]:
        """The row under field names; a heading not known keeps its name, so that it can be complained about."""
        return {self.fields.get(str(heading).strip(), str(heading).strip()): value for heading, value in row.items()}


def load_columns(kind: str) -> EntryColumns:
    """`kind` is "guides" or "departments"."""
    names: dict[str, list[str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))[kind]
    understood = {name: field for field, known in names.items() for name in (field, *known)}
    return EntryColumns({field: known[0] for field, known in names.items()}, understood)
