"""What every DeliveryStore promises, and that the outbox of the SQL one is filled together with the orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from assistant.adapters.sql import SqlDeliveryStore, SqlWorkOrderStore, prepare_conversations
from assistant.adapters.sql.webhook_delivery_store import add_deliveries
from assistant.hotline.errors import OrderChanged
from assistant.hotline.models import OrderAction, OrderState
from assistant.hotline.webhook_deliveries import DeliveryState, DeliveryStore, WebhookDelivery
from assistant.hotline.webhook_events import order_messages
from assistant.hotline.webhook_messages import OutgoingMessage
from assistant.hotline.webhook_rules import load_webhook_rules
from tests.conftest import STORE_KINDS
from tests.fakes.delivery_store import MemoryDeliveryStore
from tests.hotline_factories import A_MOMENT, a_move, an_order

URL, OTHER_URL = "https://one.example/hook", "https://two.example/hook"
LATER, MUCH_LATER = A_MOMENT + timedelta(minutes=1), A_MOMENT + timedelta(hours=1)
Put = Callable[[Sequence[OutgoingMessage]], None]


@pytest.fixture(params=STORE_KINDS)
def outbox(request: pytest.FixtureRequest) -> tuple[DeliveryStore, Put]:
    """The store, and a way to put messages into it."""
    if request.param == "memory":
        memory = MemoryDeliveryStore()
        return memory, memory.put
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)

    def put(messages: Sequence[OutgoingMessage]) -> None:
        with engine.begin() as connection:
            add_deliveries(connection, messages)

    return SqlDeliveryStore(engine), put


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return engine


def a_message(number: int = 1, url: str = URL) -> OutgoingMessage:
    return OutgoingMessage(f"msg_GD{number}-1", url, f"GD{number}", '{"标题":"路灯"}', A_MOMENT + timedelta(seconds=number))


def leased(store: DeliveryStore) -> WebhookDelivery:
    delivery = store.lease(LATER, MUCH_LATER)
    assert delivery is not None
    return delivery


def test_what_was_put_comes_back_exactly(outbox: tuple[DeliveryStore, Put]) -> None:
    store, put = outbox
    message = a_message()
    put([message])
    expected = WebhookDelivery(
        ordinal=1,
        message_id=message.id,
        url=URL,
        order_number="GD1",
        body=message.body,
        state=DeliveryState.WAITING,
        attempts=0,
        created_at=message.created_at,
        next_attempt_at=message.created_at,
        last_outcome="",
    )
    assert store.newest() == (expected,)
    assert leased(store) == expected


def test_those_who_wait_longest_come_first_and_nobody_else_gets_them(outbox: tuple[DeliveryStore, Put]) -> None:
    store, put = outbox
    put([a_message(2), a_message(1)])
    assert [leased(store).order_number for _ in range(2)] == ["GD1", "GD2"]
    assert store.lease(LATER, MUCH_LATER) is None


def test_nothing_is_due_before_its_time(outbox: tuple[DeliveryStore, Put]) -> None:
    store, put = outbox
    put([a_message()])
    assert store.lease(A_MOMENT, LATER) is None


def test_a_lease_ends_so_that_a_process_that_died_keeps_nothing(outbox: tuple[DeliveryStore, Put]) -> None:
    store, put = outbox
    put([a_message()])
    first = leased(store)
    assert store.lease(MUCH_LATER - timedelta(seconds=1), MUCH_LATER) is None
    assert store.lease(MUCH_LATER, MUCH_LATER + timedelta(hours=1)) == first


def test_of_many_who_ask_at_once_each_delivery_goes_to_one(outbox: tuple[DeliveryStore, Put]) -> None:
    store, put = outbox
    put([a_message(number) for number in range(1, 21)])
    with ThreadPoolExecutor(8) as pool:
        given = [each.ordinal for each in pool.map(lambda _: store.lease(LATER, MUCH_LATER), range(24)) if each]
    assert len(given) == len(set(given))
    rest = 0
    while store.lease(LATER, MUCH_LATER):
        rest += 1
    assert len(given) + rest == 20


def test_after_a_failed_attempt_it_waits_for_the_next(outbox: tuple[DeliveryStore, Put]) -> None:
    store, put = outbox
    put([a_message()])
    failed = replace(leased(store), attempts=1, next_attempt_at=MUCH_LATER, last_outcome="连接不上对方")
    store.note(failed, LATER)
    assert store.lease(LATER, MUCH_LATER) is None
    assert store.lease(MUCH_LATER, MUCH_LATER + timedelta(minutes=1)) == failed


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.GIVEN_UP])
def test_what_has_ended_is_never_leased_again(outbox: tuple[DeliveryStore, Put], state: DeliveryState) -> None:
    store, put = outbox
    put([a_message()])
    store.note(replace(leased(store), state=state), LATER)
    assert store.lease(MUCH_LATER + timedelta(days=9), MUCH_LATER + timedelta(days=10)) is None


def test_deliveries_are_listed_by_state_newest_first(outbox: tuple[DeliveryStore, Put]) -> None:
    store, put = outbox
    put([a_message(1), a_message(2), a_message(3)])
    store.note(replace(leased(store), state=DeliveryState.DELIVERED), LATER)
    store.note(replace(leased(store), state=DeliveryState.GIVEN_UP), LATER)
    assert [each.order_number for each in store.newest()] == ["GD3", "GD2", "GD1"]
    assert [each.order_number for each in store.newest(limit=1)] == ["GD3"]
    assert [each.order_number for each in store.newest((DeliveryState.GIVEN_UP, DeliveryState.WAITING))] == ["GD3", "GD2"]


def test_those_given_up_can_be_tried_again(outbox: tuple[DeliveryStore, Put]) -> None:
    store, put = outbox
    put([a_message(1), a_message(2)])
    store.note(replace(leased(store), state=DeliveryState.GIVEN_UP, attempts=7), LATER)
    store.note(replace(leased(store), state=DeliveryState.DELIVERED, attempts=1), LATER)
    assert store.retry_given_up(MUCH_LATER) == 1
    again = store.lease(MUCH_LATER, MUCH_LATER + timedelta(minutes=1))
    assert again is not None
    assert (again.order_number, again.attempts, again.state) == ("GD1", 0, DeliveryState.WAITING)


def test_only_what_ended_long_ago_is_forgotten(outbox: tuple[DeliveryStore, Put]) -> None:
    store, put = outbox
    put([a_message(1), a_message(2), a_message(3)])
    store.note(replace(leased(store), state=DeliveryState.DELIVERED), LATER)
    store.note(replace(leased(store), state=DeliveryState.DELIVERED), MUCH_LATER)
    assert store.forget(MUCH_LATER) == 1
    assert [each.order_number for each in store.newest()] == ["GD3", "GD2"]


def test_every_change_of_an_order_puts_one_message_per_address_beside_it(engine: Engine) -> None:
    orders = SqlWorkOrderStore(engine, order_messages((URL, OTHER_URL), load_webhook_rules()))
    order = an_order()
    orders.add(order)
    dispatched = (*order.history, a_move(OrderAction.DISPATCH, OrderState.DISPATCHED))
    orders.save(replace(order, version=2, state=OrderState.DISPATCHED, history=dispatched))
    deliveries = SqlDeliveryStore(engine).newest()
    assert [(each.message_id, each.url) for each in reversed(deliveries)] == [
        ("msg_GD20261123-00001-1", URL),
        ("msg_GD20261123-00001-1", OTHER_URL),
        ("msg_GD20261123-00001-2", URL),
        ("msg_GD20261123-00001-2", OTHER_URL),
    ]


def test_a_change_that_is_refused_announces_nothing(engine: Engine) -> None:
    orders = SqlWorkOrderStore(engine, order_messages((URL,), load_webhook_rules()))
    orders.add(an_order())
    with pytest.raises(OrderChanged):
        orders.save(an_order(fields={"version": 3}))
    assert len(SqlDeliveryStore(engine).newest()) == 1


def test_where_the_message_cannot_be_kept_the_order_is_not_kept_either(engine: Engine) -> None:
    def fails(_order: object) -> Sequence[OutgoingMessage]:
        raise RuntimeError("不能保存")

    with pytest.raises(RuntimeError, match="不能保存"):
        SqlWorkOrderStore(engine, fails).add(an_order())
    with engine.connect() as connection:
        counts = [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() for table in ("work_orders", "order_moves")]  # noqa: S608 - fixed names
    assert counts == [0, 0]


def test_every_move_has_a_row_that_can_be_counted(engine: Engine) -> None:
    orders, order = SqlWorkOrderStore(engine), an_order()
    orders.add(order)
    history = (*order.history, a_move(OrderAction.DISPATCH, OrderState.DISPATCHED), a_move(OrderAction.SEND_BACK, reason="不归\x00我们管"))
    orders.save(replace(order, version=2, history=history[:2]))
    orders.save(replace(order, version=3, history=history))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT position, action, reason FROM order_moves ORDER BY position")).all()
    assert [tuple(row) for row in rows] == [(0, "submit", ""), (1, "dispatch", ""), (2, "send_back", "不归我们管")]
