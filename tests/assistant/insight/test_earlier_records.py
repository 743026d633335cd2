"""Records from before there were figures are counted as well: the migration reads them once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from pydantic import TypeAdapter
from sqlalchemy import Engine, text

import assistant.adapters.sql as stores
from assistant.adapters.sql import SqlFigureStore, prepare_conversations
from assistant.handoff.models import Handoff, HandoffState
from assistant.hotline.models import Satisfaction, WorkOrder
from assistant.insight.models import DayCount, DayLatency, GradeCount, RatingSource, Span
from assistant.models import AnswerRecord
from knowledge_base.adapters.sql import open_records
from tests.factories import a_moment, an_answer_record
from tests.hotline_factories import an_order

DAY = date(2024, 6, 1)
SPAN = Span(DAY, DAY)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def earlier(request: pytest.FixtureRequest) -> Engine:
    """A database of the version before."""
    engine = open_records(request.getfixturevalue(f"{request.param}_url"))
    config = Config()
    config.set_main_option("script_location", str(Path(stores.__file__).parent / "migrations"))
    with engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "v0004")
    return engine


def test_answers_orders_and_handoffs_of_before_are_counted(earlier: Engine) -> None:
    record = replace(an_answer_record(asked_at=a_moment()), timings_ms={"composer": 3.0, "checker": 1.0})
    order = an_order(created_at=a_moment(), fields={"satisfaction": Satisfaction.FAIR})
    handoff = Handoff("h-1", 1, "c-1", "a-1", "x", "", None, HandoffState.CLOSED, a_moment(), satisfaction=Satisfaction.SATISFIED)
    with earlier.execution_options(sqlite_begin="BEGIN IMMEDIATE").begin() as connection:
        connection.execute(
            text(
                "INSERT INTO answers (answer_id, conversation_id, asked_at, status, snapshot_id, record) "
                "VALUES ('a-1', 'c-1', '2024-06-01 08:00:00', 'answered', 's', :record)"
            ),
            {"record": TypeAdapter(AnswerRecord).dump_json(record).decode()},
        )
        connection.execute(
            text(
                "INSERT INTO work_orders (number, version, state, request_type, jurisdiction, lead_department_id, held_by, phone_digest, "
                "conversation_id, due_on, created_at, words, record) VALUES ('GD-1', 1, 'accepted', 'help', '990102', '', '', '', '', "
                "'2024-06-20', '2024-06-01 08:00:00', '', :record)"
            ),
            {"record": TypeAdapter(WorkOrder).dump_json(order).decode()},
        )
        connection.execute(
            text(
                "INSERT INTO handoffs (handoff_id, version, conversation_id, state, requested_at, record) "
                "VALUES ('h-1', 1, 'c-1', 'closed', '2024-06-01 08:00:00', :record)"
            ),
            {"record": TypeAdapter(Handoff).dump_json(handoff).decode()},
        )
    prepare_conversations(earlier)
    figures = SqlFigureStore(earlier)
    assert figures.endings(SPAN) == (DayCount(DAY, "answered", 1),)
    assert figures.subjects(SPAN) == (DayCount(DAY, "示范市居住证管理办法", 1),)
    assert figures.latencies(SPAN) == (DayLatency(DAY, 1, 4.0, 4.0),)
    assert figures.order_classes(SPAN) == (DayCount(DAY, "城乡建设", 1),)
    assert figures.grades(SPAN) == (
        GradeCount(RatingSource.HANDOFF, Satisfaction.SATISFIED, 1),
        GradeCount(RatingSource.ORDER, Satisfaction.FAIR, 1),
    )
