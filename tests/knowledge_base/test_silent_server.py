"""A PostgreSQL that keeps its connections open and says nothing: whoever waits is told so, and the next connection is another."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, text

from knowledge_base.adapters.sql import bounded_connection
from knowledge_base.adapters.sql.bounded_waits import answered_within
from knowledge_base.errors import StoreUnavailable

pytestmark = pytest.mark.postgres
PID = text("SELECT pg_backend_pid()")


@contextmanager
def silent(pid: int) -> Iterator[None]:
    """The server's process of one connection is stopped, as a machine that hangs stops them all."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_statement_that_is_not_answered_ends_in_words_and_with_its_connection(passages_engine: Engine) -> None:
    with passages_engine.connect() as connection:
        pid = connection.execute(PID).scalar_one()
        with silent(pid), answered_within(0.3), pytest.raises(StoreUnavailable, match="连不上数据库"):
            connection.execute(text("SELECT 1"))
    with passages_engine.connect() as connection:
        assert connection.execute(PID).scalar_one() != pid


def test_a_connection_that_fell_silent_while_nobody_used_it_is_replaced(passages_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_connection, "AT_REST_S", 0.3)
    with passages_engine.connect() as connection:
        pid = connection.execute(PID).scalar_one()
    with silent(pid), passages_engine.connect() as connection:
        assert connection.execute(PID).scalar_one() != pid


def test_without_a_limit_a_statement_takes_its_time(passages_engine: Engine) -> None:
    with passages_engine.connect() as connection, answered_within(0.3):
        pass
    with passages_engine.connect() as connection:
        assert connection.execute(text("SELECT 1 FROM pg_sleep(0.5)")).scalar_one() == 1
