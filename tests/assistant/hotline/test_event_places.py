"""Where something happened, out of a caller's sentences."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from assistant.hotline.event_places import load_event_places
from tests.fakes.work_order_desk import REGIONS

PLACES = load_event_places(REGIONS)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("幸福路口的工地每天夜里两点还在施工", "幸福路口"),
        ("我要投诉明德区中山大道与解放路交叉口红绿灯坏了", "明德区中山大道与解放路交叉口"),
        ("投诉安和区阳光花园3栋电梯坏了", "安和区阳光花园3栋"),
        ("知行区实验小学门口乱停车", "知行区实验小学门口"),
        ("云栖区青山镇河口村没有路灯", "云栖区青山镇河口村"),
        ("我住在示范市明德区和平路12号，楼下烧烤店油烟大", "示范市明德区和平路12号"),
        ("希望管一下人民广场附近的流浪狗", "人民广场附近"),
        ("电话里说不清。建设路立交桥下积水很深", "建设路立交桥"),
    ],
)
def test_the_place_is_found_without_the_words_around_it(text: str, place: str) -> None:
    assert PLACES.find(text).startswith(place)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("明德区学府街18号楼下的烧烤店油烟很大", "明德区学府街18号楼下"),
        ("公园路的井盖丢了", "公园路"),
        ("翠湖小区路灯坏了", "翠湖小区"),
    ],
)
def test_streets_named_after_places_are_whole(text: str, place: str) -> None:
    assert PLACES.find(text) == place


@pytest.mark.parametrize(
    "text",
    ["我们小区停水三天了", "请问居住证怎么办", "物业公司不作为", "上小学要什么材料", "118路公交车司机态度恶劣", "派出所没人接电话", ""],
)
def test_what_names_no_place_gives_none(text: str) -> None:
    assert PLACES.find(text) == ""


def test_the_place_described_most_closely_wins() -> None:
    assert PLACES.find("阳光小区有人说，明德区和平路12号三楼漏水").startswith("明德区和平路12号")


def test_the_region_counts_where_it_is_the_only_one() -> None:
    assert PLACES.jurisdiction("明德区幸福路的工地") == "990102"
    assert PLACES.jurisdiction("从明德区到安和区的公交车") is None
    assert PLACES.jurisdiction("工地太吵") is None


@pytest.mark.public_data
def test_most_public_messages_that_begin_with_a_place_get_one(public_data: Path) -> None:
    """A message titled "A3区某某小区…" names a place; what is found stands in the message, word for word."""
    with gzip.open(public_data / "messages" / "hot_issues.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [f"{entry['title']}。{entry['text']}" for entry in map(json.loads, lines)][:1500]
    placed = [(text, PLACES.find(text)) for text in texts if "小区" in text[:20] or "路" in text[:14]]
    assert all(place in text for text, place in placed)
    assert sum(bool(place) for _, place in placed) / len(placed) > 0.95
