"""Sources with their items and runs in SQL. An index over open runs lets each source have one at most, whatever the processes do."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Engine, Row, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from knowledge_base.adapters.sql.source_tables import source_items, source_runs, sources
from knowledge_base.adapters.sql.upserts import upsert
from knowledge_base.sources.errors import SourceBusy, SourceChanged, UnknownSource
from knowledge_base.sources.models import ItemFilter, ItemState, RunCounts, RunState, Source, SourceItem, SourceRun

_RUN = source_runs.c
_ITEM = source_items.c
_IS_OPEN = _RUN.ended_at.is_(None)
_NEWEST_ITEMS = (func.coalesce(_ITEM.changed_at, _ITEM.first_seen).desc(), _ITEM.address)


class SqlSourceStore:
    """A SourceStore on an engine from `open_records`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._source, self._counts = TypeAdapter(Source), TypeAdapter(RunCounts)

    def add(self, source: Source) -> None:
        with self._writing.begin() as connection:
            connection.execute(insert(sources).values(id=source.id, version=source.version, body=orjson.dumps(source).decode()))

    def replace(self, source: Source) -> None:
        self._write(source.id, source.version - 1, version=source.version, body=orjson.dumps(source).decode())

    def remove(self, source_id: str, version: int, at: datetime) -> None:
        self._write(source_id, version, removed_at=at)

    def _write(self, source_id: str, seen: int, **values: Any) -> None:
        present = and_(sources.c.id == source_id, sources.c.removed_at.is_(None))
        with self._writing.begin() as connection:
            if connection.execute(update(sources).where(present, sources.c.version == seen).values(**values)).rowcount == 1:
                return
            if connection.execute(select(sources.c.id).where(present)).first() is None:
                raise UnknownSource(source_id)
        raise SourceChanged(source_id)

    def source(self, source_id: str) -> Source:
        with self._engine.connect() as connection:
            body = connection.execute(select(sources.c.body).where(sources.c.id == source_id, sources.c.removed_at.is_(None))).scalar()
        if body is None:
            raise UnknownSource(source_id)
        return self._source.validate_json(body)

    def sources(self) -> tuple[Source, ...]:
        with self._engine.connect() as connection:
            bodies = connection.execute(select(sources.c.body).where(sources.c.removed_at.is_(None))).scalars().all()
        found = (self._source.validate_json(body) for body in bodies)
        return tuple(sorted(found, key=lambda source: (source.label, source.id)))

    def save_item(self, item: SourceItem) -> None:
        with self._writing.begin() as connection:
            upsert(connection, source_items, asdict(item))

    def item(self, source_id: str, address: str) -> SourceItem | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(source_items).where(_ITEM.source_id == source_id, _ITEM.address == address)).first()
        return _item(row) if row is not None else None

    def items(self, source_id: str, wanted: ItemFilter) -> tuple[SourceItem, ...]:
        query = select(source_items).where(*_wanted(source_id, wanted)).order_by(*_NEWEST_ITEMS)
        with self._engine.connect() as connection:
            rows = connection.execute(query.limit(wanted.limit).offset(wanted.offset)).all()
        return tuple(_item(row) for row in rows)

    def count_items(self, source_id: str, wanted: ItemFilter) -> int:
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(source_items).where(*_wanted(source_id, wanted))).scalar_one()

    def item_counts(self, source_id: str, run_id: str = "") -> dict[ItemState, int]:
        query = select(_ITEM.state, func.count()).where(_ITEM.source_id == source_id).group_by(_ITEM.state)
        if run_id:
            query = query.where(_ITEM.run_id == run_id)
        with self._engine.connect() as connection:
            return {ItemState(state): count for state, count in connection.execute(query).all()}

    def unseen_items(self, source_id: str, run_id: str) -> tuple[SourceItem, ...]:
        unseen = (_ITEM.source_id == source_id, _ITEM.run_id != run_id, _ITEM.state != ItemState.WITHDRAWN.value)
        with self._engine.connect() as connection:
            rows = connection.execute(select(source_items).where(*unseen).order_by(_ITEM.address)).all()
        return tuple(_item(row) for row in rows)

    def start_run(self, run: SourceRun) -> None:
        try:
            with self._writing.begin() as connection:
                connection.execute(insert(source_runs).values(_run_row(run)))
        except IntegrityError as error:
            raise SourceBusy(run.source_id) from error

    def open_run(self, source_id: str) -> SourceRun | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(source_runs).where(_RUN.source_id == source_id, _IS_OPEN)).first()
        return self._run(row) if row is not None else None

    def hold_run(self, run_id: str, holder: str, before: str, until: datetime | None) -> bool:
        free = and_(_RUN.id == run_id, _IS_OPEN, _RUN.holder == before)
        held = update(source_runs).where(free).values(holder=holder, held_until=until, state=RunState.RUNNING.value)
        with self._writing.begin() as connection:
            return connection.execute(held).rowcount == 1

    def note_progress(self, run: SourceRun) -> SourceRun:
        mine = and_(_RUN.id == run.id, _IS_OPEN, _RUN.holder == run.holder)
        noted = update(source_runs).where(mine).values(doing=run.doing, done=run.done, total=run.total, held_until=run.held_until)
        with self._writing.begin() as connection:
            cancelled_by = connection.execute(noted.returning(_RUN.cancelled_by)).scalar()
        if cancelled_by is None:
            raise SourceBusy(run.source_id)
        return replace(run, cancelled_by=cancelled_by)

    def ask_to_cancel(self, run_id: str, by: str) -> None:
        with self._writing.begin() as connection:
            connection.execute(update(source_runs).where(_RUN.id == run_id, _IS_OPEN).values(cancelled_by=by))

    def end_run(self, run: SourceRun) -> None:
        with self._writing.begin() as connection:
            connection.execute(update(source_runs).where(_RUN.id == run.id, _IS_OPEN).values(_run_row(run)))

    def runs(self, source_id: str, limit: int = 20) -> tuple[SourceRun, ...]:
        query = select(source_runs).where(_RUN.source_id == source_id).order_by(_RUN.started_at.desc(), _RUN.id.desc())
        with self._engine.connect() as connection:
            rows = connection.execute(query.limit(limit)).all()
        return tuple(self._run(row) for row in rows)

    def _run(self, row: Row[Any]) -> SourceRun:
        values = dict(row._mapping)
        return SourceRun(**(values | {"state": RunState(row.state), "counts": self._counts.validate_json(row.counts)}))


def _run_row(run: SourceRun) -> dict[str, Any]:
    return asdict(run) | {"state": run.state.value, "counts": orjson.dumps(run.counts).decode()}


def _item(row: Row[Any]) -> SourceItem:
    return SourceItem(**(dict(row._mapping) | {"state": ItemState(row.state)}))


def _wanted(source_id: str, wanted: ItemFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_ITEM.source_id == source_id]
    if wanted.state is not None:
        conditions.append(_ITEM.state == wanted.state.value)
    if wanted.unchecked:
        conditions.append(and_(_ITEM.state == ItemState.WITHDRAWN.value, _ITEM.checked_by == "", _ITEM.upload_id != ""))
    if wanted.words:
        conditions.append(or_(_ITEM.title.icontains(wanted.words, autoescape=True), _ITEM.address.icontains(wanted.words, autoescape=True)))
    return conditions
