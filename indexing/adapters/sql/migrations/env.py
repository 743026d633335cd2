"""Run by Alembic: the connection is opened, locked and committed by `migration.prepare_indexing`."""

from alembic import context

from indexing.adapters.sql.migration import VERSION_TABLE
from indexing.adapters.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
