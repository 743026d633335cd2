"""Work orders, their moves and numbers, examples for routing, webhook deliveries, runs of background jobs."""

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_orders()
    _create_moves()
    op.create_table(
        "order_numbers",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_order_numbers"),
    )
    op.create_table(
        "routing_examples",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("belongs", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_routing_examples"),
    )
    _create_deliveries()
    op.create_table(
        "job_runs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_job_runs"),
    )


def _create_orders() -> None:
    op.create_table(
        "work_orders",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("request_type", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("lead_department_id", sa.Text(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column("phone_digest", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_work_orders"),
    )
    op.create_index("ix_work_orders_state_due_on", "work_orders", ["state", "due_on"])
    op.create_index("ix_work_orders_due_on_created_at", "work_orders", ["due_on", "created_at"])
    op.create_index("ix_work_orders_phone_digest", "work_orders", ["phone_digest"])
    op.create_index("ix_work_orders_conversation_id", "work_orders", ["conversation_id"])


def _create_moves() -> None:
    op.create_table(
        "order_departments",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", "department_id", name="pk_order_departments"),
        sa.ForeignKeyConstraint(["number"], ["work_orders.number"], name="fk_order_departments_number"),
    )
    op.create_index("ix_order_departments_department_id", "order_departments", ["department_id"])
    op.create_table(
        "order_moves",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state_after", sa.Text(), nullable=False),
        sa.Column("lead_department_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", "position", name="pk_order_moves"),
        sa.ForeignKeyConstraint(["number"], ["work_orders.number"], name="fk_order_moves_number"),
    )
    op.create_index("ix_order_moves_action_at", "order_moves", ["action", "at"])


def _create_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_webhook_deliveries"),
    )
    op.create_index("uq_webhook_deliveries_message_id_url", "webhook_deliveries", ["message_id", "url"], unique=True)
    op.create_index("ix_webhook_deliveries_state_next_attempt_at", "webhook_deliveries", ["state", "next_attempt_at"])
    op.create_index("ix_webhook_deliveries_order_number", "webhook_deliveries", ["order_number"])
