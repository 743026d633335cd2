"""Edited content on the records: its desk for the console, and what the service is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.content.kinds import ContentSources, content_kinds, shipped_rows
from api.content.live import CurrentDirectory, LiveParts, live_parts
from api.content.parts import Content
from api.settings import Settings
from knowledge_base.adapters.sql import SqlContentStore
from knowledge_base.content.content_desk import ContentDesk
from knowledge_base.content.models import KindTable, PlacedCells, Row
from knowledge_base.content.rows import References
from knowledge_base.ports import Clock, DepartmentStore, DocumentStore, GuideStore

if TYPE_CHECKING:
    from sqlalchemy import Engine

# A command that lists policies shall not wait for openpyxl.
# ruff: noqa: PLC0415


@dataclass(frozen=True)
class EntryStores:
    documents: DocumentStore
    guides: GuideStore
    departments: DepartmentStore


def content_on(
    engine: Engine, settings: Settings, stores: EntryStores, mask: Callable[[str], str], clock: Clock
) -> tuple[Content, LiveParts]:
    """For the console, and for the service."""
    store, shipped = SqlContentStore(engine), shipped_rows(settings)
    live = live_parts(store, shipped)
    references = References(live.regions, CurrentDirectory(stores.departments))
    sources = ContentSources(settings, stores.documents, stores.guides, stores.departments, references, mask)
    desk = ContentDesk(content_kinds(sources, shipped), store, references, clock, mask)
    return Content(desk, read_sheet, write_sheet, live.hot_questions, live.web_wording), live


def read_sheet(name: str, content: bytes, table: KindTable) -> tuple[PlacedCells, ...]:
    from knowledge_base.adapters.content_sheets import read_table

    return read_table(name, content, table)


def write_sheet(table: KindTable, rows: Iterable[tuple[Row, bool]]) -> bytes:
    from knowledge_base.adapters.content_workbook import write_table

    return write_table(table, rows)
