"""The table of pending work."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Integer, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

background_work = Table(
    "background_work",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("task", Text, nullable=False),
    Column("argument", Text, nullable=False),
    Column("waiting", Boolean, nullable=False),
    Column("holder", Text, nullable=False),
    Column("leased_until", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    # One may run while another of the same waits, and no more.
    UniqueConstraint("task", "argument", "waiting", name="uq_background_work_task_argument_waiting"),
)
