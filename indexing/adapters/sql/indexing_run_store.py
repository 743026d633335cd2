"""Indexing runs in SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, insert, select, update

from indexing.adapters.sql.tables import indexing_runs as table
from indexing.indexing_run import ContentMark, IndexingRun, RunCounts, RunState
from knowledge_base.utc_moments import in_utc

_MOMENTS = ("asked_at", "started_at", "ended_at")


class SqlIndexingRunStore:
    """An IndexingRunStore on an engine that went through `prepare_indexing`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def add(self, by: str, why: str, at: datetime, *, compare: bool = False) -> IndexingRun:
        row = _row(IndexingRun(0, why, by, at, compare=compare))
        with self._writing.begin() as connection:
            number = connection.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
        return IndexingRun(number, why, by, at.astimezone(UTC), compare=compare)

    def save(self, run: IndexingRun) -> None:
        row = _row(run)
        del row["stop_asked_by"]
        with self._writing.begin() as connection:
            connection.execute(update(table).where(table.c.id == run.id).values(row))

    def note_progress(self, run_id: int, step: str, done: int, total: int) -> str:
        noted = update(table).where(table.c.id == run_id).values(step=step, done=done, total=total)
        with self._writing.begin() as connection:
            return connection.execute(noted.returning(table.c.stop_asked_by)).scalar() or ""

    def ask_to_stop(self, run_id: int, by: str) -> None:
        with self._writing.begin() as connection:
            connection.execute(update(table).where(table.c.id == run_id).values(stop_asked_by=by))

    def get(self, run_id: int) -> IndexingRun | None:
        return next(iter(self._read(select(table).where(table.c.id == run_id))), None)

    def newest(self, limit: int) -> tuple[IndexingRun, ...]:
        return self._read(select(table).order_by(table.c.id.desc()).limit(limit))

    def in_states(self, states: Collection[RunState]) -> tuple[IndexingRun, ...]:
        return self._read(select(table).where(table.c.state.in_([state.value for state in states])).order_by(table.c.id))

    def made(self, snapshot_id: str) -> IndexingRun | None:
        of_snapshot = select(table).where(table.c.snapshot_after == snapshot_id)
        return next(iter(self._read(of_snapshot.order_by(table.c.id.desc()).limit(1))), None)

    def _read(self, query: Select[Any]) -> tuple[IndexingRun, ...]:
        with self._engine.connect() as connection:
            return tuple(_run(row) for row in connection.execute(query))


def _row(run: IndexingRun) -> dict[str, Any]:
    row = {field.name: getattr(run, field.name) for field in fields(run) if field.name not in {"id", "counts", "content"}}
    for name in _MOMENTS:
        row[name] = row[name] and row[name].astimezone(UTC)
    return row | asdict(run.counts) | asdict(run.content) | {"state": run.state.value}


def _run(row: Row[Any]) -> IndexingRun:
    known = dict(row._mapping)
    counts = RunCounts(**{field.name: known.pop(field.name) for field in fields(RunCounts)})
    content = ContentMark(**{field.name: known.pop(field.name) for field in fields(ContentMark)})
    for name in _MOMENTS:
        known[name] = known[name] and in_utc(known[name])
    return IndexingRun(**known | {"state": RunState(known["state"])}, counts=counts, content=content)
