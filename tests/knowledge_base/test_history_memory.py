"""Histories kept in memory are never older than the store."""

from __future__ import annotations

from sqlalchemy import Engine

from knowledge_base.adapters.sql import SqlDocumentStore
from knowledge_base.adapters.sql.history_memory import HistoryMemory
from knowledge_base.models import ChangeKind
from tests.factories import a_revision


def test_a_revision_added_by_another_process_is_read_at_once(sqlite_engine: Engine) -> None:
    here, there = SqlDocumentStore(sqlite_engine), SqlDocumentStore(sqlite_engine)
    here.add(a_revision("d"))
    assert len(here.revisions("d")) == 1
    there.add(a_revision("d", number=2, kind=ChangeKind.REPEAL))
    assert [revision.number for revision in here.revisions("d")] == [1, 2]
    assert here.latest("d").change.kind is ChangeKind.REPEAL


def test_a_history_read_again_is_the_same_value(sqlite_engine: Engine) -> None:
    store = SqlDocumentStore(sqlite_engine)
    store.add(a_revision("d"))
    assert store.revisions("d") is store.revisions("d")


def test_those_asked_for_longest_ago_are_forgotten_first() -> None:
    memory = HistoryMemory(size=2)
    memory.keep("a", (a_revision("a"),))
    memory.keep("b", (a_revision("b"),))
    assert memory.find("a", 1)
    memory.keep("c", (a_revision("c"),))
    assert memory.find("b", 1) is None
    assert memory.find("a", 1)


def test_a_history_of_another_length_is_not_the_one_asked_for() -> None:
    memory = HistoryMemory(size=2)
    memory.keep("a", (a_revision("a"),))
    assert memory.find("a", 2) is None
