"""Webhooks over real HTTP: signed, repeated until they arrive or are given up, never with a caller's contact."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from standardwebhooks import Webhook

from assistant.adapters.hotline.webhook_sender import SignedSender
from assistant.hotline.models import OrderAction, OrderState, WorkOrder
from assistant.hotline.webhook_deliveries import DeliveryState, DeliveryStore, WebhookCourier, WebhookDelivery
from assistant.hotline.webhook_events import order_messages
from assistant.hotline.webhook_messages import event_of
from assistant.hotline.webhook_rules import WebhookRules, load_webhook_rules
from tests.fakes.delivery_store import MemoryDeliveryStore
from tests.hotline_factories import A_CONTACT, a_caller, a_move, an_order, some_content

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
RULES = load_webhook_rules()


@dataclass
class Receiver:
    """A web server that answers with `answers`, one after the other and the last for ever, and keeps what it was sent."""

    answers: list[int]
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    redirected: int = 0

    def next_answer(self) -> int:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Turning:
    """A clock the test moves on. It begins at the real moment, because receivers check the age of a message."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    state = Receiver([204])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != "/hook":
                state.redirected += 1
            state.got.append((dict(self.headers.items()), body))
            self.send_response(state.next_answer())
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def clock() -> Turning:
    return Turning()


@pytest.fixture
def store() -> MemoryDeliveryStore:
    return MemoryDeliveryStore()


def a_new_order(clock: Turning) -> WorkOrder:
    return an_order(fields={"history": (a_move(at=clock.now),)})


def a_courier(store: DeliveryStore, url: str, clock: Turning, rules: WebhookRules = RULES, secret: str = SECRET) -> WebhookCourier:
    return WebhookCourier(store, SignedSender(secret, rules), frozenset({url}), rules, clock)


def put(store: MemoryDeliveryStore, url: str, clock: Turning, order: WorkOrder | None = None) -> None:
    store.put(order_messages((url,), RULES)(order or a_new_order(clock)))


def the_delivery(store: DeliveryStore) -> WebhookDelivery:
    (delivery,) = store.newest()
    return delivery


def test_a_receiver_that_fails_twice_gets_the_message_the_third_time(
    receiver: Receiver, store: MemoryDeliveryStore, clock: Turning
) -> None:
    receiver.answers = [500, 503, 204]
    put(store, receiver.url, clock)
    courier = a_courier(store, receiver.url, clock)
    assert courier.deliver_due() == 0
    assert the_delivery(store).last_outcome == "对方返回状态码 500"
    assert courier.deliver_due() == 0
    assert len(receiver.got) == 1
    clock.wait(RULES.waits_s[0])
    assert courier.deliver_due() == 0
    clock.wait(RULES.waits_s[1])
    assert courier.deliver_due() == 1
    assert (the_delivery(store).state, the_delivery(store).attempts) == (DeliveryState.DELIVERED, 3)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_the_receiver_can_check_the_signature_with_the_library(receiver: Receiver, store: MemoryDeliveryStore, clock: Turning) -> None:
    put(store, receiver.url, clock)
    a_courier(store, receiver.url, clock).deliver_due()
    ((headers, body),) = receiver.got
    event = Webhook(SECRET).verify(body, headers)
    assert (event["type"], event["data"]["number"], event["data"]["state_label"]) == ("work_order.submit", "GD20261123-00001", "已受理")
    assert headers["Content-Type"] == "application/json"


def test_a_changed_body_does_not_pass(receiver: Receiver, store: MemoryDeliveryStore, clock: Turning) -> None:
    put(store, receiver.url, clock)
    a_courier(store, receiver.url, clock).deliver_due()
    ((headers, body),) = receiver.got
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(body.replace(b"00001", b"00002"), headers)


def test_after_the_last_wait_it_is_given_up_and_can_be_tried_again(receiver: Receiver, store: MemoryDeliveryStore, clock: Turning) -> None:
    receiver.answers = [500]
    put(store, receiver.url, clock)
    courier = a_courier(store, receiver.url, clock)
    for wait in (*RULES.waits_s, 10**7):
        assert the_delivery(store).state is DeliveryState.WAITING
        courier.deliver_due()
        clock.wait(wait)
    assert (the_delivery(store).state, the_delivery(store).attempts) == (DeliveryState.GIVEN_UP, len(RULES.waits_s) + 1)
    assert courier.deliver_due() == 0
    receiver.answers = [200]
    store.retry_given_up(clock())
    assert courier.deliver_due() == 1


def test_a_receiver_that_is_gone_for_good_is_not_asked_again(receiver: Receiver, store: MemoryDeliveryStore, clock: Turning) -> None:
    receiver.answers = [410]
    put(store, receiver.url, clock)
    a_courier(store, receiver.url, clock).deliver_due()
    assert the_delivery(store).state is DeliveryState.GIVEN_UP
    assert "410" in the_delivery(store).last_outcome


