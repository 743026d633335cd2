"""Insert-or-update in the words of SQLite and PostgreSQL, which agree with each other but not with standard SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def insert_or_skip(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Adds the row unless one with its key is there."""
    connection.execute(_insert(connection, table).values(dict(row)).on_conflict_do_nothing())


def upsert(connection: Connection, table: Table, row: Mapping[str, Any], only_if_greater: str | None = None) -> None:
    """Adds the row or replaces the one with its key; with `only_if_greater` only where that column grows."""
    statement = _insert(connection, table).values(dict(row))
    keys = [column.name for column in table.primary_key]
    replaced = {name: statement.excluded[name] for name in row if name not in keys}
    where = None if only_if_greater is None else table.c[only_if_greater] < statement.excluded[only_if_greater]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=replaced, where=where))
