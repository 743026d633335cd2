"""Attempts to sign in, in SQL: looking and noting are one step, so that guesses sent at once all count."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, text

from api.access.adapters.sql.tables import sign_in_attempts
from api.access.attempts import is_locked
from api.access.ports import AttemptLimit
from knowledge_base.utc_moments import in_utc


class SqlAttemptStore:
    """An AttemptStore on an engine that went through `prepare_access`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def begin(self, key: str, at: datetime, limit: AttemptLimit) -> str | None:
        newest = select(sign_in_attempts.c.at).where(sign_in_attempts.c.key == key).order_by(sign_in_attempts.c.at.desc())
        with self._writing.begin() as connection:
            _one_at_a_time(connection, key)
            failures = [in_utc(moment) for moment in connection.execute(newest.limit(limit.failures)).scalars()]
            if is_locked(failures, at, limit):
                return None
            attempt = uuid4().hex
            connection.execute(insert(sign_in_attempts).values(id=attempt, key=key, at=in_utc(at)))
        return attempt

    def forget(self, attempt_id: str) -> None:
        self._remove(sign_in_attempts.c.id == attempt_id)

    def clear(self, key: str) -> None:
        self._remove((sign_in_attempts.c.key == key) | sign_in_attempts.c.key.startswith(f"{key}/", autoescape=True))

    def remove_before(self, moment: datetime) -> None:
        self._remove(sign_in_attempts.c.at < in_utc(moment))

    def _remove(self, condition: ColumnElement[bool]) -> None:
        with self._writing.begin() as connection:
            connection.execute(delete(sign_in_attempts).where(condition))


def _one_at_a_time(connection: Connection, key: str) -> None:
    """SQLite has one writer anyway; on PostgreSQL those with the same key wait for each other."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 7305003))"), {"key": key})
