"""Surveys, what figures count, clusters of questions and what was decided about them."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None

_BATCH = 500
_CHINA = timezone(timedelta(hours=8))
_ORDER_INDEX = ["created_at", "state", "jurisdiction", "lead_department_id", "due_on", "class_name", "satisfaction", "number"]


def upgrade() -> None:
    _make_tables()
    op.add_column("work_orders", sa.Column("class_name", sa.Text(), nullable=False, server_default=""))
    op.add_column("work_orders", sa.Column("satisfaction", sa.Text(), nullable=False, server_default=""))
    op.add_column("handoffs", sa.Column("satisfaction", sa.Text(), nullable=False, server_default=""))
    _fill_facts()
    _fill_orders()
    _fill_handoffs()
    op.create_index("ix_answer_facts_day", "answer_facts", ["day", "status", "jurisdiction", "subject"])
    op.create_index("ix_answer_steps_step", "answer_steps", ["step", "day", "ms"])
    op.create_index("ix_answer_feedback_at_kind", "answer_feedback", ["at", "kind"])
    op.create_index("ix_work_orders_created_at", "work_orders", _ORDER_INDEX)
    op.create_index("ix_handoffs_requested_at", "handoffs", ["requested_at", "state", "satisfaction"])
    op.create_index("uq_survey_responses_subject_subject_id", "survey_responses", ["subject", "subject_id"], unique=True)
    op.create_index("ix_survey_responses_day", "survey_responses", ["day", "subject", "grade", "resolved"])


def _make_tables() -> None:
    op.create_table(
        "answer_facts",
        sa.Column("answer_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("status", "jurisdiction", "subject")),
        sa.PrimaryKeyConstraint("answer_id", name="pk_answer_facts"),
    )
    op.create_table(
        "answer_steps",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ms", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_answer_steps"),
    )
    op.create_table(
        "survey_responses",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("grade", "resolved", "comment", "jurisdiction")),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_survey_responses"),
    )
    op.create_table(
        "issue_reports",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_issue_reports"),
    )
    op.create_table(
        "issue_marks",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("answer_id", "state", "by", "reason")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name="pk_issue_marks"),
    )


def _fill_facts() -> None:
    facts = sa.table("answer_facts", *(sa.column(name) for name in ("answer_id", "status", "jurisdiction", "subject")))
    facts.append_column(sa.column("day", sa.Date()))
    steps = sa.table("answer_steps", sa.column("step"), sa.column("ms"))
    steps.append_column(sa.column("day", sa.Date()))
    for batch in _records("answers", "ordinal"):
        rows, times = [], []
        for _, record in batch:
            day = _moment(record["question"]["asked_at"]).astimezone(_CHINA).date()
            taken = record["timings_ms"]
            rows.append(
                {
                    "answer_id": record["answer_id"],
                    "day": day,
                    "status": record["answer"]["status"],
                    "jurisdiction": record["question"]["jurisdiction"] or "",
                    "subject": next(iter(record["subjects"]), "").replace("\x00", ""),
                }
            )
            times += [{"step": step, "day": day, "ms": ms} for step, ms in (taken | {"total": sum(taken.values())}).items()]
        op.bulk_insert(facts, rows)
        op.bulk_insert(steps, times)


def _fill_orders() -> None:
    for batch in _records("work_orders", "number"):
        _set(
            "work_orders",
            "number",
            [
                {
                    "key": number,
                    "class_name": next(iter(record["content"]["class_path"]), "").replace("\x00", ""),
                    "satisfaction": record["satisfaction"] or "",
                }
                for number, record in batch
            ],
        )


def _fill_handoffs() -> None:
    for batch in _records("handoffs", "ordinal"):
        _set("handoffs", "ordinal", [{"key": ordinal, "satisfaction": record["satisfaction"] or ""} for ordinal, record in batch])


def _records(table: str, key: str) -> Iterator[list[tuple[Any, dict[str, Any]]]]:
    """(key, record) of every row, some hundred at a time: all of them may not fit into memory."""
    rows, last = sa.table(table, sa.column(key), sa.column("record")), None
    while True:
        wanted = sa.select(rows.c[key], rows.c.record).order_by(rows.c[key]).limit(_BATCH)
        wanted = wanted if last is None else wanted.where(rows.c[key] > last)
        batch = [(row[0], json.loads(row[1])) for row in op.get_bind().execute(wanted)]
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _set(table: str, key: str, rows: list[dict[str, Any]]) -> None:
    columns = [name for name in rows[0] if name != "key"]
    target = sa.table(table, sa.column(key), *(sa.column(name) for name in columns))
    change = sa.update(target).where(target.c[key] == sa.bindparam("key"))
    op.get_bind().execute(change.values({name: sa.bindparam(name) for name in columns}), rows)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
