"""What the stores of subscribers and of untold policy changes promise, and that the outbox is filled together with what it tells of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

import assistant.adapters.sql as stores
from assistant.adapters.sql import (
    SqlDeliveryStore,
    SqlHandoffStore,
    SqlPolicyChangeStore,
    SqlSubscriberStore,
    SqlWorkOrderStore,
    note_policy_change,
    prepare_conversations,
)
from assistant.handoff.errors import HandoffChanged
from assistant.hotline.errors import OrderChanged
from assistant.hotline.webhook_deliveries import DeliveryStore
from assistant.hotline.webhook_events import WebhookEvent, handoff_events, order_events, policy_event
from assistant.hotline.webhook_messages import OutgoingMessage
from assistant.hotline.webhook_rules import load_webhook_rules
from assistant.hotline.webhook_subscribers import SubscriberStore, WebhookSubscriber
from knowledge_base.adapters.sql import SqlDocumentStore, open_records
from knowledge_base.errors import RevisionConflict
from tests.conftest import STORE_KINDS
from tests.contracts.test_handoff_store import a_handoff
from tests.factories import a_revision
from tests.fakes.delivery_store import MemoryDeliveryStore
from tests.fakes.subscriber_store import MemorySubscriberStore
from tests.hotline_factories import an_order

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> SubscriberStore:
    if request.param == "memory":
        return MemorySubscriberStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return SqlSubscriberStore(engine)


@pytest.fixture(params=STORE_KINDS)
def outbox(request: pytest.FixtureRequest) -> DeliveryStore:
    if request.param == "memory":
        return MemoryDeliveryStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return SqlDeliveryStore(engine)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return engine


def a_subscriber(subscriber_id: str = "s-1", *events: WebhookEvent, **fields: object) -> WebhookSubscriber:
    wanted = frozenset(events or WebhookEvent)
    subscriber = WebhookSubscriber(subscriber_id, "平台", "https://one.example/hook", wanted, "sealed", True, NOON, "admin")
    return replace(subscriber, **fields)  # type: ignore[arg-type]


def a_message(number: int, subscriber_id: str = "", url: str = "https://one.example/hook") -> OutgoingMessage:
    return OutgoingMessage(f"msg_{number}", url, "", '{"type":"ping"}', NOON + timedelta(seconds=number), subscriber_id)


def told(engine: Engine) -> list[tuple[str, str]]:
    """(subscriber, type) of what waits in the outbox, oldest first."""
    return [(delivery.subscriber_id, delivery.kind) for delivery in reversed(SqlDeliveryStore(engine).newest())]


def test_a_subscriber_comes_back_as_it_was_and_can_be_replaced(store: SubscriberStore) -> None:
    store.save(a_subscriber())
    assert store.get("s-1") == a_subscriber()
    changed = a_subscriber("s-1", WebhookEvent.HANDOFF, enabled=False, url="https://two.example/hook")
    store.save(changed)
    assert store.all() == (changed,)


def test_the_oldest_comes_first_and_one_removed_is_gone(store: SubscriberStore) -> None:
    store.save(a_subscriber("s-2", created_at=NOON + timedelta(minutes=1)))
    store.save(a_subscriber("s-1"))
    assert [each.id for each in store.all()] == ["s-1", "s-2"]
    store.remove("s-1")
    store.remove("nothing")
    assert ([each.id for each in store.all()], store.get("s-1"), store.get("\x00")) == (["s-2"], None, None)


def test_deliveries_are_found_by_subscriber(outbox: DeliveryStore) -> None:
    outbox.put([a_message(1, "s-1"), a_message(1, "s-2"), a_message(1)])
    assert [each.subscriber_id for each in outbox.newest((), 50, "s-2")] == ["s-2"]
    assert len(outbox.newest()) == 3


def test_what_else_waits_for_a_lost_receiver_waits_too_and_nothing_else_does(outbox: DeliveryStore) -> None:
    outbox.put([a_message(1, "s-1"), a_message(2, "s-1", "https://moved.example/hook"), a_message(3, "s-2"), a_message(4)])
    first = outbox.lease(LATER, LATER + timedelta(minutes=1))
    assert first is not None
    outbox.hold_back(first, LATER + timedelta(hours=1))
    waiting = {each.message_id: each.next_attempt_at for each in outbox.newest()}
    assert waiting["msg_2"] == LATER + timedelta(hours=1)
    assert (waiting["msg_3"], waiting["msg_4"]) == (NOON + timedelta(seconds=3), NOON + timedelta(seconds=4))


def test_once_a_receiver_is_back_what_was_only_held_back_is_due(outbox: DeliveryStore) -> None:
    outbox.put([a_message(1, "s-1"), a_message(2, "s-1"), a_message(3, "s-2")])
    first = outbox.lease(LATER, LATER + timedelta(minutes=1))
    assert first is not None
    tried = replace(first, attempts=1, next_attempt_at=LATER + timedelta(hours=6))
    outbox.note(tried, LATER)
    outbox.hold_back(tried, tried.next_attempt_at)
    outbox.bring_forward(tried, LATER)
    waiting = {each.message_id: each.next_attempt_at for each in outbox.newest()}
    assert waiting == {"msg_1": tried.next_attempt_at, "msg_2": LATER, "msg_3": NOON + timedelta(seconds=3)}


def test_an_order_is_told_to_those_who_want_orders(engine: Engine) -> None:
    subscribers = SqlSubscriberStore(engine)
    subscribers.save(a_subscriber("s-1", WebhookEvent.WORK_ORDER))
    subscribers.save(a_subscriber("s-2", WebhookEvent.POLICY_PUBLISHED))
    subscribers.save(a_subscriber("s-3", WebhookEvent.WORK_ORDER, enabled=False))
    orders = SqlWorkOrderStore(engine, events=order_events(load_webhook_rules()))
    orders.add(an_order())
    assert told(engine) == [("s-1", "work_order.submit")]
    with pytest.raises(OrderChanged):
        orders.save(replace(an_order(), version=7))
    assert len(told(engine)) == 1
    assert SqlDeliveryStore(engine).newest()[0].order_number == an_order().number


def test_a_hand_over_is_told_once_and_only_where_it_was_added(engine: Engine) -> None:
    SqlSubscriberStore(engine).save(a_subscriber("s-1", WebhookEvent.HANDOFF))
    handoffs = SqlHandoffStore(engine, handoff_events)
    handoffs.add(a_handoff())
    with pytest.raises(HandoffChanged):
        handoffs.add(a_handoff("h-2"))
    assert told(engine) == [("s-1", "handoff.requested")]


def test_a_changed_policy_is_noted_where_somebody_wants_to_hear_of_policies(engine: Engine) -> None:
    documents, changes = SqlDocumentStore(engine, note_policy_change), SqlPolicyChangeStore(engine)
    documents.add(a_revision("d-1"))
    SqlSubscriberStore(engine).save(a_subscriber("s-1", WebhookEvent.POLICY_REPEALED))
    documents.add(a_revision("d-2"))
    with pytest.raises(RevisionConflict):
        documents.add(a_revision("d-2"))
    assert [(change.document_id, change.number) for change in changes.waiting(0, 10)] == [("d-2", 1)]


def test_a_change_is_settled_once(engine: Engine) -> None:
    SqlSubscriberStore(engine).save(a_subscriber("s-1"))
    documents, changes = SqlDocumentStore(engine, note_policy_change), SqlPolicyChangeStore(engine)
    documents.add(a_revision("d-1"))
    (change,) = changes.waiting(0, 10)
    message = policy_event(a_revision("d-1"))
    assert [changes.settle(change, message), changes.settle(change, message)] == [True, False]
    assert told(engine) == [("s-1", "policy.published")]
    assert changes.waiting(0, 10) == ()


def test_numbers_of_changes_are_never_given_twice(engine: Engine) -> None:
    SqlSubscriberStore(engine).save(a_subscriber("s-1"))
    documents, changes = SqlDocumentStore(engine, note_policy_change), SqlPolicyChangeStore(engine)
    documents.add(a_revision("d-1"))
    (first,) = changes.waiting(0, 10)
    changes.settle(first, None)
    documents.add(a_revision("d-2"))
    (second,) = changes.waiting(0, 10)
    assert second.ordinal > first.ordinal
    assert changes.waiting(second.ordinal, 10) == ()


@pytest.mark.parametrize("kind", ENGINES)
def test_what_waited_before_the_upgrade_still_goes_to_the_address_of_the_settings(request: pytest.FixtureRequest, kind: str) -> None:
    engine = open_records(request.getfixturevalue(f"{kind}_url"))
    config = Config()
    config.set_main_option("script_location", str(Path(stores.__file__).parent / "migrations"))
    with engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "v0007")
        connection.execute(
            text(
                "INSERT INTO webhook_deliveries (message_id, url, order_number, body, state, attempts, created_at, next_attempt_at, "
                "last_outcome) VALUES ('msg_GD1-1', 'https://one.example/hook', 'GD1', '{}', 'waiting', 2, '2026-11-22 04:00:00', "
                "'2026-11-22 04:00:00', '连接不上对方')"
            )
        )
    prepare_conversations(engine)
    waiting = SqlDeliveryStore(engine).lease(LATER, LATER)
    engine.dispose()
    assert waiting is not None
    assert (waiting.message_id, waiting.url, waiting.attempts, waiting.subscriber_id) == ("msg_GD1-1", "https://one.example/hook", 2, "")
