"""What every HandoffStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from assistant.adapters.sql import SqlHandoffStore, prepare_conversations
from assistant.handoff.errors import HandoffChanged, UnknownHandoff
from assistant.handoff.models import Handoff, HandoffState, Speaker
from assistant.handoff.ports import HandoffStore
from assistant.hotline.models import Satisfaction
from tests.conftest import STORE_KINDS
from tests.factories import DEMO_CITY, a_moment
from tests.fakes.handoff_store import MemoryHandoffStore


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> HandoffStore:
    if request.param == "memory":
        return MemoryHandoffStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return SqlHandoffStore(engine)


def a_handoff(id: str = "h-1", conversation_id: str = "c-1", **fields: object) -> Handoff:  # noqa: A002 - reads best at the call
    handoff = Handoff(id, 1, conversation_id, "a-1", "digest", "没有找到依据", DEMO_CITY, HandoffState.WAITING, a_moment())
    return replace(handoff, **fields)  # type: ignore[arg-type]


def test_a_hand_over_comes_back_exactly(store: HandoffStore) -> None:
    handoff = a_handoff(
        requested_at=a_moment().astimezone(timezone(timedelta(hours=8))),
        claimed_by="li.si",
        claimed_at=a_moment(),
        order_number="GD20261122-00001",
        satisfaction=Satisfaction.FAIR,
        comment="换行\n“引号”",
    )
    store.add(handoff)
    assert store.get("h-1") == handoff


def test_an_unknown_hand_over_is_told(store: HandoffStore) -> None:
    for attempt in (
        lambda: store.get("nowhere"),
        lambda: store.save(a_handoff(version=2)),
        lambda: store.say("nowhere", Speaker.CITIZEN, "您好", a_moment()),
    ):
        with pytest.raises(UnknownHandoff):
            attempt()


def test_a_change_based_on_an_older_version_is_refused(store: HandoffStore) -> None:
    store.add(a_handoff())
    store.save(a_handoff(version=2, claimed_by="li.si"))
    with pytest.raises(HandoffChanged):
        store.save(a_handoff(version=2, claimed_by="wang.wu"))
    assert store.get("h-1").claimed_by == "li.si"


def test_of_two_changes_at_the_same_moment_one_wins(store: HandoffStore) -> None:
    store.add(a_handoff())

    def claim(by: str) -> bool:
        try:
            store.save(a_handoff(version=2, claimed_by=by))
        except HandoffChanged:
            return False
        return True

    with ThreadPoolExecutor(4) as room:
        won = list(room.map(claim, ["li.si", "wang.wu", "zhao.liu", "sun.qi"]))
    assert sum(won) == 1


def test_a_conversation_has_one_open_hand_over_at_a_time(store: HandoffStore) -> None:
    store.add(a_handoff())
    with pytest.raises(HandoffChanged):
        store.add(a_handoff("h-2"))
    store.save(a_handoff(version=2, state=HandoffState.CLOSED))
    store.add(a_handoff("h-2"))
    assert store.get("h-2").conversation_id == "c-1"


def test_the_newest_hand_over_of_a_conversation_is_found(store: HandoffStore) -> None:
    store.add(a_handoff(state=HandoffState.CLOSED))
    store.add(a_handoff("h-2"))
    store.add(a_handoff("h-3", "c-2"))
    newest = store.of_conversation("c-1")
    assert newest is not None
    assert newest.id == "h-2"
    assert store.of_conversation("nowhere") is None


def test_those_who_wait_longest_come_first(store: HandoffStore) -> None:
    for number, minutes in ((1, 5), (2, 0), (3, 9)):
        store.add(a_handoff(f"h-{number}", f"c-{number}", requested_at=a_moment() + timedelta(minutes=minutes)))
    store.add(a_handoff("h-4", "c-4", state=HandoffState.CLAIMED))
    assert [handoff.id for handoff in store.find((HandoffState.WAITING,))] == ["h-2", "h-1", "h-3"]
    assert [handoff.id for handoff in store.find((HandoffState.WAITING,), limit=1)] == ["h-2"]
    assert {handoff.id for handoff in store.find((HandoffState.WAITING, HandoffState.CLAIMED))} == {"h-1", "h-2", "h-3", "h-4"}


def test_messages_come_in_order_and_only_those_after_the_last_one_seen(store: HandoffStore) -> None:
    store.add(a_handoff())
    store.add(a_handoff("h-2", "c-2"))
    first = store.say("h-1", Speaker.SYSTEM, "已为您转人工", a_moment())
    store.say("h-2", Speaker.CITIZEN, "别人的话", a_moment())
    second = store.say("h-1", Speaker.OPERATOR, "您好\n请讲\x00", a_moment())
    assert (first.ordinal, second.ordinal) == (1, 2)
    assert [message.text for message in store.messages("h-1")] == ["已为您转人工", "您好\n请讲"]
    assert store.messages("h-1", after=1) == (second,)
    assert store.messages("h-1", after=2) == ()
    assert store.messages("nowhere") == ()


def test_ordinals_have_no_gaps_when_both_speak_at_once(store: HandoffStore) -> None:
    store.add(a_handoff())
    with ThreadPoolExecutor(4) as room:
        list(room.map(lambda number: store.say("h-1", Speaker.CITIZEN, f"第{number}句", a_moment()), range(12)))
    assert [message.ordinal for message in store.messages("h-1")] == list(range(1, 13))
