"""Sources: folders and web sites that are looked at again and again, what was found there, and the runs."""

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None

ID = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
    )
    create_items()
    create_runs()


def create_items() -> None:
    op.create_table(
        "source_items",
        sa.Column("source_id", ID, nullable=False),
        sa.Column("address", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("text_digest", sa.String(64), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("listed_as", sa.Text(), nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("fetched_at", MOMENT),
        sa.Column("changed_at", MOMENT),
        sa.Column("missing_runs", sa.Integer(), nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("upload_id", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("checked_at", MOMENT),
        sa.PrimaryKeyConstraint("source_id", "address", name="pk_source_items"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_items_source_id"),
    )
    op.create_index("ix_source_items_source_id_state", "source_items", ["source_id", "state"])


def create_runs() -> None:
    op.create_table(
        "source_runs",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("held_until", MOMENT),
        sa.Column("cancelled_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source_runs"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_runs_source_id"),
    )
    op.create_index("ix_source_runs_source_id_started_at", "source_runs", ["source_id", "started_at"])
    is_open = sa.text("ended_at IS NULL")
    op.create_index("ix_source_runs_open", "source_runs", ["source_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open)
