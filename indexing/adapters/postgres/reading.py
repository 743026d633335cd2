"""Runs the statements of a search past the layers made for records: rows come in the server's binary form, arrays go as one text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import orjson
from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from indexing.adapters.postgres.layout import SCHEMA
from indexing.adapters.postgres.numbers import Numbers
from knowledge_base.adapters.sql.bounded_waits import answered_within
from knowledge_base.adapters.sql.failures import reason_in_words
from knowledge_base.errors import StoreUnavailable

# The names in statements are this module's own.
# ruff: noqa: S608
# Of an array as the server sends it: dimensions, whether nulls occur, the type; then length and lower bound of each dimension.
_HEADER, _DIMENSION = 12, 8
_ELEMENT = np.dtype([("size", ">i4"), ("value", ">i8")])


@contextmanager
def reading(engine: Engine, within_s: float) -> Iterator[Reader]:
    """On a connection of its own, in which no statement is waited for longer. Raises StoreUnavailable."""
    with answered_within(within_s), engine.connect() as connection:
        yield Reader(connection)


class Reader:
    """Reads within the transaction of `connection`. Raises StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._driver = cast("Any", connection.connection.driver_connection)
        self._cursor: Any = self._driver.cursor(binary=True)
        self._errors = connection.dialect.loaded_dbapi.Error

    def rows(self, statement: TextClause, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with self._in_words():
            found: list[tuple[Any, ...]] = self._cursor.execute(_as_driver(statement.text), parameters).fetchall()
            return found

    def pairs(self, statement: TextClause, parameters: Mapping[str, Any]) -> dict[Any, Any]:
        return dict(self.rows(statement, parameters))

    def rows_under(self, setting: str, statement: TextClause, parameters: Mapping[str, Any], back: str) -> list[tuple[Any, ...]]:
        """As `rows`, with a setting before and another after it, in one exchange of messages."""
        with self._in_words():
            with self._driver.pipeline():
                self._driver.execute(setting)
                cursor = self._cursor.execute(_as_driver(statement.text), parameters)
                self._driver.execute(back)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def begins(self, settings: str, generation: int, snapshot_id: str) -> bool:
        """A transaction that sees one moment, its settings, and whether the generation is still kept, in one message. A made-anew database
        gives its numbers once more, so both names count. On a connection that begins none by itself.
        """
        there = f"SELECT EXISTS (SELECT FROM {SCHEMA}.generations WHERE generation = {generation:d} AND snapshot_id = '{snapshot_id}')"
        with self._in_words():
            cursor = self._driver.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {settings}; {there}")
            while cursor.nextset():
                pass
            return bool(cursor.fetchone()[0])

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            reason = reason_in_words(error)
            if reason is None:
                raise
            raise StoreUnavailable(reason) from error


@lru_cache(maxsize=256)
def _as_driver(statement: str) -> str:
    return str(text(statement).compile(dialect=PGDialect_psycopg()))  # type: ignore[no-untyped-call]  # so it is declared there


def array(values: npt.NDArray[Any] | list[int] | list[float]) -> str:
    """As the server reads an array."""
    return f"{{{_listed(values)[1:-1]}}}"


def vector(values: npt.NDArray[np.float32]) -> str:
    """As pgvector reads a vector."""
    return _listed(values)


def _listed(values: npt.NDArray[Any] | list[int] | list[float]) -> str:
    return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def sent(content: bytes, width: int = 1) -> Numbers:
    """int64 [rows, width] of what array_send makes of bigint[] without nulls: one dimension, or two, of which the second is `width`."""
    dimensions = 1 if width == 1 else 2
    read: Numbers = np.frombuffer(content, _ELEMENT, offset=_HEADER + dimensions * _DIMENSION)["value"].astype(np.int64)
    return read.reshape(-1, width)
