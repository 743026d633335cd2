"""The tables of the policy base. Every change here needs a migration beside it (a test compares the two)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from knowledge_base.utc_moments import in_utc


class Id(TypeDecorator[str]):
    """Ids sort by code point everywhere; PostgreSQL would sort by the server's language otherwise."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return String(collation="C") if dialect.name == "postgresql" else String()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        # PostgreSQL refuses the null character, which an address can carry (%00); no stored id has it or what replaces it.
        return None if value is None else value.replace("\x00", "\ufffd")


class Moment(TypeDecorator[datetime]):
    """A timezone-aware moment, kept and returned in UTC. SQLite has no time zones, so it stores the UTC wall time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else in_utc(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

# One row per document: what its newest revision is called, so that look-ups never open the texts.
documents = Table(
    "documents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("latest_number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("document_number", Text),
    Index(None, "title"),
    Index(None, "document_number"),
)

# A text with its outline, by digest of both: a repeal or restoration shares the text of the revision before.
document_texts = Table(
    "document_texts",
    metadata,
    Column("digest", String(32), primary_key=True),
    Column("text", Text, nullable=False),
    Column("outline", LargeBinary, nullable=False),
)

document_revisions = Table(
    "document_revisions",
    metadata,
    Column("document_id", Id, ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("edition", Integer, nullable=False),
    Column("content_digest", String(32), ForeignKey("document_texts.digest"), nullable=False),
    Column("text_digest", Text, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("change_kind", Text, nullable=False),
    Column("change_by", Text, nullable=False),
    Column("change_at", Moment, nullable=False),
    Column("change_reason", Text, nullable=False),
    Column("repealed_on", Date),
    Column("repealed_by", Text),
    Index(None, "content_digest"),
)

# What the newest revision of each document says it repeals, so that a repealed document imported later is recognised.
repeal_notices = Table(
    "repeal_notices",
    metadata,
    Column("document_id", Id, ForeignKey("documents.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("document_number", Text),
    Index(None, "title"),
    Index(None, "document_number"),
)

service_guides = Table(
    "service_guides",
    metadata,
    Column("id", Id, primary_key=True),
    Column("body", Text, nullable=False),
)

departments = Table(
    "departments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("body", Text, nullable=False),
)

# Grows with every save of a store above: its entries are read again only when another process saved some.
entry_changes = Table(
    "entry_changes",
    metadata,
    Column("store", Text, primary_key=True),
    Column("number", Integer, nullable=False),
)

# Files received. `body` is the whole Upload as JSON; the columns beside it are what lists are asked by.
uploads = Table(
    "uploads",
    metadata,
    Column("id", Id, primary_key=True),
    Column("state", Text, nullable=False),
    Column("source_id", Id, nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "state"),
    Index(None, "source_id"),
    Index(None, "at"),
)

# Documents waiting for review. Text and outline lie with those of the revisions, so publishing copies nothing.
drafts = Table(
    "drafts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("upload_id", Id, ForeignKey("uploads.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("document_id", Id, nullable=False),
    Column("words", Text, nullable=False),
    Column("content_digest", String(32), ForeignKey("document_texts.digest"), nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "upload_id"),
    Index(None, "state"),
    Index(None, "document_id"),
    Index(None, "content_digest"),
)

# Repeals found in published documents, with what was decided about each.
repeal_proposals = Table(
    "repeal_proposals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("state", Text, nullable=False),
    Column("document_id", Id, nullable=False),
    Column("repealed_by", Id, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "state"),
)
