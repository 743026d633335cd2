"""Service guides and departments in SQL, each as one JSON body by id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Engine, Table, bindparam, select

from knowledge_base.adapters.sql.tables import departments, entry_changes, service_guides
from knowledge_base.adapters.sql.upserts import count_change, upsert
from knowledge_base.models import Department, ServiceGuide
from knowledge_base.one_reading import forget_reading, read_once

Entry = TypeVar("Entry", ServiceGuide, Department)
_CHANGE = select(entry_changes.c.number).where(entry_changes.c.store == bindparam("of_store"))


class _EntryStore(Generic[Entry]):
    """What both stores do; all or nothing per call of `save`."""

    def __init__(self, engine: Engine, table: Table, kind: type[Entry]) -> None:
        self._reading = engine.execution_options(sqlite_begin="")
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._table = table
        self._adapter: TypeAdapter[Entry] = TypeAdapter(kind)
        self._count_change = count_change(engine.dialect.name, entry_changes, table.name)
        self._last_read: tuple[int, dict[str, Entry]] | None = None

    def save(self, entries: Iterable[Entry]) -> None:
        with self._writing.begin() as connection:
            for entry in entries:
                upsert(connection, self._table, {"id": entry.id, "body": orjson.dumps(entry).decode()})
            connection.execute(self._count_change)
        forget_reading()

    def all(self) -> tuple[Entry, ...]:
        return tuple(self._entries().values())

    def get(self, entry_id: str) -> Entry | None:
        return self._entries().get(entry_id)

    def _entries(self) -> dict[str, Entry]:
        return read_once(self, self._entries_now)

    def _entries_now(self) -> dict[str, Entry]:
        # Asked for with every question: read again only after a save, here or in another process.
        with self._reading.connect() as connection:
            change = connection.execute(_CHANGE, {"of_store": self._table.name}).scalar() or 0
            if self._last_read is None or self._last_read[0] != change:
                bodies = connection.execute(select(self._table.c.body).order_by(self._table.c.id)).scalars().all()
                # Read second: a save in between makes the entries newer than the number, which costs one more reading.
                entries = (self._adapter.validate_json(body) for body in bodies)
                self._last_read = (change, {entry.id: entry for entry in entries})
            return self._last_read[1]


class SqlGuideStore(_EntryStore[ServiceGuide]):
    """A GuideStore on an engine from `open_records`; ordered by id."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, service_guides, ServiceGuide)

    def save(self, guides: Iterable[ServiceGuide]) -> None:
        super().save(guides)

    def get(self, guide_id: str) -> ServiceGuide | None:
        return super().get(guide_id)


class SqlDepartmentStore(_EntryStore[Department]):
    """A DepartmentStore on an engine from `open_records`; ordered by id."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, departments, Department)

    def save(self, departments: Iterable[Department]) -> None:
        super().save(departments)

    def get(self, department_id: str) -> Department | None:
        return super().get(department_id)
