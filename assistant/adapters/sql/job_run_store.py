"""Runs of periodic jobs in SQL: whoever moves a job's row on to a slot runs it, the other processes pass."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from assistant.adapters.sql.tables import job_runs
from assistant.job_runs import JobRun
from knowledge_base.utc_moments import in_utc

# A row further ahead than this comes from a clock that was set back since; without it the job would stand still until then.
_CLOCKS_MAY_DIFFER_BY = 10


class SqlJobRunStore:
    """A JobRunStore on an engine that went through `prepare_conversations`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def begin(self, name: str, slot: int, at: datetime) -> bool:
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        row = {"slot": slot, "started_at": at.astimezone(UTC), "ended_at": None}
        begun = dialect.insert(job_runs).values(name=name, failure="", **row)
        earlier = or_(job_runs.c.slot < slot, job_runs.c.slot > slot + _CLOCKS_MAY_DIFFER_BY)
        with self._writing.begin() as connection:
            moved = connection.execute(
                begun.on_conflict_do_update(index_elements=["name"], set_=row, where=earlier).returning(job_runs.c.name)
            )
            return moved.first() is not None

    def end(self, name: str, at: datetime, failure: str = "") -> None:
        ended = update(job_runs).where(job_runs.c.name == name).values(ended_at=at.astimezone(UTC), failure=failure)
        with self._writing.begin() as connection:
            connection.execute(ended)

    def all(self) -> tuple[JobRun, ...]:
        with self._engine.connect() as connection:
            rows = connection.execute(select(job_runs).order_by(job_runs.c.name)).all()
        return tuple(JobRun(row.name, row.slot, in_utc(row.started_at), row.ended_at and in_utc(row.ended_at), row.failure) for row in rows)
