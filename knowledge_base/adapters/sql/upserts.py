"""Insert-or-update in the words of SQLite and PostgreSQL, which agree with each other but not with standard SQL."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

_Insert = postgresql.Insert | sqlite.Insert


def insert_or_skip(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Adds the row unless one with its key is there."""
    connection.execute(_skipping(connection.dialect.name, table), dict(row))


def upsert(connection: Connection, table: Table, row: Mapping[str, Any], only_if_greater: str | None = None) -> None:
    """Adds the row or replaces the one with its key; with `only_if_greater` only where that column grows. `row` holds every column."""
    connection.execute(_replacing(connection.dialect.name, table, only_if_greater), dict(row))


def count_change(dialect: str, table: Table, store: str) -> _Insert:
    """Adds one to the number of this store, from 1."""
    statement = _insert(dialect, table).values(store=store, number=1)
    return statement.on_conflict_do_update(index_elements=["store"], set_={"number": table.c.number + 1})


# Kept, because building a statement costs more than running it.
@lru_cache(maxsize=32)
def _skipping(dialect: str, table: Table) -> _Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


@lru_cache(maxsize=32)
def _replacing(dialect: str, table: Table, only_if_greater: str | None) -> _Insert:
    statement = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    replaced = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    where = None if only_if_greater is None else table.c[only_if_greater] < statement.excluded[only_if_greater]
    return statement.on_conflict_do_update(index_elements=keys, set_=replaced, where=where)


def _insert(dialect: str, table: Table) -> _Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
