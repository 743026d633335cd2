"""The history of the index on SQLAlchemy, in the database of the records but with a table of its own."""

from indexing.adapters.sql.indexing_run_store import SqlIndexingRunStore
from indexing.adapters.sql.migration import prepare_indexing

__all__ = ["SqlIndexingRunStore", "prepare_indexing"]
