"""One short text that moves with every change of what answers are made of: documents, guides, departments, edited content."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from knowledge_base.adapters.sql.content_tables import content_versions
from knowledge_base.adapters.sql.tables import document_revisions, entry_changes

# None of these ever goes down: revisions and versions are only added, and each save of guides or departments counts on.
_COUNTS = select(
    select(func.count()).select_from(document_revisions).scalar_subquery(),
    select(func.coalesce(func.sum(entry_changes.c.number), 0)).scalar_subquery(),
    select(func.count()).select_from(content_versions).scalar_subquery(),
)


class SqlKnowledgeStamp:
    """Call it for the present stamp: one look at the records. Raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(self) -> str:
        with self._engine.connect() as connection:
            return ".".join(str(int(count)) for count in connection.execute(_COUNTS).one())
