"""Connections to PostgreSQL that give up a server that has fallen silent. Imported only where its driver is installed."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from knowledge_base.adapters.sql.bounded_waits import AT_REST_S, within_s

_Result = TypeVar("_Result")
_LOOK_EVERY_S = 0.1


class BoundedConnection(psycopg.Connection[Any]):
    """`at_rest` while the pool has it. The server's own limits end what runs too long; these end the wait for a server that is stopped,
    of which neither a time-out of its own nor the network's is heard."""

    at_rest = False

    def wait(self, gen: PQGen[_Result], *arguments: Any, **named: Any) -> _Result:
        limit_s = AT_REST_S if self.at_rest else within_s()
        if limit_s is None:
            return super().wait(gen, *arguments, **named)
        try:
            return super().wait(_ended_by_silence(gen, limit_s), interval=_LOOK_EVERY_S)
        except _Silence:
            # What it would still say belongs to a question that nobody waits for.
            self.pgconn.finish()
            raise psycopg.OperationalError("the server did not answer in time") from None


class _Silence(Exception):
    """Nothing was heard for as long as the caller waits."""


def _ended_by_silence(gen: PQGen[_Result], limit_s: float) -> Generator[Any, Any, _Result]:
    """`gen` with what its connection is ready for handed through; nothing (a falsy value) comes whenever it was looked at in vain."""
    heard_at = time.monotonic()
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            now = time.monotonic()
            if ready:
                heard_at = now
            elif now - heard_at >= limit_s:
                raise _Silence
            wanted = gen.send(ready)
    except StopIteration as ended:
        result: _Result = ended.value
        return result


def bound_waits(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Dialect, _record: ConnectionPoolEntry, arguments: list[Any], named: dict[str, Any]) -> BoundedConnection:
        return BoundedConnection.connect(*arguments, **named)

    @event.listens_for(engine, "checkout")
    def take(connection: BoundedConnection, _record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        connection.at_rest = False

    @event.listens_for(engine, "checkin")
    def rest(connection: BoundedConnection | None, _record: ConnectionPoolEntry) -> None:
        if connection is not None:
            connection.at_rest = True
