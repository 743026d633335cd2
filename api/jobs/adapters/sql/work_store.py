"""Pending work in SQL: choosing and claiming are one step, so that two processes never begin the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from api.jobs.adapters.sql.migration import LOCK
from api.jobs.adapters.sql.tables import background_work as work_table
from api.jobs.pending_work import Choice, PendingWork


class SqlWorkStore:
    """A WorkStore on an engine that went through `prepare_work`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def add(self, task: str, argument: str) -> None:
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        row = {"task": task, "argument": argument, "waiting": True, "holder": "", "leased_until": 0.0, "attempts": 0}
        with self._writing.begin() as connection:
            connection.execute(dialect.insert(work_table).values(**row).on_conflict_do_nothing())

    def pending(self) -> tuple[PendingWork, ...]:
        with self._engine.connect() as connection:
            return _pending(connection)

    def claim(self, choice: Choice, holder: str, leased_until: float) -> PendingWork | None:
        with self._writing.begin() as connection:
            _one_at_a_time(connection)
            chosen = choice(_pending(connection))
            if chosen is None:
                return None
            claimed = replace(chosen, holder=holder, leased_until=leased_until, attempts=chosen.attempts + 1)
            changes = {"waiting": False, "holder": holder, "leased_until": leased_until, "attempts": claimed.attempts}
            # What was cut off would stand in the way of the same thing claimed anew; doing it once does both.
            connection.execute(delete(work_table).where(*_same(chosen), work_table.c.waiting.is_(False), work_table.c.id != chosen.id))
            connection.execute(update(work_table).where(work_table.c.id == chosen.id).values(changes))
            return claimed

    def renew(self, ids: Sequence[int], holder: str, leased_until: float) -> None:
        held = update(work_table).where(work_table.c.id.in_(ids), work_table.c.holder == holder)
        with self._writing.begin() as connection:
            connection.execute(held.values(leased_until=leased_until))

    def finish(self, work: PendingWork) -> None:
        with self._writing.begin() as connection:
            connection.execute(delete(work_table).where(work_table.c.id == work.id, work_table.c.holder == work.holder))


def _pending(connection: Connection) -> tuple[PendingWork, ...]:
    return tuple(_as_work(row) for row in connection.execute(select(work_table).order_by(work_table.c.id)))


def _as_work(row: Row[tuple[object, ...]]) -> PendingWork:
    return PendingWork(row.id, row.task, row.argument, row.holder, row.leased_until, row.attempts)


def _same(work: PendingWork) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return work_table.c.task == work.task, work_table.c.argument == work.argument


def _one_at_a_time(connection: Connection) -> None:
    """SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
