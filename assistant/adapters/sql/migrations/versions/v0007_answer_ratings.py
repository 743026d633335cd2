"""What staff gave answers, and which answers have become cases."""

import sqlalchemy as sa
from alembic import op

revision = "v0007"
down_revision = "v0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_ratings",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("answer_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sentences", sa.Text(), nullable=False),
        sa.Column("citations", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_answer_ratings"),
    )
    op.create_index("ix_answer_ratings_answer_id", "answer_ratings", ["answer_id", "by", "ordinal"])
    op.create_index("ix_answer_ratings_at", "answer_ratings", ["at"])
    op.create_table(
        "rated_cases",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("answer_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_rated_cases"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_rated_cases_answer_id", "rated_cases", ["answer_id"], unique=True)
