"""Records on SQLAlchemy: SQLite by default, PostgreSQL by URL."""

from knowledge_base.adapters.sql.document_store import SqlDocumentStore
from knowledge_base.adapters.sql.engine import open_records
from knowledge_base.adapters.sql.entry_stores import SqlDepartmentStore, SqlGuideStore

__all__ = ["SqlDepartmentStore", "SqlDocumentStore", "SqlGuideStore", "open_records"]
