"""Files received, documents waiting for review, repeals proposed."""

import sqlalchemy as sa
from alembic import op

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None

ID = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    create_uploads()
    create_drafts()
    create_proposals()


def create_uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    for column in ("state", "source_id", "at"):
        op.create_index(f"ix_uploads_{column}", "uploads", [column])


def create_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", ID, nullable=False),
        sa.Column("upload_id", ID, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_drafts_upload_id"),
        sa.ForeignKeyConstraint(["content_digest"], ["document_texts.digest"], name="fk_drafts_content_digest"),
    )
    for column in ("upload_id", "state", "document_id", "content_digest"):
        op.create_index(f"ix_drafts_{column}", "drafts", [column])


def create_proposals() -> None:
    op.create_table(
        "repeal_proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("repealed_by", ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_repeal_proposals"),
    )
    op.create_index("ix_repeal_proposals_state", "repeal_proposals", ["state"])