def test_a_redirect_is_not_followed(receiver: Receiver, store: MemoryDeliveryStore, clock: Turning) -> None:
    receiver.answers = [307]
    put(store, receiver.url, clock)
    assert a_courier(store, receiver.url, clock).deliver_due() == 0
    assert receiver.redirected == 0


def test_an_address_nobody_listens_at_is_tried_again_later(receiver: Receiver, store: MemoryDeliveryStore, clock: Turning) -> None:
    url = "http://127.0.0.1:9/hook"
    put(store, url, clock)
    put(store, receiver.url, clock)
    courier = WebhookCourier(store, SignedSender(SECRET, RULES), frozenset({url, receiver.url}), RULES, clock)
    assert courier.deliver_due() == 1
    assert store.newest((DeliveryState.WAITING,))[0].last_outcome == "连接不上对方"


def test_a_receiver_that_never_answers_is_left_after_the_time_limit(clock: Turning, store: MemoryDeliveryStore) -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    put(store, "http://slow.example/", clock)
    sender = SignedSender(SECRET, RULES, httpx.MockTransport(never))
    WebhookCourier(store, sender, frozenset({"http://slow.example/"}), RULES, clock).deliver_due()
    assert the_delivery(store).last_outcome == "对方没有在规定时间内回应"


def test_an_address_taken_out_of_the_settings_gets_nothing_more(receiver: Receiver, store: MemoryDeliveryStore, clock: Turning) -> None:
    put(store, receiver.url, clock)
    WebhookCourier(store, SignedSender(SECRET, RULES), frozenset(), RULES, clock).deliver_due()
    assert receiver.got == []
    assert the_delivery(store).state is DeliveryState.GIVEN_UP
    assert "ZHENGWEN_WEBHOOK_URLS" in the_delivery(store).last_outcome


def test_two_processes_at_once_send_each_message_once(receiver: Receiver, store: MemoryDeliveryStore, clock: Turning) -> None:
    for number in range(10):
        order = replace(a_new_order(clock), number=f"GD{number}")
        put(store, receiver.url, clock, order)
    couriers = [a_courier(store, receiver.url, clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(WebhookCourier.deliver_due, couriers)) == 10
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == len(receiver.got) == 10


def test_one_run_ends_though_more_is_waiting(receiver: Receiver, store: MemoryDeliveryStore, clock: Turning) -> None:
    for number in range(3):
        put(store, receiver.url, clock, replace(a_new_order(clock), number=f"GD{number}"))
    assert a_courier(store, receiver.url, clock, replace(RULES, per_run=2)).deliver_due() == 2


def test_nothing_of_the_caller_is_in_a_message() -> None:
    order = an_order(caller=a_caller(name="王**", sealed="sealed-1", phone_digest="digest-1"), fields={"lookup_digest": "digest-2"})
    body = json.dumps(event_of(order), ensure_ascii=False)
    secrets = ("王**", "138****5678", "sealed-1", "digest-1", "digest-2", A_CONTACT.phone, A_CONTACT.name, "caller")
    assert not any(secret in body for secret in secrets)


def test_a_message_says_what_the_newest_move_was_and_why() -> None:
    moves = (a_move(), a_move(OrderAction.SEND_BACK, reason="不属于本单位职责"))
    event = event_of(an_order(content=some_content(co_department_ids=("dept-b",)), fields={"history": moves, "version": 2}))
    assert (event["type"], event["data"]["reason"], event["data"]["version"]) == ("work_order.send_back", "不属于本单位职责", 2)
    assert event["data"]["co_department_ids"] == ["dept-b"]
    assert datetime.fromisoformat(event["timestamp"]) == moves[-1].at


@pytest.mark.parametrize("action", list(OrderAction))
def test_every_move_is_told_except_those_kept_inside(action: OrderAction) -> None:
    messages = order_messages(("http://a.example/", "http://b.example/"), RULES)
    order = an_order(fields={"history": (a_move(action, OrderState.IN_PROGRESS),)})
    assert len(messages(order)) == (0 if action in RULES.kept_inside else 2)


def test_without_addresses_there_are_no_messages() -> None:
    assert order_messages((), RULES)(an_order()) == ()


def test_every_rule_of_the_file_makes_sense_together() -> None:
    assert OrderAction.OPEN_CONTACT in RULES.kept_inside
    assert list(RULES.waits_s) == sorted(RULES.waits_s)
    # Connecting, sending and answering may each take the whole limit; the lease must outlast them.
    assert RULES.lease_s > 3 * RULES.timeout_s
    assert RULES.per_run > 0
    assert RULES.kept_days > 0
    assert RULES.outcomes.refused.format(status=500) == "对方返回状态码 500"
    assert all(getattr(RULES.outcomes, name) for name in RULES.outcomes.__slots__)


def test_a_message_id_can_be_signed() -> None:
    (message,) = order_messages(("http://a.example/",), RULES)(an_order())
    assert "." not in message.id


@pytest.mark.parametrize("state", list(DeliveryState))
def test_every_state_of_a_delivery_has_a_name(state: DeliveryState) -> None:
    assert state.label
