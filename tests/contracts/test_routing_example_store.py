"""What a RoutingExampleStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from assistant.adapters.sql import SqlRoutingExampleStore, prepare_conversations
from assistant.routing import ExampleSource, RoutingExample, RoutingExampleStore
from tests.conftest import STORE_KINDS
from tests.factories import a_moment
from tests.fakes.routing_example_store import MemoryRoutingExampleStore


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> RoutingExampleStore:
    if request.param == "memory":
        return MemoryRoutingExampleStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return SqlRoutingExampleStore(engine)


def an_example(text: str = "路灯不亮", source: ExampleSource = ExampleSource.CONFIRMED, belongs: bool = True) -> RoutingExample:
    return RoutingExample(text, "dept-lights", belongs, source, "GD20261122-00001", a_moment())


def test_there_are_none_at_first(store: RoutingExampleStore) -> None:
    assert store.all() == ()


def test_examples_come_back_exactly_and_oldest_first(store: RoutingExampleStore) -> None:
    given = [an_example(f"第{number}件", source, belongs) for number, source in enumerate(ExampleSource) for belongs in (True, False)]
    for example in given:
        store.add(example)
    assert store.all() == tuple(given)


@pytest.mark.parametrize("text", ["换行\n与“引号”\\", "𠮷😀", ""])
def test_every_character_survives(store: RoutingExampleStore, text: str) -> None:
    store.add(an_example(text))
    assert [example.text for example in store.all()] == [text]


def test_moments_keep_their_instant_and_their_zone_is_known(store: RoutingExampleStore) -> None:
    moment = a_moment().astimezone(timezone(timedelta(hours=8)))
    store.add(RoutingExample("文", "d", True, ExampleSource.FILE, "", moment))
    (example,) = store.all()
    assert example.added_at == moment
    assert example.added_at.utcoffset() is not None


def test_the_null_character_does_not_stop_it(store: RoutingExampleStore) -> None:
    store.add(an_example("路灯\x00不亮"))
    assert store.all()[0].text == "路灯不亮"
