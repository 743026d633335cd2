"""The first tables: accounts, identities, sessions, attempts to sign in, and the access record."""

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE_REFUSAL = """CREATE TRIGGER access_events_no_{lower} BEFORE {verb} ON access_events
BEGIN SELECT RAISE(ABORT, 'access_events is only ever added to'); END"""
_POSTGRES_REFUSAL = """CREATE FUNCTION access_events_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'access_events is only ever added to'; END $$"""
_POSTGRES_TRIGGER = """CREATE TRIGGER access_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_events
FOR EACH STATEMENT EXECUTE FUNCTION access_events_refuse()"""


def upgrade() -> None:
    _create_accounts()
    _create_sessions()
    _create_events()


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
    )
    op.create_index("uq_accounts_name", "accounts", ["name"], unique=True)
    op.create_table(
        "account_identities",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "subject", name="pk_account_identities"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_account_identities_account_id"),
    )
    op.create_index("ix_account_identities_account_id", "account_identities", ["account_id"])


def _create_sessions() -> None:
    op.create_table(
        "staff_sessions",
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_digest", name="pk_staff_sessions"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_staff_sessions_account_id"),
    )
    op.create_index("ix_staff_sessions_account_id", "staff_sessions", ["account_id"])
    op.create_index("ix_staff_sessions_opened_at", "staff_sessions", ["opened_at"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_key_at", "sign_in_attempts", ["key", "at"])
    op.create_index("ix_sign_in_attempts_at", "sign_in_attempts", ["at"])


def _create_events() -> None:
    op.create_table(
        "access_events",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_access_events"),
    )
    for column in ("actor", "action", "subject"):
        op.create_index(f"ix_access_events_{column}_ordinal", "access_events", [column, "ordinal"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES_REFUSAL)
        op.execute(_POSTGRES_TRIGGER)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(_SQLITE_REFUSAL.format(verb=verb, lower=verb.lower()))
