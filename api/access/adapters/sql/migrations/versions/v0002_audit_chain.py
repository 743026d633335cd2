"""The access record becomes a chain: before and after of an act, and each row's hash over itself and the row before.

Rows that are there already are numbered without gaps and chained with plain SHA-256; the first row sealed with the key follows them.
"""

from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None

_KEPT = ("actor", "action", "subject", "reason", "address")
_AT_ONCE = 500
_SQLITE_REFUSAL = """CREATE TRIGGER access_events_no_{lower} BEFORE {verb} ON access_events
BEGIN SELECT RAISE(ABORT, 'access_events is only ever added to'); END"""
# The function is that of v0001.
_POSTGRES_TRIGGER = """CREATE TRIGGER access_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_events
FOR EACH STATEMENT EXECUTE FUNCTION access_events_refuse()"""


def upgrade() -> None:
    op.rename_table("access_events", "unchained_events")
    for column in ("actor", "action", "subject"):
        op.drop_index(f"ix_access_events_{column}_ordinal", table_name="unchained_events")
    if op.get_bind().dialect.name == "postgresql":
        # Names of constraints and sequences are the database's, not the table's.
        op.execute("ALTER INDEX pk_access_events RENAME TO pk_unchained_events")
    _create_events()
    _chain_what_is_there()
    op.drop_table("unchained_events")
    _refuse_changes()


def _create_events() -> None:
    op.create_table(
        "access_events",
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in (*_KEPT, "before", "after", "previous_hash", "hash")),
        sa.PrimaryKeyConstraint("ordinal", name="pk_access_events"),
    )
    for column in ("actor", "action", "subject"):
        op.create_index(f"ix_access_events_{column}_ordinal", "access_events", [column, "ordinal"])


def _chain_what_is_there() -> None:
    names = ("ordinal", "at", *_KEPT, "before", "after", "previous_hash", "hash")
    times = {"at": sa.DateTime(timezone=True)}
    old = sa.table("unchained_events", *(sa.column(name, times.get(name)) for name in names[: 2 + len(_KEPT)]))
    new = sa.table("access_events", *(sa.column(name, times.get(name)) for name in names))
    connection, previous, number = op.get_bind(), "", 0
    rows = connection.execute(sa.select(old).order_by(old.c.ordinal)).all()
    for start in range(0, len(rows), _AT_ONCE):
        chained = []
        for row in rows[start : start + _AT_ONCE]:
            number += 1
            chained.append(_chained(row, number, previous))
            previous = chained[-1]["hash"]
        connection.execute(new.insert(), chained)


def _chained(row: Any, number: int, previous: str) -> dict[str, Any]:
    """The form is that of `api.access.audit_chain`, written down again: a migration must stay as it was."""
    kept = {name: getattr(row, name) for name in _KEPT} | {"before": "", "after": ""}
    spelt = ["zhengwen-audit-1", str(number), previous, row.at.strftime("%Y-%m-%d %H:%M:%S.%f"), *kept.values()]
    content = b"".join(b"%d:%b," % (len(part.encode()), part.encode()) for part in spelt)
    hashed = f"sha256:{sha256(content).hexdigest()}"
    return {"ordinal": number, "at": row.at, **kept, "previous_hash": previous, "hash": hashed}


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES_TRIGGER)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(_SQLITE_REFUSAL.format(verb=verb, lower=verb.lower()))
