"""The first tables: answers and what citizens said of them."""

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("answer_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_answers"),
    )
    op.create_index("uq_answers_answer_id", "answers", ["answer_id"], unique=True)
    op.create_index("ix_answers_conversation_id_ordinal", "answers", ["conversation_id", "ordinal"])
    op.create_index("ix_answers_asked_at", "answers", ["asked_at"])
    op.create_index("ix_answers_status_asked_at", "answers", ["status", "asked_at"])
    op.create_table(
        "answer_feedback",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("answer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_answer_feedback"),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.answer_id"], name="fk_answer_feedback_answer_id"),
    )
    op.create_index("ix_answer_feedback_answer_id", "answer_feedback", ["answer_id"])
