"""Sessions in SQL, by the digest of their token."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Engine, delete, insert, select, update

from api.access.adapters.sql.tables import staff_sessions
from api.access.models import Session
from knowledge_base.utc_moments import in_utc


class SqlSessionStore:
    """A SessionStore on an engine that went through `prepare_access`. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def add(self, session: Session) -> None:
        row = {
            "token_digest": session.token_digest,
            "account_id": session.account_id,
            "opened_at": in_utc(session.opened_at),
            "seen_at": in_utc(session.seen_at),
        }
        with self._writing.begin() as connection:
            connection.execute(insert(staff_sessions).values(row))

    def get(self, token_digest: str) -> Session | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(staff_sessions).where(staff_sessions.c.token_digest == token_digest)).first()
        return Session(row.token_digest, row.account_id, in_utc(row.opened_at), in_utc(row.seen_at)) if row else None

    def touch(self, token_digest: str, at: datetime) -> None:
        with self._writing.begin() as connection:
            connection.execute(update(staff_sessions).where(staff_sessions.c.token_digest == token_digest).values(seen_at=in_utc(at)))

    def remove(self, token_digest: str) -> None:
        self._remove(staff_sessions.c.token_digest == token_digest)

    def remove_of(self, account_id: str) -> None:
        self._remove(staff_sessions.c.account_id == account_id)

    def remove_opened_before(self, moment: datetime) -> None:
        self._remove(staff_sessions.c.opened_at < in_utc(moment))

    def _remove(self, condition: ColumnElement[bool]) -> None:
        with self._writing.begin() as connection:
            connection.execute(delete(staff_sessions).where(condition))
