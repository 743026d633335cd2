"""The tables of edited content. Migrated with those of the policy base."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Integer, String, Table, Text

from knowledge_base.adapters.sql.tables import Id, Moment, metadata

content_versions = Table(
    "content_versions",
    metadata,
    Column("kind", Id, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("change", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("size", Integer, nullable=False),
)

# What a version made of each entry it touched, with what stood before: rows are added and never changed.
content_changes = Table(
    "content_changes",
    metadata,
    Column("kind", Id, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", Id, primary_key=True),
    Column("before", Text),
    Column("after", Text),
    ForeignKeyConstraint(["kind", "number"], ["content_versions.kind", "content_versions.number"], name="fk_content_changes_kind_number"),
    Index(None, "kind", "key", "number"),
)

# What stands now: it follows from the changes, and saves adding them up with every look.
content_entries = Table(
    "content_entries",
    metadata,
    Column("kind", Id, primary_key=True),
    Column("key", Id, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),
)

# Spreadsheets between their preview and their confirmation.
content_uploads = Table(
    "content_uploads",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("rows", Text, nullable=False),
)
