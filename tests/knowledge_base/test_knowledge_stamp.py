"""The stamp moves with everything that answers are made of, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from knowledge_base.adapters.sql import SqlContentStore, SqlDepartmentStore, SqlDocumentStore, SqlGuideStore
from knowledge_base.adapters.sql.knowledge_stamp import SqlKnowledgeStamp
from knowledge_base.content.models import Change, ChangeNote, EntryState
from tests.factories import a_department, a_guide, a_revision

NOTE = ChangeNote(Change.SAVED, "管理员", datetime(2026, 11, 22, tzinfo=UTC), "")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


MOVES: dict[str, Callable[[Engine], object]] = {
    "a document": lambda engine: SqlDocumentStore(engine).add(a_revision("another")),
    "a repeal": lambda engine: SqlDocumentStore(engine).add(replace(a_revision(), number=2)),
    "a guide": lambda engine: SqlGuideStore(engine).save([a_guide()]),
    "a department": lambda engine: SqlDepartmentStore(engine).save([a_department()]),
    "a sentence": lambda engine: SqlContentStore(engine).append("wording", 0, NOTE, {"key": EntryState({"text": "话"})}),
}


@pytest.mark.parametrize("move", MOVES)
def test_whatever_is_changed_moves_it(engine: Engine, move: str) -> None:
    stamp = SqlKnowledgeStamp(engine)
    SqlDocumentStore(engine).add(a_revision())
    before = stamp()
    MOVES[move](engine)
    assert stamp() != before


def test_reading_moves_nothing(engine: Engine) -> None:
    stamp = SqlKnowledgeStamp(engine)
    before = stamp()
    SqlGuideStore(engine).all()
    SqlDocumentStore(engine).count()
    assert stamp() == before
