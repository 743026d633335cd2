"""Brings the table of pending work up to date with the Alembic scripts shipped in this package."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from knowledge_base.adapters.sql.migration import upgrade

VERSION_TABLE = "jobs_version"
# Any fixed number, one per set of tables: PostgreSQL's advisory locks are named by numbers.
LOCK = 7_305_004


def prepare_work(engine: Engine) -> None:
    """`engine` is the one the container opened for the records. Raises StoreUnavailable."""
    upgrade(engine, Path(__file__).parent / "migrations", VERSION_TABLE, LOCK)
