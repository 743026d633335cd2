"""What every WorkOrderStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from assistant.adapters.sql import SqlWorkOrderStore, prepare_conversations
from assistant.hotline.errors import OrderChanged, SentBefore, UnknownOrder
from assistant.hotline.models import (
    Channel,
    Confidentiality,
    Deadline,
    OrderAction,
    OrderFilter,
    OrderOrigin,
    OrderState,
    Satisfaction,
    Urgency,
    WorkOrder,
)
from assistant.hotline.ports import WorkOrderStore
from assistant.intents import RequestType
from tests.conftest import STORE_KINDS
from tests.fakes.work_order_store import MemoryWorkOrderStore
from tests.hotline_factories import A_MOMENT, a_caller, a_move, a_relied_provision, a_suggestion, an_order, some_content

DAY = date(2026, 11, 23)


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> WorkOrderStore:
    if request.param == "memory":
        return MemoryWorkOrderStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return SqlWorkOrderStore(engine)


def numbers(orders: tuple[WorkOrder, ...]) -> list[str]:
    return [order.number for order in orders]


def a_full_order() -> WorkOrder:
    """Every field differs from its default."""
    content = some_content(
        urgency=Urgency.CRITICAL,
        confidentiality=Confidentiality.PROTECTED,
        co_department_ids=("dept-b", "dept-a"),
        machine_filled=frozenset({"title", "wish"}),
    )
    fields: dict[str, object] = {
        "version": 7,
        "origin": OrderOrigin(Channel.WEB, "c-1", "a-1", "h-1", "sent-1"),
        "deadline": Deadline(date(2027, 1, 5), 15, "2027年的放假安排尚未公布。"),
        "suggestions": (a_suggestion(), a_suggestion("dept-b", 0.123456789)),
        "provisions": (a_relied_provision(), replace(a_relied_provision(), document_number=None)),
        "earlier": ("GD20261101-00002", "GD20261001-00001"),
        "similar": ("GD20261110-00003",),
        "held_by": "坐席甲",
        "reply": "已要求停工。\n“夜间”不得施工。",
        "satisfaction": Satisfaction.DISSATISFIED,
        "supervised": True,
        "escalations": 2,
        "lookup_digest": "digest-of-number-and-suffix",
        "history": (a_move(), a_move(OrderAction.REPLY, OrderState.REPLIED, "坐席乙", "电话答复", A_MOMENT + timedelta(microseconds=5))),
    }
    return an_order(state=OrderState.FOLLOWED_UP, content=content, fields=fields)


def test_an_order_comes_back_exactly(store: WorkOrderStore) -> None:
    store.add(a_full_order())
    assert store.get("GD20261123-00001") == a_full_order()


def test_an_order_with_hardly_anything_in_it_comes_back_exactly(store: WorkOrderStore) -> None:
    order = an_order(
        created_at=A_MOMENT.astimezone(timezone(timedelta(hours=8))),
        caller=a_caller(name="", phone="", address="", phone_digest=""),
        place="",
        occurred="",
        class_path=(),
        lead_department_id="",
        fields={"history": ()},
    )
    store.add(order)
    assert store.get(order.number) == order


@pytest.mark.parametrize("request_type", list(RequestType))
@pytest.mark.parametrize("state", list(OrderState))
def test_every_state_and_type_can_be_kept(store: WorkOrderStore, request_type: RequestType, state: OrderState) -> None:
    store.add(an_order(state=state, request_type=request_type))
    assert store.find(OrderFilter(states=(state,), request_type=request_type)) == (an_order(state=state, request_type=request_type),)


@pytest.mark.parametrize("text", ["换行\n\t与“引号”\\", "𠮷😀", "a\x00b\x1f", "100%_[x]"])
def test_every_character_survives(store: WorkOrderStore, text: str) -> None:
    store.add(an_order(content=some_content(title=text, content=text), fields={"reply": text}))
    order = store.get("GD20261123-00001")
    assert (order.content.title, order.content.content, order.reply) == (text, text, text)


def test_a_change_replaces_the_order_and_its_history(store: WorkOrderStore) -> None:
    order = an_order()
    store.add(order)
    changed = replace(
        order,
        version=2,
        state=OrderState.DISPATCHED,
        held_by="坐席乙",
        content=some_content(lead_department_id="dept-b", co_department_ids=("dept-c",)),
        history=(*order.history, a_move(OrderAction.DISPATCH, OrderState.DISPATCHED, "坐席乙")),
    )
    store.save(changed)
    assert store.get(order.number) == changed


def test_a_change_based_on_an_older_version_is_refused_and_changes_nothing(store: WorkOrderStore) -> None:
    order = an_order()
    store.add(order)
    first = replace(order, version=2, held_by="坐席甲")
    store.save(first)
    with pytest.raises(OrderChanged, match=order.number):
        store.save(replace(order, version=2, held_by="坐席乙"))
    with pytest.raises(OrderChanged):
        store.save(replace(order, version=4, held_by="坐席乙"))
    assert store.get(order.number) == first


def test_of_many_who_change_one_version_at_once_exactly_one_succeeds(store: WorkOrderStore) -> None:
    order = an_order()
    store.add(order)

    def claim(name: str) -> str | None:
        try:
            store.save(replace(order, version=2, held_by=name))
        except OrderChanged:
            return None
        return name

    with ThreadPoolExecutor(8) as pool:
        winners = [name for name in pool.map(claim, [f"坐席{n}" for n in range(8)]) if name]
    assert len(winners) == 1
    assert store.get(order.number).held_by == winners[0]


def sent(number: str, sending: str) -> WorkOrder:
    return an_order(number, fields={"origin": OrderOrigin(Channel.WEB, sending=sending)})


def test_what_was_sent_before_is_refused_with_the_number_it_got(store: WorkOrderStore) -> None:
    store.add(sent("GD1", "sent-1"))
    with pytest.raises(SentBefore) as refused:
        store.add(sent("GD2", "sent-1"))
    assert refused.value.number == "GD1"
    store.add(sent("GD3", "sent-2"))
    assert sorted(numbers(store.find(OrderFilter()))) == ["GD1", "GD3"]


def test_a_change_to_what_was_sent_is_no_second_sending(store: WorkOrderStore) -> None:
    store.add(sent("GD1", "sent-1"))
    store.save(replace(sent("GD1", "sent-1"), version=2, held_by="坐席甲"))
    assert store.get("GD1").held_by == "坐席甲"


def test_orders_that_no_form_sent_are_never_the_same(store: WorkOrderStore) -> None:
    store.add(sent("GD1", ""))
    store.add(sent("GD2", ""))
    assert store.count(OrderFilter()) == 2


def test_of_many_sendings_of_one_form_at_once_one_is_taken(store: WorkOrderStore) -> None:
    def add(number: int) -> str:
        try:
            store.add(sent(f"GD{number}", "sent-1"))
        except SentBefore as before:
            return before.number
        return f"GD{number}"

    with ThreadPoolExecutor(8) as pool:
        given = set(pool.map(add, range(8)))
    assert given == set(numbers(store.find(OrderFilter())))
    assert len(given) == 1


def test_unknown_orders_are_said_to_be_unknown(store: WorkOrderStore) -> None:
    with pytest.raises(UnknownOrder, match="GD-nowhere"):
        store.get("GD-nowhere")
    with pytest.raises(UnknownOrder):
        store.save(an_order("GD-nowhere", fields={"version": 2}))


def test_numbers_carry_the_day_and_are_never_given_twice(store: WorkOrderStore) -> None:
    assert store.next_number(DAY) == "GD20261123-00001"
    assert store.next_number(DAY) == "GD20261123-00002"
    assert store.next_number(DAY + timedelta(days=1)) == "GD20261124-00001"
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: store.next_number(DAY), range(40)))
    assert len(set(given)) == 40
    assert store.next_number(DAY) == "GD20261123-00043"


def test_those_due_soonest_come_first_then_the_newest(store: WorkOrderStore) -> None:
    store.add(an_order("GD1", due_on=date(2026, 12, 10)))
    store.add(an_order("GD2", due_on=date(2026, 12, 1)))
    store.add(an_order("GD3", due_on=date(2026, 12, 10), created_at=A_MOMENT + timedelta(hours=1)))
    store.add(an_order("GD4", due_on=date(2026, 12, 10), created_at=A_MOMENT.astimezone(UTC) - timedelta(hours=1)))
    assert numbers(store.find(OrderFilter())) == ["GD2", "GD3", "GD1", "GD4"]


def test_a_page_of_orders_and_how_many_there_are(store: WorkOrderStore) -> None:
    for day in range(1, 8):
        store.add(an_order(f"GD{day}", due_on=date(2026, 12, day)))
    assert numbers(store.find(OrderFilter(limit=3, offset=2))) == ["GD3", "GD4", "GD5"]
    assert store.find(OrderFilter(limit=3, offset=20)) == ()
    assert store.count(OrderFilter(limit=3, offset=2)) == 7


def test_orders_are_found_by_each_field(store: WorkOrderStore) -> None:
    store.add(an_order("GD1"))
    other = an_order(
        "GD2",
        due_on=date(2026, 12, 1),
        state=OrderState.IN_PROGRESS,
        caller=a_caller(phone_digest="another"),
        content=some_content(
            request_type=RequestType.HELP,
            jurisdiction="990103",
            title="LED路灯坏了",
            content="安和大道的路灯不亮。",
            wish="希望尽快维修。",
            place="安和大道",
            lead_department_id="dept-b",
            co_department_ids=("dept-c", "dept-d"),
        ),
        fields={"held_by": "坐席乙"},
    )
    store.add(other)
    wanted = (
        OrderFilter(states=(OrderState.IN_PROGRESS, OrderState.CLOSED)),
        OrderFilter(department_id="dept-b"),
        OrderFilter(department_id="dept-d"),
        OrderFilter(held_by="坐席乙"),
        OrderFilter(phone_digest="another"),
        OrderFilter(due_before=date(2026, 12, 2)),
        OrderFilter(request_type=RequestType.HELP),
        OrderFilter(jurisdiction="990103"),
        OrderFilter(words="路灯"),
        OrderFilter(words="GD2"),
        OrderFilter(words="led gd2"),
        OrderFilter(words="尽快"),
        OrderFilter(words=" 安和大道  不亮 "),
    )
    for each in wanted:
        assert store.find(each) == (other,), each
        assert store.count(each) == 1, each
    assert numbers(store.find(OrderFilter(held_by=""))) == ["GD1"]
    assert store.find(OrderFilter(department_id="dept")) == ()
    assert store.find(OrderFilter(words="路灯 噪声")) == ()
    assert store.find(OrderFilter(states=(OrderState.ACCEPTED,), department_id="dept-b")) == ()


@pytest.mark.parametrize("words", ["%", "_", "\\"])
def test_signs_of_the_query_language_are_ordinary_characters(store: WorkOrderStore, words: str) -> None:
    store.add(an_order("GD1"))
    store.add(an_order("GD2", title=f"优惠{words}多少"))
    assert numbers(store.find(OrderFilter(words=words))) == ["GD2"]


def test_what_is_due_before_a_day_is_due_earlier_and_not_closed(store: WorkOrderStore) -> None:
    store.add(an_order("GD1", due_on=date(2026, 12, 1)))
    store.add(an_order("GD2", due_on=date(2026, 12, 2)))
    store.add(an_order("GD3", due_on=date(2026, 11, 1), state=OrderState.CLOSED))
    store.add(an_order("GD4", due_on=date(2026, 11, 1), state=OrderState.REPLIED))
    assert numbers(store.find(OrderFilter(due_before=date(2026, 12, 2)))) == ["GD4", "GD1"]


def test_a_found_order_follows_its_changes(store: WorkOrderStore) -> None:
    order = an_order()
    store.add(order)
    moved = replace(order, content=some_content(lead_department_id="dept-b", jurisdiction="990103"), held_by="坐席乙")
    store.save(replace(moved, version=2, state=OrderState.DISPATCHED, deadline=Deadline(date(2026, 11, 30), 5)))
    assert store.count(OrderFilter(states=(OrderState.ACCEPTED,))) == 0
    assert store.count(OrderFilter(department_id="dept-police")) == 0
    wanted = OrderFilter((OrderState.DISPATCHED,), "dept-b", "坐席乙", due_before=date(2026, 12, 1), jurisdiction="990103")
    assert store.count(wanted) == 1


def test_moments_keep_their_instant(store: WorkOrderStore) -> None:
    china = datetime(2026, 11, 23, 0, 30, tzinfo=timezone(timedelta(hours=8)))
    store.add(an_order(created_at=china))
    order = store.get("GD20261123-00001")
    assert order.created_at == china
    assert order.created_at.utcoffset() is not None
    assert order.history[0].at == china
