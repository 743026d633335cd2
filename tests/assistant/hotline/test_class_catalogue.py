"""The catalogue of classes: any file of the right shape, and what is suggested from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import InvalidCatalogue
from assistant.hotline.class_catalogue import CATALOGUE_FILE, ClassCatalogue, read_catalogue
from indexing.ports import Embedder
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder


def a_catalogue(path: Path = CATALOGUE_FILE) -> ClassCatalogue:
    return ClassCatalogue.from_file(path, FakeEmbedder(256), BigramTokenizer())


def test_the_shipped_catalogue_has_fifteen_classes_in_three_levels_each_once() -> None:
    paths = read_catalogue(CATALOGUE_FILE)
    assert len({path[0] for path in paths}) == 15
    assert all(len(path) == 3 for path in paths)
    assert len(set(paths)) == len(paths) == len(CATALOGUE_FILE.read_text(encoding="utf-8").splitlines())


def test_another_catalogue_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "classes.jsonl"
    path.write_text('{"l1": "城市", "l2": "道路", "l3": "路灯"}\n{"l1": "教育"}\n', encoding="utf-8")
    catalogue = a_catalogue(path)
    assert catalogue.all() == (("城市", "道路", "路灯"), ("教育",))
    assert catalogue.suggest("路灯不亮", limit=1)[0][0] == ("城市", "道路", "路灯")


def test_nothing_is_suggested_for_nothing() -> None:
    assert a_catalogue().suggest("  ") == ()


def test_classes_called_others_are_not_suggested_by_nearness() -> None:
    assert all(not path[-1].startswith("其他") for path, _ in a_catalogue().suggest("其他咨询", limit=5))


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("楼下烧烤店的油烟直接排到我家窗户", "餐饮油烟"),
        ("公司拖欠我三个月工资", "拖欠工资"),
        ("健身房跑路，会员卡的钱不退", "预付卡退费"),
        ("家里突然停电了", "停电"),
    ],
)
def test_everyday_words_find_their_class(default_embedder: Embedder, text: str, expected: str) -> None:
    catalogue = ClassCatalogue.from_file(CATALOGUE_FILE, default_embedder, BigramTokenizer())
    assert expected in [path[-1] for path, _ in catalogue.suggest(text)]


@pytest.mark.parametrize("text", ["", "[1]", '{"l2": "道路"}', '{"l1": "城市", "l3": "路灯"}', "不是 JSON"])
def test_a_faulty_catalogue_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "classes.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidCatalogue):
        read_catalogue(path)
