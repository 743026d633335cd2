"""Hand-overs and what is said in them."""

import sqlalchemy as sa
from alembic import op

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('waiting', 'claimed')")


def upgrade() -> None:
    op.create_table(
        "handoffs",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("handoff_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_handoffs"),
    )
    op.create_index("uq_handoffs_handoff_id", "handoffs", ["handoff_id"], unique=True)
    op.create_index("ix_handoffs_conversation_id_ordinal", "handoffs", ["conversation_id", "ordinal"])
    op.create_index("ix_handoffs_state_requested_at", "handoffs", ["state", "requested_at"])
    op.create_index(
        "uq_handoffs_open_conversation", "handoffs", ["conversation_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_table(
        "handoff_messages",
        sa.Column("handoff_id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("handoff_id", "ordinal", name="pk_handoff_messages"),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.handoff_id"], name="fk_handoff_messages_handoff_id"),
    )
