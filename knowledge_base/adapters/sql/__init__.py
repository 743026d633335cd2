"""Records on SQLAlchemy: SQLite by default, PostgreSQL by URL."""

from knowledge_base.adapters.sql.content_store import SqlContentStore
from knowledge_base.adapters.sql.document_store import SqlDocumentStore
from knowledge_base.adapters.sql.engine import open_database, open_records
from knowledge_base.adapters.sql.entry_stores import SqlDepartmentStore, SqlGuideStore
from knowledge_base.adapters.sql.intake_store import SqlIntakeStore
from knowledge_base.adapters.sql.source_store import SqlSourceStore

__all__ = [
    "SqlContentStore",
    "SqlDepartmentStore",
    "SqlDocumentStore",
    "SqlGuideStore",
    "SqlIntakeStore",
    "SqlSourceStore",
    "open_database",
    "open_records",
]
