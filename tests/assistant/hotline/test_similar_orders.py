"""Open orders about the same matter are found, others are not."""

from __future__ import annotations

import pytest

from assistant.hotline.models import OrderContent, OrderState
from assistant.hotline.similar_orders import SimilarOrders, load_similarity_rules, weigh_words
from tests.assistant.in_memory import TOKENIZER
from tests.fakes.work_order_store import MemoryWorkOrderStore
from tests.hotline_factories import an_order, some_content

RULES = load_similarity_rules()
NOISE = some_content(title="幸福路夜间施工噪声", content="幸福路工地半夜打桩，噪声很大。", place="明德区幸福路")


@pytest.fixture
def store() -> MemoryWorkOrderStore:
    kept = MemoryWorkOrderStore()
    for number, content in enumerate(
        (
            some_content(title="幸福路工地夜里打桩扰民", content="工地夜间施工，打桩声吵得睡不着。", place="明德区幸福路"),
            some_content(title="路灯不亮", content="和平路的路灯坏了一个月。", place="和平路"),
            some_content(title="居住证办理", content="想了解居住证需要什么材料。", place=""),
        ),
        1,
    ):
        kept.add(an_order(f"GD{number}", content=content))
    return kept


def like(store: MemoryWorkOrderStore, content: OrderContent, *besides: str) -> tuple[str, ...]:
    return SimilarOrders(store, weigh_words(TOKENIZER, RULES), RULES).like(content, besides)


def test_an_order_about_the_same_is_found_and_no_other(store: MemoryWorkOrderStore) -> None:
    assert like(store, NOISE) == ("GD1",)


def test_those_named_already_are_left_out(store: MemoryWorkOrderStore) -> None:
    assert like(store, NOISE, "GD1") == ()


def test_closed_orders_and_other_regions_are_left_out(store: MemoryWorkOrderStore) -> None:
    store.add(an_order("GD8", content=NOISE, state=OrderState.CLOSED))
    store.add(an_order("GD9", content=some_content(title=NOISE.title, content=NOISE.content, jurisdiction="990103")))
    assert like(store, NOISE) == ("GD1",)
    assert like(store, some_content(title=NOISE.title, content=NOISE.content, jurisdiction="")) == ()


def test_the_most_similar_come_first_and_only_a_few(store: MemoryWorkOrderStore) -> None:
    for number in range(10, 20):
        store.add(an_order(f"GD{number}", content=NOISE))
    found = like(store, NOISE)
    assert len(found) == RULES.shown
    assert "GD1" not in found


def test_two_that_share_only_everyday_words_are_not_similar(store: MemoryWorkOrderStore) -> None:
    assert like(store, some_content(title="公园健身器材坏了", content="希望有关部门尽快处理。", place="")) == ()
