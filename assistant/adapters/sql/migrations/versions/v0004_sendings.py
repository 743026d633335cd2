"""One order per sending of a form."""

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("sending", sa.Text(), nullable=True))
    op.create_index("uq_work_orders_sending", "work_orders", ["sending"], unique=True)
