"""How long a caller waits for a database server that keeps its connection open and says nothing. Knows no driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

AT_REST_S = 2.0
"""For a connection that the pool looks at before it hands it out: any server answers that at once."""
_WITHIN_S: ContextVar[float | None] = ContextVar("database_answers_within_s", default=None)


@contextmanager
def answered_within(seconds: float) -> Iterator[None]:
    """In here a statement on PostgreSQL of which nothing is heard for so long raises StoreUnavailable, and its connection is given up.

    Elsewhere nobody counts: a new index or a migration takes its time.
    """
    token = _WITHIN_S.set(seconds)
    try:
        yield
    finally:
        _WITHIN_S.reset(token)


def within_s() -> float | None:
    """None: as long as it takes."""
    return _WITHIN_S.get()
