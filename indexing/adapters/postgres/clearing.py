"""Takes away what no kept generation needs any more, and keeps the tables in shape."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, text

from indexing.adapters.postgres.layout import SCHEMA
from indexing.adapters.postgres.numbers import ALIVE

# The names in statements are this module's own.
# ruff: noqa: S608
_TABLES = ("passages", "vectors", "texts", "tokens", "postings", "terms")
_UNNEEDED = f"died < :alive AND NOT EXISTS (SELECT FROM {SCHEMA}.generations g WHERE born <= g.generation AND g.generation < died)"


def clear_away(engine: Engine, snapshot_ids: Sequence[str]) -> None:
    """Generations by their snapshots, and the rows that only they had. A search that still reads one finds its rows until it ends."""
    with engine.begin() as connection:
        gone = text(f"DELETE FROM {SCHEMA}.generations WHERE snapshot_id = ANY(:ids) RETURNING generation")
        generations = list(connection.execute(gone, {"ids": list(snapshot_ids)}).scalars())
        if not generations:
            return
        connection.execute(text(f"DELETE FROM {SCHEMA}.files WHERE generation = ANY(:gone)"), {"gone": generations})
        connection.execute(text(f"DELETE FROM {SCHEMA}.terms WHERE {_UNNEEDED}"), {"alive": ALIVE})
        unneeded = f"(SELECT document, passage FROM {SCHEMA}.passages WHERE {_UNNEEDED})"
        for table in ("postings", "texts", "tokens", "vectors", "passages"):
            connection.execute(text(f"DELETE FROM {SCHEMA}.{table} WHERE (document, passage) IN {unneeded}"), {"alive": ALIVE})


def tidy(engine: Engine) -> None:
    """Counts of rows for the planner, and pages marked as read by all, so that a search need not look at the rows behind an index."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in _TABLES:
            connection.exec_driver_sql(f"VACUUM (ANALYZE) {SCHEMA}.{table}")
