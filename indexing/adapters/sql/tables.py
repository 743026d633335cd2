"""The table of indexing runs."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, MetaData, Table, Text

metadata = MetaData()

indexing_runs = Table(
    "indexing_runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("why", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("compare", Boolean, nullable=False),
    Column("step", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=True),
    Column("ended_at", DateTime(timezone=True), nullable=True),
    Column("snapshot_before", Text, nullable=False),
    Column("snapshot_after", Text, nullable=False),
    Column("added", Integer, nullable=False),
    Column("replaced", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("embedded", Integer, nullable=False),
    Column("from_cache", Integer, nullable=False),
    Column("revisions", Integer, nullable=False),
    Column("guides", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("stop_asked_by", Text, nullable=False),
    Index("ix_indexing_runs_state", "state"),
    Index("ix_indexing_runs_snapshot_after", "snapshot_after"),
)
