"""Guides and departments as questions are answered from, kept in step with their versions in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Table, bindparam, delete

from knowledge_base.adapters.sql.tables import departments, entry_changes, service_guides
from knowledge_base.adapters.sql.upserts import count_change, upsert
from knowledge_base.content.entry_values import department_of, guide_of
from knowledge_base.content.models import EntryState, Row
from knowledge_base.models import Department, ServiceGuide


@dataclass(frozen=True, slots=True)
class _Projection:
    table: Table
    make: Callable[[Row], ServiceGuide | Department]


_PROJECTIONS = {"guides": _Projection(service_guides, guide_of), "departments": _Projection(departments, department_of)}


def project(connection: Connection, kind: str, states: Mapping[str, EntryState | None]) -> None:
    """Makes the entry's own store say what its state says; other kinds are read from their states."""
    projection = _PROJECTIONS.get(kind)
    if projection is None:
        return
    gone = delete(projection.table).where(projection.table.c.id == bindparam("gone"))
    for key, state in states.items():
        if state is not None and state.live is not None:
            body = orjson.dumps(projection.make(state.live)).decode()
            upsert(connection, projection.table, {"id": key, "body": body})
        else:
            connection.execute(gone, {"gone": key})
    connection.execute(count_change(connection.dialect.name, entry_changes, projection.table.name))
