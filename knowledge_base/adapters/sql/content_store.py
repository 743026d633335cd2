"""Versions of edited content in SQL: changes are added, never changed; what stands now follows from them in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row, and_, bindparam, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from knowledge_base.adapters.sql.content_projection import project
from knowledge_base.adapters.sql.content_tables import content_changes, content_entries, content_uploads, content_versions
from knowledge_base.adapters.sql.upserts import upsert
from knowledge_base.content.errors import ContentConflict, UnknownEntry
from knowledge_base.content.models import (
    Change,
    ChangeNote,
    ContentVersion,
    EntryChange,
    EntryState,
    KeptEntry,
    KeptUpload,
    PlacedCells,
)

UPLOADS_KEPT = timedelta(days=1)
_NUMBER = select(func.max(content_versions.c.number)).where(content_versions.c.kind == bindparam("of_kind"))


class SqlContentStore:
    """A ContentStore on an engine from `open_records`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def number(self, kind: str) -> int:
        with self._engine.connect() as connection:
            return connection.execute(_NUMBER, {"of_kind": kind}).scalar() or 0

    def states(self, kind: str) -> Mapping[str, KeptEntry]:
        table = content_entries
        query = select(table.c.key, table.c.number, table.c.state).where(table.c.kind == kind).order_by(table.c.key)
        with self._engine.connect() as connection:
            return {row.key: KeptEntry(_state(row.state), row.number) for row in connection.execute(query)}

    def append(self, kind: str, expected: int, note: ChangeNote, states: Mapping[str, EntryState | None]) -> ContentVersion:
        version = ContentVersion(kind, expected + 1, note, len(states))
        try:
            with self._writing.begin() as connection:
                if (connection.execute(_NUMBER, {"of_kind": kind}).scalar() or 0) != expected:
                    raise ContentConflict
                self._write(connection, version, states)
        except IntegrityError as error:
            # PostgreSQL lets two begin; the second meets the number of the first.
            raise ContentConflict from error
        return version

    def versions(self, kind: str, limit: int = 50, before: int | None = None) -> tuple[ContentVersion, ...]:
        table = content_versions
        query = select(table).where(table.c.kind == kind).order_by(table.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(table.c.number < before)
        with self._engine.connect() as connection:
            return tuple(_version(row) for row in connection.execute(query))

    def changes(self, kind: str, number: int) -> tuple[EntryChange, ...]:
        table = content_changes
        query = select(table).where(table.c.kind == kind, table.c.number == number).order_by(table.c.key)
        with self._engine.connect() as connection:
            self._know(connection, kind, number)
            return tuple(_change(row) for row in connection.execute(query))

    def states_at(self, kind: str, number: int) -> Mapping[str, EntryState]:
        table = content_changes
        last = (
            select(table.c.key, func.max(table.c.number).label("number"))
            .where(table.c.kind == kind, table.c.number <= number)
            .group_by(table.c.key)
            .subquery()
        )
        on = and_(table.c.kind == kind, table.c.key == last.c.key, table.c.number == last.c.number)
        query = select(table.c.key, table.c.after).join(last, on).where(table.c.after.is_not(None)).order_by(table.c.key)
        with self._engine.connect() as connection:
            if number:
                self._know(connection, kind, number)
            return {row.key: _state(row.after) for row in connection.execute(query)}

    def history(self, kind: str, key: str, limit: int = 50) -> tuple[tuple[ContentVersion, EntryChange], ...]:
        changes, versions = content_changes, content_versions
        query = (
            select(changes.c.key, changes.c.before, changes.c.after, versions)
            .join(versions, and_(versions.c.kind == changes.c.kind, versions.c.number == changes.c.number))
            .where(changes.c.kind == kind, changes.c.key == key)
            .order_by(changes.c.number.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return tuple((_version(row), _change(row)) for row in connection.execute(query))

    def keep_upload(self, upload: KeptUpload) -> None:
        rows = orjson.dumps([{"line": row.line, "cells": dict(row.cells)} for row in upload.rows]).decode()
        kept = {name: getattr(upload, name) for name in ("digest", "kind", "name", "complete", "by", "at")}
        with self._writing.begin() as connection:
            connection.execute(delete(content_uploads).where(content_uploads.c.at < upload.at - UPLOADS_KEPT))
            upsert(connection, content_uploads, {**kept, "rows": rows})

    def upload(self, digest: str) -> KeptUpload | None:
        with self._engine.connect() as connection:
            found = connection.execute(select(content_uploads).where(content_uploads.c.digest == digest)).one_or_none()
        if found is None:
            return None
        rows = tuple(PlacedCells(row["line"], row["cells"]) for row in orjson.loads(found.rows))
        return KeptUpload(found.digest, found.kind, found.name, rows, found.complete, found.by, found.at)

    def _write(self, connection: Connection, version: ContentVersion, states: Mapping[str, EntryState | None]) -> None:
        note, named = version.note, {"kind": version.kind, "number": version.number}
        connection.execute(
            insert(content_versions).values(**named, change=str(note.change), by=note.by, at=note.at, reason=note.reason, size=version.size)
        )
        table = content_entries
        of_key = (table.c.kind == version.kind) & (table.c.key == bindparam("of_key"))
        for key, state in states.items():
            before = connection.execute(select(table.c.state).where(of_key), {"of_key": key}).scalar()
            after = None if state is None else _dumped(state)
            connection.execute(insert(content_changes), {**named, "key": key, "before": before, "after": after})
            if after is None:
                connection.execute(delete(table).where(of_key), {"of_key": key})
            else:
                upsert(connection, table, {**named, "key": key, "state": after})
        project(connection, version.kind, states)

    def _know(self, connection: Connection, kind: str, number: int) -> None:
        table = content_versions
        found = connection.execute(select(table.c.size).where(table.c.kind == kind, table.c.number == number)).one_or_none()
        if found is None:
            raise UnknownEntry(f"第{number}版")


def _dumped(state: EntryState) -> str:
    kept: dict[str, Any] = {"live": None if state.live is None else dict(state.live), "shipped": state.shipped}
    if state.draft is not None:
        kept["draft"] = dict(state.draft)
    return orjson.dumps(kept).decode()


def _state(text: str) -> EntryState:
    kept = orjson.loads(text)
    return EntryState(kept.get("live"), kept.get("draft"), bool(kept.get("shipped", False)))


def _version(row: Row[Any]) -> ContentVersion:
    return ContentVersion(row.kind, row.number, ChangeNote(Change(row.change), row.by, row.at, row.reason), row.size)


def _change(row: Row[Any]) -> EntryChange:
    before, after = (None if text is None else _state(text) for text in (row.before, row.after))
    return EntryChange(row.key, before, after)
