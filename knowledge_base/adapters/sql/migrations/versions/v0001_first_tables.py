"""The first tables: documents with their revisions and texts, service guides, departments."""

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    create_documents()
    create_revisions()
    create_repeal_notices()
    for name in ("service_guides", "departments"):
        op.create_table(
            name,
            sa.Column("id", ID, nullable=False),
            sa.Column("body", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        )


def create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("latest_number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_index("ix_documents_title", "documents", ["title"])
    op.create_index("ix_documents_document_number", "documents", ["document_number"])


def create_revisions() -> None:
    op.create_table(
        "document_texts",
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outline", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_document_texts"),
    )
    op.create_table(
        "document_revisions",
        sa.Column("document_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.String(32), nullable=False),
        sa.Column("text_digest", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("change_kind", sa.Text(), nullable=False),
        sa.Column("change_by", sa.Text(), nullable=False),
        sa.Column("change_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change_reason", sa.Text(), nullable=False),
        sa.Column("repealed_on", sa.Date()),
        sa.Column("repealed_by", sa.Text()),
        sa.PrimaryKeyConstraint("document_id", "number", name="pk_document_revisions"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_document_revisions_document_id"),
        sa.ForeignKeyConstraint(["content_digest"], ["document_texts.digest"], name="fk_document_revisions_content_digest"),
    )
    op.create_index("ix_document_revisions_content_digest", "document_revisions", ["content_digest"])


def create_repeal_notices() -> None:
    op.create_table(
        "repeal_notices",
        sa.Column("document_id", ID, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text()),
        sa.PrimaryKeyConstraint("document_id", "ordinal", name="pk_repeal_notices"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_repeal_notices_document_id"),
    )
    op.create_index("ix_repeal_notices_title", "repeal_notices", ["title"])
    op.create_index("ix_repeal_notices_document_number", "repeal_notices", ["document_number"])
