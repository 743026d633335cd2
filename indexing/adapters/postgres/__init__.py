"""The index on PostgreSQL with pgvector: the same snapshots, kept as generations of rows."""

from indexing.adapters.postgres.layout import prepare_passages
from indexing.adapters.postgres.snapshots import PostgresSnapshots

__all__ = ["PostgresSnapshots", "prepare_passages"]
