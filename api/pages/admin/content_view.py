"""What the pages of edited content show: lists with filters in the address, forms, and the words of an act for the audit trail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

from api.container import Container
from knowledge_base.content.differences import row_changes, shown_cell
from knowledge_base.content.models import Column, ColumnType, ContentEntry, ContentKind, Origin, Row
from knowledge_base.models import Department

CELL = "cell_"
"""Before the names of a form's fields, so that no column meets a name of the form's own."""
FILTER = "f_"
_STATES = {Origin.CHANGED: "good", Origin.OWN: "good", Origin.REMOVED: "danger", Origin.DRAFT: "notice"}
_TITLE_IN_BASIS = re.compile(r"《([^《》]+)》")
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class ListChoice:
    """What a list is narrowed to; stands in the address."""

    words: str
    origin: str
    by_column: Mapping[str, str]
    page: int

    @classmethod
    def of(cls, request: Request, kind: ContentKind) -> ListChoice:
        asked = request.query_params
        page = asked.get("page", "1")
        by_column = {column.name: asked.get(FILTER + column.name, "")[:100].strip() for column in kind.table.columns if column.filtered}
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
        return cls(asked.get("words", "")[:100].strip(), asked.get("origin", "")[:20], by_column, max(1, number))

    @property
    def is_restricted(self) -> bool:
        return bool(self.words or self.origin or any(self.by_column.values()))

    def address(self, page: int = 1) -> str:
        given = {"words": self.words, "origin": self.origin, **{FILTER + name: text for name, text in self.by_column.items()}}
        kept = {name: text for name, text in given.items() if text} | ({"page": str(page)} if page > 1 else {})
        return f"?{urlencode(kept)}" if kept else ""

    def fits(self, entry: ContentEntry, container: Container) -> bool:
        if self.origin and entry.origin != self.origin:
            return False
        if self.words and not any(self.words.casefold() in text.casefold() for text in entry.row.values()):
            return False
        return all(not text or _column_fits(entry.row.get(name, ""), text, container) for name, text in self.by_column.items())


@dataclass(frozen=True)
class ListedEntry:
    """`cells` are of the columns that a list shows, shortened."""

    key: str
    cells: tuple[str, ...]
    origin: str
    tone: str


def listed(container: Container, columns: Iterable[Column], entry: ContentEntry) -> ListedEntry:
    cells = tuple(_short(readable(container, column, entry.row.get(column.name, ""))) for column in columns)
    return ListedEntry(entry.key, cells, entry.origin.label, _STATES.get(entry.origin, ""))


def readable(container: Container, column: Column, text: str) -> str:
    """A cell as people read it: names in place of codes and ids."""
    if not text:
        return ""
    if column.type is ColumnType.REGION:
        region = container.regions.resolve(text)
        return region.name if region else text
    if column.type is ColumnType.DEPARTMENT:
        department = container.departments.get(text)
        return department.name if department else text
    return "；".join(shown_cell(column, text).split("\n"))


def departments_of(container: Container) -> tuple[Department, ...]:
    return tuple(sorted(container.departments.all(), key=lambda department: department.name))


def known_regions(container: Container) -> Mapping[str, str]:
    """Regions that forms offer, by code: those in use, and those around the place served."""
    regions = container.regions
    codes = {entry.jurisdiction for entries in (container.departments.all(), container.guides.all()) for entry in entries}
    served = regions.resolve(container.settings.service_region or "")
    if served:
        codes |= {*regions.lineage(served.code), *(child.code for child in regions.children(served.code))}
    return {region.code: regions.full_name(region.code) for code in sorted(codes) if (region := regions.resolve(code))}


def values_in_use(entries: Iterable[ContentEntry], name: str) -> tuple[str, ...]:
    return tuple(sorted({text for entry in entries if (text := entry.row.get(name, ""))}))[:500]


def policies_named(container: Container, basis: str) -> tuple[tuple[str, str], ...]:
    """(title, document id or "") of every 《…》 in the basis of a guide."""
    titles = dict.fromkeys(_TITLE_IN_BASIS.findall(basis))
    return tuple((title, next(iter(container.documents.find_by_title(title)), "")) for title in titles)


def before_and_after(kind: ContentKind, before: Row | None, after: Row | None) -> tuple[str, str]:
    """The fields that differ, for the audit trail."""
    fields = row_changes(kind.table, before or {}, after or {})
    return tuple(  # type: ignore[return-value]  # two of them
        "；".join(f"{field.label}：{text}" for field in fields if (text := getattr(field, side).replace("\n", "、")))
        for side in ("before", "after")
    )


def _column_fits(cell: str, wanted: str, container: Container) -> bool:
    if cell == wanted:
        return True
    region = container.regions.resolve(wanted)
    return region is not None and cell == region.code


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
