"""What every AnswerShelf promises: that of one process, and the one in Valkey."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.settings import Settings
from api.wiring.valkey import valkey_of
from assistant.adapters.valkey.answer_shelf import ValkeyAnswerShelf
from assistant.answer_shelf import AnswerKey, AnswerShelf, Circumstances, MemoryAnswerShelf
from tests.assistant.in_memory import TODAY
from tests.factories import DEMO_CITY, an_answer_record
from tests.valkey_server import ValkeyThatEnds


def shelf_at(url: str, size: int = 3, version: str = "1") -> ValkeyAnswerShelf:
    valkey = valkey_of(Settings(_env_file=None, valkey_url=url))
    assert valkey is not None
    return ValkeyAnswerShelf(valkey.client, size, version)


@pytest.fixture(params=["memory", "valkey"])
def shelf(request: pytest.FixtureRequest) -> AnswerShelf:
    return MemoryAnswerShelf(3) if request.param == "memory" else shelf_at(request.getfixturevalue("valkey_url"))


def a_key(text: str = "居住证怎么办", **changes: object) -> AnswerKey:
    key = AnswerKey(text, DEMO_CITY, TODAY, TODAY, Circumstances("1", "s-1"), (("tuning", "t"),))
    return replace(key, **changes)  # type: ignore[arg-type]  # a test's own choice


def test_what_is_kept_is_found_whole(shelf: AnswerShelf) -> None:
    record = an_answer_record()
    shelf.keep(a_key(), record)
    assert shelf.find(a_key()) == record


def test_nothing_is_found_where_nothing_is_kept(shelf: AnswerShelf) -> None:
    assert shelf.find(a_key()) is None
    assert len(shelf) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "居住证多少钱"},
        {"jurisdiction": None},
        {"as_of": TODAY.replace(year=2020)},
        {"asked_on": TODAY.replace(year=2020)},
        {"circumstances": Circumstances("2", "s-1")},
        {"circumstances": Circumstances("1", "s-2")},
        {"versions": (("tuning", "u"),)},
    ],
    ids=str,
)
def test_every_part_of_the_key_counts(shelf: AnswerShelf, changes: dict[str, object]) -> None:
    shelf.keep(a_key(), an_answer_record())
    assert shelf.find(a_key(**changes)) is None


def test_a_later_record_takes_the_place_of_an_earlier_one(shelf: AnswerShelf) -> None:
    shelf.keep(a_key(), an_answer_record("a-1"))
    shelf.keep(a_key(), an_answer_record("a-2"))
    found = shelf.find(a_key())
    assert found is not None
    assert found.answer_id == "a-2"
    assert len(shelf) == 1


def test_a_cleared_shelf_holds_nothing_and_can_be_used_again(shelf: AnswerShelf) -> None:
    for text in ("甲", "乙"):
        shelf.keep(a_key(text), an_answer_record())
    shelf.clear()
    assert (len(shelf), shelf.find(a_key("甲")), shelf.find(a_key("乙"))) == (0, None, None)
    shelf.keep(a_key("丙"), an_answer_record())
    assert len(shelf) == 1


def test_the_least_recently_asked_is_forgotten_first(shelf: AnswerShelf) -> None:
    for text in ("甲", "乙", "丙"):
        shelf.keep(a_key(text), an_answer_record())
    shelf.find(a_key("甲"))
    shelf.keep(a_key("丁"), an_answer_record())
    assert len(shelf) == 3
    assert [text for text in "甲乙丙丁" if shelf.find(a_key(text))] == ["甲", "丙", "丁"]


def test_what_one_process_keeps_the_others_find(valkey_url: str) -> None:
    shelf_at(valkey_url).keep(a_key(), an_answer_record())
    assert shelf_at(valkey_url).find(a_key()) == an_answer_record()


def test_another_version_of_the_program_reads_nothing_of_it(valkey_url: str) -> None:
    shelf_at(valkey_url).keep(a_key(), an_answer_record())
    assert shelf_at(valkey_url, version="2").find(a_key()) is None


def test_what_cannot_be_read_any_more_is_as_if_it_were_not_kept(valkey_url: str) -> None:
    shelf = shelf_at(valkey_url)
    shelf.keep(a_key(), an_answer_record())
    client = valkey_of(Settings(_env_file=None, valkey_url=valkey_url)).client  # type: ignore[union-attr]  # set just here
    for name in client.keys("zhengwen:answers:1:[0-9a-f]*"):  # type: ignore[union-attr]  # not its asynchronous form
        client.set(name, "{}")
    assert shelf.find(a_key()) is None


def test_the_names_of_places_hold_nothing_of_what_was_asked(valkey_url: str) -> None:
    shelf_at(valkey_url).keep(a_key("住在哪里"), an_answer_record())
    client = valkey_of(Settings(_env_file=None, valkey_url=valkey_url)).client  # type: ignore[union-attr]  # set just here
    assert not [name for name in client.keys("*") if "住在哪里".encode() in name]  # type: ignore[union-attr]  # as above


def test_a_lost_valkey_is_an_empty_shelf_until_it_is_back(valkey_that_ends: ValkeyThatEnds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.wiring.valkey.PAUSE_S", 0.0)
    shelf = shelf_at(valkey_that_ends.url)
    shelf.keep(a_key(), an_answer_record())
    valkey_that_ends.stop()
    shelf.keep(a_key("乙"), an_answer_record())
    assert shelf.find(a_key()) is None
    assert len(shelf) == 0
    valkey_that_ends.start()
    shelf.keep(a_key(), an_answer_record())
    assert shelf.find(a_key()) == an_answer_record()
