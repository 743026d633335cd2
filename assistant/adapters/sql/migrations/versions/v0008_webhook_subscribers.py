"""Subscribers of webhooks kept in the records, and changes of policies that they have not been told of."""

import sqlalchemy as sa
from alembic import op

revision = "v0008"
down_revision = "v0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_subscribers",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "name", "url", "events", "sealed_secret")),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_subscribers"),
    )
    op.create_table(
        "webhook_policy_changes",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_webhook_policy_changes"),
        sqlite_autoincrement=True,
    )
    op.add_column("webhook_deliveries", sa.Column("subscriber_id", sa.Text(), nullable=False, server_default=""))
    op.drop_index("uq_webhook_deliveries_message_id_url", table_name="webhook_deliveries")
    op.create_index(
        "uq_webhook_deliveries_message_id_subscriber_id_url", "webhook_deliveries", ["message_id", "subscriber_id", "url"], unique=True
    )
    op.create_index("ix_webhook_deliveries_subscriber_id_ordinal", "webhook_deliveries", ["subscriber_id", "ordinal"])
