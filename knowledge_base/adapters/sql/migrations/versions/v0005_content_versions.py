"""Versions of edited content. Guides and departments that are there already become the first ones."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None

ID = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
STORES = {"guides": "service_guides", "departments": "departments"}


def upgrade() -> None:
    create_versions()
    op.create_table(
        "content_entries",
        sa.Column("kind", ID, nullable=False),
        sa.Column("key", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_content_entries"),
    )
    op.create_table(
        "content_uploads",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_content_uploads"),
    )
    for kind, store in STORES.items():
        take_over(kind, store)


def create_versions() -> None:
    op.create_table(
        "content_versions",
        sa.Column("kind", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "number", name="pk_content_versions"),
    )
    op.create_table(
        "content_changes",
        sa.Column("kind", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", ID, nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.PrimaryKeyConstraint("kind", "number", "key", name="pk_content_changes"),
        sa.ForeignKeyConstraint(
            ["kind", "number"], ["content_versions.kind", "content_versions.number"], name="fk_content_changes_kind_number"
        ),
    )
    op.create_index("ix_content_changes_kind_key_number", "content_changes", ["kind", "key", "number"])


def take_over(kind: str, store: str) -> None:
    connection = op.get_bind()
    found = connection.execute(sa.text(f"SELECT id, body FROM {store} ORDER BY id")).all()  # noqa: S608 - names from this file alone
    if not found:
        return
    note = {"kind": kind, "number": 1, "change": "imported", "by": "zhengwen", "at": datetime.now(UTC)}
    versions = sa.table("content_versions", *(sa.column(name) for name in (*note, "reason", "size")))
    versions.c.at.type = MOMENT
    connection.execute(sa.insert(versions).values(**note, reason="升级时已有的条目", size=len(found)))
    for key, body in found:
        state = json.dumps(state_of(json.loads(body)), ensure_ascii=False)
        values = {"kind": kind, "number": 1, "key": key}
        op.execute(
            sa.text('INSERT INTO content_changes (kind, number, "key", after) VALUES (:kind, :number, :key, :state)').bindparams(
                **values, state=state
            )
        )
        op.execute(
            sa.text('INSERT INTO content_entries (kind, "key", number, state) VALUES (:kind, :key, :number, :state)').bindparams(
                **values, state=state
            )
        )


def state_of(body: dict[str, object]) -> dict[str, object]:
    """As `EntryState` is kept: cells of text, several values one per line; the demonstration may still be brought up to date."""
    return {"live": {name: text for name, value in body.items() if (text := cell(value))}, "shipped": bool(body.get("is_demonstration"))}


def cell(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(line for part in value for line in str(part).splitlines() if line.strip())
    if isinstance(value, bool):
        return "是" if value else ""
    return "" if value is None else str(value)
