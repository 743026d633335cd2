"""Copies the records database into files and back, while others read and write it. Knows the two engines apart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, MetaData, make_url
from sqlalchemy.engine import create_engine

from api.backups.errors import BackupFailed, CannotRestore

FOLDER = "records"
SQLITE_FILE = "records.sqlite3"
_WAIT_S = 60.0
_VERSION_TABLE_END = "_version"


@dataclass(frozen=True, slots=True)
class CopiedRecords:
    """`rows` by table, `schema` versions by version table."""

    rows: dict[str, int]
    schema: dict[str, str]


class RecordsCopy(Protocol):
    """Both directions keep to one moment: what others write meanwhile is wholly in or wholly out."""

    kind: str

    def save(self, folder: Path) -> CopiedRecords:
        """Into files in `folder`, which exists. Raises BackupFailed."""

    def load(self, folder: Path, name: str, schema: dict[str, str]) -> None:
        """Replaces every row by those of `folder`, in one transaction. `name` is the backup's, for messages. Raises CannotRestore."""


def records_copy(address: str) -> RecordsCopy:
    """`address` is an SQLAlchemy URL."""
    url = make_url(address)
    return SqliteRecords(Path(url.database or "")) if url.get_backend_name() == "sqlite" else PostgresRecords(url)


class SqliteRecords:
    """By SQLite's own online backup, which copies page by page and begins again where somebody wrote."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, folder: Path) -> CopiedRecords:
        copy = folder / SQLITE_FILE
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target)
                # One file, without a log beside it.
                target.execute("PRAGMA journal_mode = DELETE").close()
                return _facts(target)
        except sqlite3.Error as error:
            raise BackupFailed(f"数据库没有复制成（{error}）。请检查磁盘空间，运行 zhengwen doctor 查看原因。") from error

    def load(self, folder: Path, name: str, schema: dict[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(folder / SQLITE_FILE)) as source, closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as target:
                source.backup(target)
        except sqlite3.Error as error:
            raise CannotRestore(name, f"数据库没有写成（{error}），原来的数据没有变。请检查磁盘空间后再试。") from error


def _facts(connection: sqlite3.Connection) -> CopiedRecords:
    """Raises BackupFailed where the copy is not sound."""
    sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if sound != "ok":
        raise BackupFailed(f"数据库本身已损坏（{sound}）。请从较早的备份恢复。")
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    # The names come from the database itself; quoting keeps odd ones whole.
    rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 - see above
    versions = {name: str(connection.execute(f'SELECT * FROM "{name}"').fetchone()[0]) for name in names if _is_version(name, rows)}  # noqa: S608 - see above
    return CopiedRecords(rows, versions)


def _is_version(name: str, rows: dict[str, int]) -> bool:
    return name.endswith(_VERSION_TABLE_END) and rows[name] == 1


class PostgresRecords:
    """By COPY within one transaction that sees one moment; needs no programs beside the driver."""

    kind = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url

    def save(self, folder: Path) -> CopiedRecords:
        import psycopg  # noqa: PLC0415 - an extra

        rows, versions = {}, {}
        try:
            with self._connected() as connection:
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                for table, columns in self._tables():
                    rows[table] = _copy_out(connection, table, columns, folder / f"{table}.copy")
                    if _is_version(table, rows):
                        versions[table] = _version_in(connection, table)
        except (psycopg.Error, OSError) as error:
            raise BackupFailed(f"数据库没有复制成（{type(error).__name__}）。请检查数据库连接和磁盘空间。") from error
        return CopiedRecords(rows, versions)

    def load(self, folder: Path, name: str, schema: dict[str, str]) -> None:
        import psycopg  # noqa: PLC0415 - an extra

        try:
            with self._connected() as connection:
                self._refuse_other_schema(connection, name, schema)
                tables = [(table, columns) for table, columns in self._tables() if (folder / f"{table}.copy").is_file()]
                for table, _ in tables:
                    # Some tables forbid changes to what stands in them; restoring is the one exception, within this transaction.
                    connection.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
                connection.execute("TRUNCATE " + ", ".join(f'"{table}"' for table, _ in tables))
                for table, columns in tables:
                    _copy_in(connection, table, columns, folder / f"{table}.copy")
                    connection.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        except psycopg.Error as error:
            raise CannotRestore(name, f"数据库没有写成（{type(error).__name__}），原来的数据没有变。") from error

    def _refuse_other_schema(self, connection: Any, name: str, schema: dict[str, str]) -> None:
        present = {table for table, _ in self._tables()}
        for table, version in schema.items():
            if table not in present or _version_in(connection, table) != version:
                raise CannotRestore(name, "备份里的数据库结构与这个版本的程序不同。请用做备份时的程序版本恢复，然后再升级。")

    def _tables(self) -> list[tuple[str, list[str]]]:
        """Referred-to tables first, with their columns."""
        engine = create_engine(self._url)
        try:
            known = MetaData()
            known.reflect(engine)
        finally:
            engine.dispose()
        return [(str(table.name), [str(column.name) for column in table.columns]) for table in known.sorted_tables]

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        import psycopg  # noqa: PLC0415 - an extra

        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as connection:
            yield connection


def _version_in(connection: Any, table: str) -> str:
    # The names of version tables are our own.
    return str(connection.execute(f'SELECT * FROM "{table}"').fetchone()[0])  # noqa: S608 - see above


def _copy_out(connection: Any, table: str, columns: list[str], path: Path) -> int:
    named = ", ".join(f'"{column}"' for column in columns)
    cursor = connection.cursor()
    with path.open("wb") as file, cursor.copy(f'COPY "{table}" ({named}) TO STDOUT') as rows:
        for block in rows:
            file.write(block)
    return int(cursor.rowcount)


def _copy_in(connection: Any, table: str, columns: list[str], path: Path) -> None:
    named = ", ".join(f'"{column}"' for column in columns)
    with path.open("rb") as file, connection.cursor().copy(f'COPY "{table}" ({named}) FROM STDIN') as rows:
        while block := file.read(1 << 20):
            rows.write(block)
    for column in columns:
        # Numbers given out by the database go on after the highest restored; a column without any is left alone.
        sequence = connection.execute("SELECT pg_get_serial_sequence(%s, %s)", (f'"{table}"', column)).fetchone()[0]
        if sequence:
            highest = f'SELECT setval(%s, coalesce((SELECT max("{column}") FROM "{table}"), 0) + 1, false)'  # noqa: S608 - reflected names
            connection.execute(highest, (sequence,))
