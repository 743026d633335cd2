"""The tables of the assistant. Every change here needs a migration beside it (a test compares the two)."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

# `record` holds the whole AnswerRecord as JSON; the other columns exist to find it. Moments are UTC; the exact ones stand in the record.
answers = Table(
    "answers",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("answer_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("status", Text, nullable=False),
    Column("snapshot_id", Text, nullable=False),
    Column("record", Text, nullable=False),
    Index("uq_answers_answer_id", "answer_id", unique=True),
    Index(None, "conversation_id", "ordinal"),
    Index(None, "asked_at"),
    Index(None, "status", "asked_at"),
)

answer_feedback = Table(
    "answer_feedback",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("answer_id", Text, ForeignKey("answers.answer_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(None, "answer_id"),
)
