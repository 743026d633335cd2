"""The records of the product as a whole: every set of tables, for moving them."""

from __future__ import annotations

from sqlalchemy import Engine, MetaData

from api.access.adapters.sql import prepare_access
from api.access.adapters.sql.tables import metadata as access_tables
from api.jobs.adapters.sql import prepare_work
from api.jobs.adapters.sql.tables import metadata as work_tables
from assistant.adapters.sql import prepare_conversations
from assistant.adapters.sql.tables import metadata as conversation_tables
from indexing.adapters.sql import prepare_indexing
from indexing.adapters.sql.tables import metadata as indexing_tables
from knowledge_base.adapters.sql import open_records
from knowledge_base.adapters.sql.tables import metadata as policy_tables

RECORD_TABLES: tuple[MetaData, ...] = (policy_tables, conversation_tables, access_tables, work_tables, indexing_tables)


def open_all_records(address: str) -> Engine:
    """With every table of this version. Raises StoreUnavailable."""
    engine = open_records(address)
    for prepare in (prepare_conversations, prepare_access, prepare_work, prepare_indexing):
        prepare(engine)
    return engine
