"""Opens the records database and brings its tables up to date. The only place that knows the two engines apart."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from knowledge_base.adapters.sql.bounded_pool import KEPT, MOST, WITHIN_S, BoundedPool
from knowledge_base.adapters.sql.failures import report_in_words
from knowledge_base.adapters.sql.migration import bring_to_head
from knowledge_base.errors import StoreUnavailable

BUSY_TIMEOUT_S = 30
CONNECT_TIMEOUT_S = 3
# Of libpq: a server that has gone without a word, its machine or the network with it, is given up after some 15 seconds.
_SILENCE = {"keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 2, "tcp_user_timeout": 15_000}


def open_records(url: str) -> Engine:
    """An engine whose tables are those of this version; safe when several processes start at once.

    `url` is `sqlite:///path`, `postgresql+psycopg://…` or plain `postgresql://…`. Raises StoreUnavailable. Engine-wide: a write on
    SQLite that reads first must ask for `execution_options(sqlite_begin="BEGIN IMMEDIATE")`, or it may fail when another writes; what
    reads by single statements may ask for "", no transaction.
    """
    engine = open_database(url)
    bring_to_head(engine)
    return engine


def open_database(url: str) -> Engine:
    """As `open_records`, with the tables left as they are: for a database that holds something else. Raises StoreUnavailable."""
    parsed = _parse(url)
    engine = _open_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _open_postgres(parsed)
    report_in_words(engine)
    return engine


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUnavailable("数据库地址写错了。例：sqlite:////文件夹/records.sqlite3 或 postgresql://用户:密码@主机/库名。") from error
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise StoreUnavailable(f"不支持“{parsed.drivername}”数据库。请使用 sqlite:/// 或 postgresql:// 开头的地址。")
    return parsed


def _open_sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreUnavailable("数据库地址缺少文件路径。例：sqlite:////数据文件夹/records.sqlite3。")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"不能建立文件夹“{Path(url.database).parent}”。请检查路径和写入权限。") from error
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S}, pool_size=20, max_overflow=40)
    event.listen(engine, "connect", _prepare_sqlite)

    @event.listens_for(engine, "begin")
    def begin(connection: object) -> None:
        # The driver opens transactions late and never around table changes; opened here, migrations are all or nothing.
        opening = connection.get_execution_options().get("sqlite_begin", "BEGIN")  # type: ignore[attr-defined]
        if opening:
            connection.exec_driver_sql(opening)  # type: ignore[attr-defined]

    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    # FULL, because "durable on return" must hold through a power cut; in WAL mode it costs one sync per commit.
    # secure_delete, because what a citizen asked to have deleted must not stay in the file's free pages.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _open_postgres(url: URL) -> Engine:
    waits = f"-c lock_timeout={BUSY_TIMEOUT_S}s -c timezone=UTC"
    try:
        engine = create_engine(
            url,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "options": waits, **_SILENCE},
            # A connection from before the server was started anew is replaced without anybody noticing.
            pool_pre_ping=True,
            poolclass=BoundedPool,
            pool_size=KEPT,
            max_overflow=MOST - KEPT,
            pool_timeout=WITHIN_S,
        )
    except ModuleNotFoundError as error:
        raise StoreUnavailable("没有安装 PostgreSQL 驱动。请执行 pip install 'zhengwen[postgres]' 后重试。") from error
    # The driver is there only where somebody chose this engine.
    from knowledge_base.adapters.sql.bounded_connection import bound_waits  # noqa: PLC0415

    bound_waits(engine)
    return engine
