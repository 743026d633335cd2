"""The tables of sources: what is fetched from where, what was found there, and each run. Migrated with those of the policy base."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from knowledge_base.adapters.sql.tables import Id, Moment, metadata

# `body` holds what an administrator entered; a removed source keeps its row, because runs and received files still name it.
sources = Table(
    "sources",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("removed_at", Moment),
)

source_items = Table(
    "source_items",
    metadata,
    Column("source_id", Id, ForeignKey("sources.id"), primary_key=True),
    Column("address", Id, primary_key=True),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("text_digest", String(64), nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("listed_as", Text, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("fetched_at", Moment),
    Column("changed_at", Moment),
    Column("missing_runs", Integer, nullable=False),
    Column("run_id", Id, nullable=False),
    Column("reason", Text, nullable=False),
    Column("upload_id", Text, nullable=False),
    Column("checked_by", Text, nullable=False),
    Column("checked_at", Moment),
    Index(None, "source_id", "state"),
)

source_runs = Table(
    "source_runs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", Id, ForeignKey("sources.id"), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("state", Text, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("failure", Text, nullable=False),
    Column("doing", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("held_until", Moment),
    Column("cancelled_by", Text, nullable=False),
    Index(None, "source_id", "started_at"),
)

# At most one open run per source, whatever the processes do: an index over unfinished runs says so.
_OPEN = source_runs.c.ended_at.is_(None)
Index("ix_source_runs_open", source_runs.c.source_id, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
