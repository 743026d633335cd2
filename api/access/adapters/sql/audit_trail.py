"""The access record in SQL: lines are added, never changed, and each is chained to the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, LargeBinary, Row, Select, cast, func, insert, select, text, type_coerce

from api.access.adapters.sql.tables import access_events
from api.access.audit_chain import BEGINNING, TEXT_COLUMNS, Anchor, ChainedRow, ChainSeal, unsealed_before
from api.access.models import AccessEvent, EventFilter
from api.access.ports import AnchorLog
from knowledge_base.ports import Clock
from knowledge_base.utc_moments import in_utc

_ROWS_AT_ONCE = 1000
_KEPT = 500
"""Characters of a reason, of what was before and of what is after."""
_COLUMNS = access_events.c


class SqlAuditTrail:
    """An AuditTrail on an engine that went through `prepare_access`; `mask` hides personal data in what is said of an act."""

    def __init__(self, engine: Engine, clock: Clock, mask: Callable[[str], str], seal: ChainSeal, anchors: AnchorLog) -> None:
        self._engine, self._clock, self._mask, self._seal, self._anchors = engine, clock, mask, seal, anchors
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def record(  # noqa: PLR0913, PLR0917 (one argument per column of a line)
        self, actor: str, action: str, subject: str, reason: str = "", address: str = "", before: str = "", after: str = ""
    ) -> None:
        said = {"reason": self._kept(reason), "before": self._kept(before), "after": self._kept(after)}
        named = {"actor": _stored(actor), "action": str(action), "subject": _stored(subject), "address": pseudonym(address)}
        with self._writing.begin() as connection:
            _one_at_a_time(connection)
            anchors = self._add(connection, in_utc(self._clock()), named | said)
        for anchor in anchors:
            self._anchors.add(anchor)

    def events(self, *, limit: int = 100, actor: str = "", action: str = "", subject: str = "") -> tuple[AccessEvent, ...]:
        return self.page(EventFilter(actor, action, subject), limit)

    def page(self, wanted: EventFilter, limit: int, offset: int = 0) -> tuple[AccessEvent, ...]:
        rows = _narrowed(select(access_events), wanted).order_by(_COLUMNS.ordinal.desc()).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            return tuple(_event(row) for row in connection.execute(rows))

    def count(self, wanted: EventFilter) -> int:
        with self._engine.connect() as connection:
            found: int = connection.execute(_narrowed(select(func.count()).select_from(access_events), wanted)).scalar_one()
            return found

    def rows(self) -> Iterator[ChainedRow]:
        with self._engine.connect() as connection:
            read = _as_stored(connection).execution_options(yield_per=_ROWS_AT_ONCE)
            for row in connection.execute(read):
                yield _chained(row)

    def _add(self, connection: Connection, at: datetime, texts: dict[str, str]) -> tuple[Anchor, ...]:
        """The row; before it, once, the one that seals what is older than the chain."""
        last = connection.execute(select(_COLUMNS.ordinal, _COLUMNS.hash).order_by(_COLUMNS.ordinal.desc()).limit(1)).first()
        anchors = [Anchor(last.ordinal, last.hash.encode()) if last else Anchor(0, BEGINNING)]
        for row in (*unsealed_before(anchors[0]), texts):
            anchors.append(self._insert(connection, anchors[-1], at, row))
        return tuple(anchors[1:])

    def _insert(self, connection: Connection, before: Anchor, at: datetime, texts: Mapping[str, str]) -> Anchor:
        number, columns = before.number + 1, (_written_moment(at), *(texts[name].encode() for name in TEXT_COLUMNS))
        sealed = self._seal.hash(number, columns, before.hash)
        row = {"ordinal": number, "at": at, "previous_hash": before.hash.decode(), "hash": sealed.decode(), **texts}
        connection.execute(insert(access_events).values(row))
        return Anchor(number, sealed)

    def _kept(self, said: str) -> str:
        """Masked before it is cut: half a telephone number is no longer recognised."""
        masked = self._mask(_stored(said)) if said else ""
        return masked if len(masked) <= _KEPT else masked[: _KEPT - 1] + "…"


def pseudonym(address: str) -> str:
    """Tells addresses apart without showing them. Whoever may try all addresses can undo it: no secret, only discretion."""
    return sha256(address.encode()).hexdigest()[:12] if address else ""


def _stored(said: str) -> str:
    """PostgreSQL refuses the null character, and nobody means it; half of a surrogate pair cannot be written at all."""
    return said.replace("\x00", "").encode("utf-8", "replace").decode()


def _one_at_a_time(connection: Connection) -> None:
    """SQLite has one writer anyway; on PostgreSQL the next row waits until it can see the one before it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7305004)"))


def _narrowed(rows: Select[Any], wanted: EventFilter) -> Select[Any]:
    for column, value in (
        (_COLUMNS.actor, wanted.actor),
        (_COLUMNS.action, wanted.action),
        (_COLUMNS.subject, wanted.subject),
        (_COLUMNS.address, pseudonym(wanted.address)),
    ):
        rows = rows.where(column == value) if value else rows
    rows = rows.where(_COLUMNS.at >= in_utc(wanted.since)) if wanted.since else rows
    return rows.where(_COLUMNS.at < in_utc(wanted.until)) if wanted.until else rows


def _event(row: Row[Any]) -> AccessEvent:
    said = (row.reason, row.address, row.before, row.after)
    return AccessEvent(in_utc(row.at), row.actor, row.action, row.subject, *said, number=row.ordinal, hash=row.hash)


def _as_stored(connection: Connection) -> Select[Any]:
    """The bytes themselves on SQLite, which would read some changed moments as the same moment, and refuse text that is no text."""
    names = (*TEXT_COLUMNS, "previous_hash", "hash")
    if connection.dialect.name == "sqlite":
        raw = [type_coerce(cast(_COLUMNS[name], LargeBinary), LargeBinary).label(name) for name in ("at", *names)]
        return select(_COLUMNS.ordinal, *raw).order_by(_COLUMNS.ordinal)
    return select(_COLUMNS.ordinal, _COLUMNS.at, *(_COLUMNS[name] for name in names)).order_by(_COLUMNS.ordinal)


def _chained(row: Row[Any]) -> ChainedRow:
    return ChainedRow(
        row.ordinal, tuple(_bytes(getattr(row, name)) for name in ("at", *TEXT_COLUMNS)), _bytes(row.previous_hash), _bytes(row.hash)
    )


def _bytes(value: datetime | str | bytes) -> bytes:
    if isinstance(value, datetime):
        return _written_moment(value)
    return value.encode() if isinstance(value, str) else bytes(value)


def _written_moment(at: datetime) -> bytes:
    """As SQLAlchemy writes it on SQLite."""
    return in_utc(at).strftime("%Y-%m-%d %H:%M:%S.%f").encode()
