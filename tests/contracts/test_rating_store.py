"""What every RatingStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.adapters.sql import SqlConversationStore, SqlRatingStore, prepare_conversations
from assistant.errors import UnknownAnswer
from assistant.ports import ConversationStore
from assistant.ratings.errors import TakenUpBefore
from assistant.ratings.models import Rating
from assistant.ratings.ports import RatingStore
from tests.conftest import STORE_KINDS
from tests.factories import a_moment, an_answer_record
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.rating_store import MemoryRatingStore

NOW = a_moment()
FIRST = Rating("a-1", "zhang.san", NOW, (100, 80), (25,), "第二句不完整。")


def with_answers(conversations: ConversationStore) -> None:
    for number in (1, 2):
        conversations.save(an_answer_record(f"a-{number}"))


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> RatingStore:
    if request.param == "memory":
        memory = MemoryConversationStore()
        with_answers(memory)
        return MemoryRatingStore(memory)
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    with_answers(SqlConversationStore(engine))
    return SqlRatingStore(engine)


def test_a_rating_comes_back_exactly(store: RatingStore) -> None:
    without_citations = replace(FIRST, by="li.si", citations=(), comment="")
    for rating in (FIRST, without_citations):
        store.add(rating)
    assert store.of("a-1") == (FIRST, without_citations)
    assert store.of("a-2") == ()


def test_a_later_rating_by_the_same_person_replaces_the_earlier_which_stays_in_the_history(store: RatingStore) -> None:
    second = replace(FIRST, at=NOW + timedelta(hours=1), sentences=(100, 0))
    other = replace(FIRST, by="li.si")
    for rating in (FIRST, other, second):
        store.add(rating)
    assert store.of("a-1") == (other, second)
    assert store.history("a-1") == (FIRST, other, second)


def test_an_answer_that_does_not_exist_is_not_rated(store: RatingStore) -> None:
    with pytest.raises(UnknownAnswer):
        store.add(replace(FIRST, answer_id="nowhere"))
    assert store.history("nowhere") == ()


def test_ratings_of_several_answers_come_by_answer(store: RatingStore) -> None:
    store.add(FIRST)
    assert store.of_answers(["a-1", "a-2", *(f"no-{number}" for number in range(1100))]) == {"a-1": (FIRST,)}
    assert store.of_answers([]) == {}


def test_only_ratings_that_stand_count_since_a_moment(store: RatingStore) -> None:
    later = replace(FIRST, at=NOW + timedelta(days=2))
    old = replace(FIRST, by="li.si", at=NOW - timedelta(days=30))
    for rating in (old, FIRST, later):
        store.add(rating)
    assert store.since(NOW) == (later,)


def test_an_answer_becomes_a_case_once_and_no_number_is_given_twice(store: RatingStore) -> None:
    taken = store.take_up("a-1", "zhang.san", NOW)
    assert store.taken_up("a-1") == taken
    assert store.taken_up("a-2") is None
    with pytest.raises(TakenUpBefore):
        store.take_up("a-1", "li.si", NOW)
    store.leave("a-1")
    assert store.taken_up("a-1") is None
    assert store.take_up("a-2", "li.si", NOW).number > taken.number
