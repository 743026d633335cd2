"""Brings the tables of the policy base up to date with the Alembic scripts shipped in this package."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, text

from knowledge_base.errors import StoreUnavailable

VERSION_TABLE = "knowledge_base_version"
# Any fixed number, one per set of tables: PostgreSQL's advisory locks are named by numbers.
_LOCK = 7_305_001


def bring_to_head(engine: Engine) -> None:
    """The tables of the policy base. Raises StoreUnavailable."""
    upgrade(engine, Path(__file__).parent / "migrations", VERSION_TABLE, _LOCK)


def upgrade(engine: Engine, scripts: Path, version_table: str, lock: int) -> None:
    """Run the Alembic scripts of one set of tables: all or nothing, one process at a time; others wait and find the work done.

    Each set keeps its own version table in the shared database and moves at its own pace. Raises StoreUnavailable.
    """
    config = Config()
    config.set_main_option("script_location", str(scripts))
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection, opts={"version_table": version_table}).get_current_revision() == head:
            return
    with engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreUnavailable("数据库由更新版本的程序建立，这个版本读不了。请升级程序后重试。") from error
