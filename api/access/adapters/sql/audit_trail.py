"""The access record in SQL: lines are added, never changed."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import Engine, insert, select

from api.access.adapters.sql.tables import access_events, aware
from api.access.models import AccessEvent
from knowledge_base.ports import Clock


class SqlAuditTrail:
    """An AuditTrail on an engine that went through `prepare_access`; `mask` hides personal data in reasons."""

    def __init__(self, engine: Engine, clock: Clock, mask: Callable[[str], str]) -> None:
        self._engine, self._clock, self._mask = engine, clock, mask
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def record(  # noqa: PLR0913, PLR0917 (one argument per column of a line)
        self, actor: str, action: str, subject: str, reason: str = "", address: str = "", before: str = "", after: str = ""
    ) -> None:
        row = {
            "at": aware(self._clock()),
            "actor": actor,
            "action": str(action),
            "subject": subject,
            # PostgreSQL refuses the null character, and nobody means it.
            "reason": self._mask(reason.replace("\x00", "")) if reason else "",
            "address": pseudonym(address),
        }
        with self._writing.begin() as connection:
            connection.execute(insert(access_events).values(row))

    def events(self, *, limit: int = 100, actor: str = "", action: str = "", subject: str = "") -> tuple[AccessEvent, ...]:
        wanted = select(access_events).order_by(access_events.c.ordinal.desc()).limit(limit)
        for column, value in ((access_events.c.actor, actor), (access_events.c.action, action), (access_events.c.subject, subject)):
            wanted = wanted.where(column == value) if value else wanted
        with self._engine.connect() as connection:
            rows = connection.execute(wanted).all()
        return tuple(AccessEvent(aware(row.at), row.actor, row.action, row.subject, row.reason, row.address) for row in rows)


def pseudonym(address: str) -> str:
    """Tells addresses apart without showing them. Whoever may try all addresses can undo it: no secret, only discretion."""
    return sha256(address.encode()).hexdigest()[:12] if address else ""
