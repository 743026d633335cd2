"""Brings the table of indexing runs up to date with the Alembic scripts shipped in this package."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from knowledge_base.adapters.sql.migration import upgrade

VERSION_TABLE = "indexing_version"
# Any fixed number, one per set of tables: PostgreSQL's advisory locks are named by numbers.
_LOCK = 7_305_005


def prepare_indexing(engine: Engine) -> None:
    """`engine` is the one the container opened for the records. Raises StoreUnavailable."""
    upgrade(engine, Path(__file__).parent / "migrations", VERSION_TABLE, _LOCK)
