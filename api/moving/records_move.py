"""Copies every row of one records database into another, empty one, and reads both to compare. Knows no table by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, MetaData, Table, func, insert, inspect, select, text

from api.moving.errors import CannotMove

Progress = Callable[[str, int, int], None]
_ROWS_AT_ONCE = 1000
_VERSION_TABLE_END = "_version"


@dataclass(frozen=True, slots=True)
class TableContent:
    """`checksum` over all rows in any order."""

    rows: int
    checksum: int


def move_records(source: Engine, target: Engine, tables: Sequence[MetaData], progress: Progress) -> dict[str, TableContent]:
    """All of `tables`, in one transaction on both sides; what the two hold afterwards, by table.

    Raises CannotMove where the source has tables that are not among them, the target holds rows already, or the two differ afterwards.
    """
    ordered = [table for metadata in tables for table in metadata.sorted_tables]
    _refuse_unknown(source, ordered)
    # One moment of the source, whatever is written meanwhile.
    with source.begin() as reading, target.begin() as writing:
        _refuse_rows(writing, ordered)
        moved = {}
        for done, table in enumerate(ordered, start=1):
            _copy(reading, writing, table)
            moved[table.name] = content(writing, table)
            if moved[table.name] != content(reading, table):
                raise CannotMove(f"“{table.name}”表写入后与原来的不一致。")
            progress("复制记录", done, len(ordered))
        _continue_numbers(writing, ordered)
    return moved


def content(connection: Connection, table: Table) -> TableContent:
    count = checksum = 0
    for row in _rows(connection, table):
        written = json.dumps([_plain(value) for value in row.values()], ensure_ascii=True)
        checksum ^= int.from_bytes(blake2b(written.encode(), digest_size=16).digest(), "little")
        count += 1
    return TableContent(count, checksum)


def _refuse_unknown(source: Engine, tables: Sequence[Table]) -> None:
    known = {table.name for table in tables}
    present = {name for name in inspect(source).get_table_names() if not name.endswith(_VERSION_TABLE_END)}
    if unknown := present - known:
        raise CannotMove(f"数据库里有这个版本不认识的表：{'、'.join(sorted(unknown))}。请先升级程序。")


def _refuse_rows(target: Connection, tables: Sequence[Table]) -> None:
    filled = [table.name for table in tables if target.execute(select(func.count()).select_from(table)).scalar_one()]
    if filled:
        raise CannotMove(f"目标数据库里已经有内容（{'、'.join(filled[:3])}）。请换一个空的库。")


def _copy(reading: Connection, writing: Connection, table: Table) -> None:
    batch: list[dict[str, Any]] = []
    for row in _rows(reading, table):
        batch.append(row)
        if len(batch) == _ROWS_AT_ONCE:
            writing.execute(insert(table), batch)
            batch = []
    if batch:
        writing.execute(insert(table), batch)


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    """By column name, as the target can take them."""
    moments = {column.name for column in table.columns if isinstance(column.type, DateTime)}
    for row in connection.execute(select(table).execution_options(yield_per=_ROWS_AT_ONCE)):
        yield {name: _portable(value, name in moments) for name, value in row._mapping.items()}


def _portable(value: object, is_moment: bool) -> object:
    """SQLite keeps no time zone and what stands there is UTC; the null character is none that PostgreSQL keeps in a text."""
    if is_moment and isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes | memoryview) else value


def _continue_numbers(target: Connection, tables: Sequence[Table]) -> None:
    """Numbers that the database gives out go on after the highest that was copied."""
    if target.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key.columns:
            sequence = target.execute(
                text("SELECT pg_get_serial_sequence(:name, :column)"), {"name": f'"{table.name}"', "column": column.name}
            )
            if name := sequence.scalar():
                highest = target.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
                target.execute(text("SELECT setval(:name, :next, false)"), {"name": name, "next": highest + 1})
