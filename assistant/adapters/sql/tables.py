"""The tables of the assistant. Every change here needs a migration beside it (a test compares the two)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, ForeignKey, Index, Integer, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

# `record` holds the whole AnswerRecord as JSON; the other columns exist to find it. Moments are UTC; the exact ones stand in the record.
answers = Table(
    "answers",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("answer_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("status", Text, nullable=False),
    Column("snapshot_id", Text, nullable=False),
    Column("record", Text, nullable=False),
    Index("uq_answers_answer_id", "answer_id", unique=True),
    Index(None, "conversation_id", "ordinal"),
    Index(None, "asked_at"),
    Index(None, "status", "asked_at"),
)

answer_feedback = Table(
    "answer_feedback",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("answer_id", Text, ForeignKey("answers.answer_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(None, "answer_id"),
    Index(None, "at", "kind"),
)

# What figures count, a narrow copy of the answers without a word of them; figures outlive the texts. `day` is the one in China.
answer_facts = Table(
    "answer_facts",
    metadata,
    Column("answer_id", Text, primary_key=True),
    Column("day", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Index("ix_answer_facts_day", "day", "status", "jurisdiction", "subject"),
)

# How long each step of each answer took; the index alone answers every question about it.
answer_steps = Table(
    "answer_steps",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("step", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("ms", Float, nullable=False),
    Index("ix_answer_steps_step", "step", "day", "ms"),
)

# `record` holds the whole WorkOrder as JSON; the other columns exist to find and to count. `words`, in lower case, is what a search
# looks through.
work_orders = Table(
    "work_orders",
    metadata,
    Column("number", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("request_type", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("lead_department_id", Text, nullable=False),
    Column("held_by", Text, nullable=False),
    Column("phone_digest", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("words", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("sending", Text, nullable=True),
    Column("class_name", Text, nullable=False, server_default=""),
    Column("satisfaction", Text, nullable=False, server_default=""),
    Index("uq_work_orders_sending", "sending", unique=True),
    # Everything figures ask of an order, so that they need not read its record.
    Index(
        "ix_work_orders_created_at",
        "created_at",
        "state",
        "jurisdiction",
        "lead_department_id",
        "due_on",
        "class_name",
        "satisfaction",
        "number",
    ),
    Index(None, "state", "due_on"),
    Index(None, "due_on", "created_at"),
    Index(None, "phone_digest"),
    Index(None, "conversation_id"),
)

# Who is concerned with an order, the leading department and the supporting ones alike.
order_departments = Table(
    "order_departments",
    metadata,
    Column("number", Text, ForeignKey("work_orders.number"), primary_key=True),
    Column("department_id", Text, primary_key=True),
    Index(None, "department_id"),
)

# The history stands in the record too; here it can be counted (how often a department sends back, how long a step takes).
order_moves = Table(
    "order_moves",
    metadata,
    Column("number", Text, ForeignKey("work_orders.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("state_after", Text, nullable=False),
    Column("lead_department_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "action", "at"),
)

# The last number given out on a day.
order_numbers = Table(
    "order_numbers",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

routing_examples = Table(
    "routing_examples",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("text", Text, nullable=False),
    Column("department_id", Text, nullable=False),
    Column("belongs", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
)

# One row per message and address. `leased_until` keeps other processes away while one sends.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("message_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("leased_until", DateTime(timezone=True), nullable=True),
    Column("ended_at", DateTime(timezone=True), nullable=True),
    Column("last_outcome", Text, nullable=False),
    # "" for the addresses of the settings.
    Column("subscriber_id", Text, nullable=False, server_default=""),
    Index("uq_webhook_deliveries_message_id_subscriber_id_url", "message_id", "subscriber_id", "url", unique=True),
    Index(None, "subscriber_id", "ordinal"),
    Index(None, "state", "next_attempt_at"),
    Index(None, "order_number"),
)

# When each periodic job last began, by the wall clock: whoever moves the row on runs the job, the other processes pass.
job_runs = Table(
    "job_runs",
    metadata,
    Column("name", Text, primary_key=True),
    Column("slot", BigInteger, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=True),
    Column("failure", Text, nullable=False),
)

# `record` holds the whole Handoff as JSON. One open hand-over per conversation, whoever asks at the same moment.
handoffs = Table(
    "handoffs",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("handoff_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("record", Text, nullable=False),
    Column("satisfaction", Text, nullable=False, server_default=""),
    Index("uq_handoffs_handoff_id", "handoff_id", unique=True),
    Index("ix_handoffs_requested_at", "requested_at", "state", "satisfaction"),
    Index(None, "conversation_id", "ordinal"),
    Index(None, "state", "requested_at"),
)
Index(
    "uq_handoffs_open_conversation",
    handoffs.c.conversation_id,
    unique=True,
    sqlite_where=handoffs.c.state.in_(["waiting", "claimed"]),
    postgresql_where=handoffs.c.state.in_(["waiting", "claimed"]),
)

handoff_messages = Table(
    "handoff_messages",
    metadata,
    Column("handoff_id", Text, ForeignKey("handoffs.handoff_id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("speaker", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

# One response per conversation, hand-over or order. Nothing in it says who gave it.
survey_responses = Table(
    "survey_responses",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("subject", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("grade", Text, nullable=False),
    Column("resolved", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("uq_survey_responses_subject_subject_id", "subject", "subject_id", unique=True),
    Index("ix_survey_responses_day", "day", "subject", "grade", "resolved"),
)

# The newest clustering of each kind, as JSON, and what was decided about questions.
issue_reports = Table(
    "issue_reports",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("record", Text, nullable=False),
)

issue_marks = Table(
    "issue_marks",
    metadata,
    Column("answer_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

# How often a language model was called on each day in China: the budget of a day holds over all processes and restarts.
model_calls = Table(
    "model_calls",
    metadata,
    Column("day", Date, primary_key=True),
    Column("calls", Integer, nullable=False),
)

# Append only: the newest of a person and an answer stands. `sentences` and `citations` are points, separated by spaces.
# No foreign key: of an answer that has become a case the ratings outlive it.
answer_ratings = Table(
    "answer_ratings",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("answer_id", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("sentences", Text, nullable=False),
    Column("citations", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Index("ix_answer_ratings_answer_id", "answer_id", "by", "ordinal"),
    Index("ix_answer_ratings_at", "at"),
)

rated_cases = Table(
    "rated_cases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("answer_id", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("uq_rated_cases_answer_id", "answer_id", unique=True),
    sqlite_autoincrement=True,  # the number of a case is never given twice
)
