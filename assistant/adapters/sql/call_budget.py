"""Calls to a language model by day, in SQL: counting and looking are one statement, so that no two processes share the last call."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from assistant.adapters.sql.tables import model_calls


class SqlCallBudget:
    """A CallBudget on an engine that went through `prepare_conversations`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def take(self, day: date, limit: int) -> bool:
        if limit < 1:
            return False
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        counted = dialect.insert(model_calls).values(day=day, calls=1)
        one_more = counted.on_conflict_do_update(
            index_elements=["day"], set_={"calls": model_calls.c.calls + 1}, where=model_calls.c.calls < limit
        )
        with self._writing.begin() as connection:
            return connection.execute(one_more.returning(model_calls.c.day)).first() is not None

    def taken(self, day: date) -> int:
        with self._engine.connect() as connection:
            return connection.execute(select(model_calls.c.calls).where(model_calls.c.day == day)).scalar() or 0
