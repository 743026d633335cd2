"""The tables of who is told of what. They belong to the set in `tables`, and are migrated with it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, Table, Text

from assistant.adapters.sql.tables import metadata

# `events` holds the names of what it wants, separated by spaces.
webhook_subscribers = Table(
    "webhook_subscribers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("sealed_secret", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text, nullable=False),
)

# Revisions of policies that subscribers have not been told of. Numbers are never given twice, so that nobody settles another's.
webhook_policy_changes = Table(
    "webhook_policy_changes",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("document_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    sqlite_autoincrement=True,
)
