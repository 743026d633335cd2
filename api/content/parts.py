"""What the console and the pages are given of edited content. Chooses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from api.wording import WebWording
from knowledge_base.content.content_desk import ContentDesk
from knowledge_base.content.importing import ContentImport
from knowledge_base.content.models import KindTable, PlacedCells, Row


class SheetReader(Protocol):
    def __call__(self, name: str, content: bytes, table: KindTable) -> tuple[PlacedCells, ...]:
        """Rows of a spreadsheet; `name` tells its format. Raises UnreadableTable."""


class SheetWriter(Protocol):
    def __call__(self, table: KindTable, rows: Iterable[tuple[Row, bool]]) -> bytes:
        """An XLSX file of rows, each with whether it is a draft."""


@dataclass(frozen=True)
class Content:
    """`hot_questions` and `web_wording` are always the present ones."""

    desk: ContentDesk
    read_sheet: SheetReader
    write_sheet: SheetWriter
    hot_questions: Callable[[], tuple[str, ...]]
    web_wording: WebWording

    @property
    def imports(self) -> ContentImport:
        return ContentImport(self.desk)

    def sheet(self, kind_id: str) -> bytes:
        """What stands, as a spreadsheet that changes nothing when it is imported again. Raises UnknownEntry."""
        table = self.desk.kind(kind_id).table
        rows = ((entry.live or entry.draft, entry.live is None) for entry in self.desk.entries(kind_id))
        return self.write_sheet(table, ((row, draft) for row, draft in rows if row is not None))
