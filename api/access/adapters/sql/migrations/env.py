"""Run by Alembic: the connection is opened, locked and committed by `migration.prepare_access`."""

from alembic import context

from api.access.adapters.sql.migration import VERSION_TABLE
from api.access.adapters.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
