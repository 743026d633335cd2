"""Makes the tables of the index where they are not there yet, and looks whether the server can carry them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from indexing.errors import EngineUnfit

SCHEMA = "zhengwen_index_1"
_SCHEMA_FILE = Path(__file__).with_name("schema.sql")
_PGVECTOR = (0, 8)
"""From here on a search through the graph goes on until the filter has let enough through."""
# Any fixed number: PostgreSQL's advisory locks are named by numbers.
_LOCK = 7_305_011


def prepare_passages(engine: Engine) -> None:
    """Safe when several processes start at once. Raises EngineUnfit, StoreUnavailable."""
    if engine.dialect.name != "postgresql":
        raise EngineUnfit("检索只能放在 PostgreSQL 上，请填写 postgresql:// 开头的地址。")
    with engine.begin() as connection:
        if not _is_there(connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            if not _is_there(connection):
                _make(connection)
        _check_version(connection)


def engine_words(engine: Engine) -> str:
    """ "PostgreSQL 18.1，pgvector 0.8.1"."""
    with engine.connect() as connection:
        server = str(connection.execute(text("SHOW server_version")).scalar_one()).split(" ", 1)[0]
        return f"PostgreSQL {server}，pgvector {_version(connection)}"


def _is_there(connection: Connection) -> bool:
    return bool(connection.execute(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": f"{SCHEMA}.pointer"}).scalar_one())


def _make(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS vector")
    except DBAPIError as error:
        raise EngineUnfit(
            "没有 pgvector 扩展。请在数据库服务器上安装 pgvector 0.8 或更新的版本，由数据库管理员在这个库里执行 CREATE EXTENSION vector。"
        ) from error
    connection.exec_driver_sql(_SCHEMA_FILE.read_text(encoding="utf-8"))


def _check_version(connection: Connection) -> None:
    version = _version(connection)
    if tuple(map(int, version.split(".")[:2])) < _PGVECTOR:
        raise EngineUnfit(f"pgvector 的版本是 {version}，至少需要 0.8。请升级后由数据库管理员执行 ALTER EXTENSION vector UPDATE。")


def _version(connection: Connection) -> str:
    return str(connection.execute(text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")).scalar_one())
