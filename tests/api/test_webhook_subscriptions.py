"""From something that happens to a signed message at a real receiver, through the guard, on real SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook

from api.access.models import Role
from api.container import Container, build_container
from api.settings import Settings
from assistant.hotline.webhook_deliveries import DeliveryState, WebhookDelivery
from assistant.hotline.webhook_events import WebhookEvent
from assistant.hotline.webhook_subscribers import InvalidSubscriber, NewSubscriber
from knowledge_base.models import ChangeKind
from tests.acceptance.webhook_receiver import Receiver, a_receiver
from tests.factories import a_revision
from tests.fakes.containers import a_container
from tests.moving_clock import MovingClock
from tests.staff_clients import a_staff_client, a_staff_member

TODAY = date(2026, 11, 22)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as receiver:
        yield receiver


@dataclass
class Place:
    """An installation whose guard lets through to `receiver`, and to nothing else here."""

    container: Container
    clock: MovingClock
    receiver: Receiver

    def subscribe(self, *events: WebhookEvent, url: str = "") -> NewSubscriber:
        return self.container.subscribers.create("平台", url or self.receiver.address, events or tuple(WebhookEvent), by="admin")

    def deliver(self) -> int:
        assert self.container.announcer is not None
        assert self.container.courier is not None
        self.container.announcer.announce_due()
        return self.container.courier.deliver_due()

    def received(self) -> list[Any]:
        return [json.loads(body) for body in self.receiver.bodies]

    def the_delivery(self) -> WebhookDelivery:
        (delivery,) = self.container.deliveries.newest()
        return delivery


@pytest.fixture
def place(tmp_path: Path, receiver: Receiver) -> Place:
    clock = MovingClock()
    port = receiver.address.split(":")[2].partition("/")[0]
    settings = Settings(_env_file=None, home=tmp_path / "home", webhook_allow=f"127.0.0.1:{port}")
    return Place(build_container(settings, clock), clock, receiver)


def test_a_published_policy_arrives_signed(place: Place) -> None:
    made = place.subscribe(WebhookEvent.POLICY_PUBLISHED)
    place.container.documents.add(a_revision("d-1", by="王编辑", reason="内部原因", at=place.clock()))
    assert place.deliver() == 1
    headers = dict(line.split(": ", 1) for line in place.receiver.headings[0].decode().splitlines() if ": " in line)
    signed = Webhook(made.secret).sign(headers["webhook-id"], place.clock(), place.receiver.bodies[0].decode())
    assert headers["webhook-signature"] == signed
    (message,) = place.received()
    assert (message["type"], message["data"]["document_id"], message["data"]["title"]) == (
        "policy.published",
        "d-1",
        "示范市居住证管理办法",
    )
    assert not {"王编辑", "内部原因"} & set(place.receiver.bodies[0].decode().split('"'))


def test_each_hears_only_of_what_it_wants(place: Place) -> None:
    place.subscribe(WebhookEvent.POLICY_REPEALED)
    place.container.documents.add(a_revision("d-1"))
    place.container.documents.add(a_revision("d-1", number=2, kind=ChangeKind.REPEAL, repealed_on=TODAY))
    place.deliver()
    assert [(message["type"], message["data"]["repealed_on"]) for message in place.received()] == [("policy.repealed", "2026-11-22")]


def test_what_waits_for_its_day_of_release_is_told_on_that_day(place: Place) -> None:
    place.subscribe()
    place.container.documents.add(a_revision("d-1", release_on=TODAY + timedelta(days=2)))
    place.deliver()
    assert place.received() == []
    place.clock.forward(days=2)
    place.deliver()
    assert [message["data"]["document_id"] for message in place.received()] == ["d-1"]


def test_a_day_of_release_that_is_put_off_is_waited_for(place: Place) -> None:
    place.subscribe()
    place.container.documents.add(a_revision("d-1", release_on=TODAY + timedelta(days=2)))
    place.container.documents.add(a_revision("d-1", number=2, kind=ChangeKind.CORRECT, release_on=TODAY + timedelta(days=9)))
    place.clock.forward(days=3)
    place.deliver()
    assert place.received() == []


def test_a_repeal_is_told_at_once_of_the_text_that_is_shown_although_another_waits(place: Place) -> None:
    place.container.documents.add(a_revision("d-1"))
    place.subscribe()
    later = {"edition": 2, "title": "尚未公开的标题", "release_on": TODAY + timedelta(days=30)}
    place.container.documents.add(a_revision("d-1", number=2, kind=ChangeKind.AMEND, **later))  # type: ignore[arg-type]  # as above
    place.container.documents.add(a_revision("d-1", number=3, kind=ChangeKind.REPEAL, repealed_on=TODAY, **later))  # type: ignore[arg-type]
    place.deliver()
    (message,) = place.received()
    assert (message["type"], message["data"]["edition"], message["data"]["repealed_on"]) == ("policy.repealed", 1, "2026-11-22")
    assert "尚未公开" not in str(message)


def test_a_message_to_try_it_out_arrives_and_stands_in_the_list(place: Place) -> None:
    made = place.subscribe(WebhookEvent.HANDOFF)
    place.container.subscribers.test(made.subscriber.id)
    assert place.deliver() == 1
    (delivery,) = place.container.subscribers.sent_to(made.subscriber.id)
    assert (delivery.kind, delivery.state, delivery.last_outcome) == ("ping", DeliveryState.DELIVERED, "已送达")


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/hook", "http://127.0.0.1:1/hook", "ftp://one.example/", "https://u:p@one.example/", "https://[::1]/", "一", ""]
)
def test_an_address_that_must_not_be_reached_cannot_be_entered(place: Place, url: str) -> None:
    with pytest.raises(InvalidSubscriber, match="这个地址不能接收通知"):
        place.container.subscribers.create("平台", url, tuple(WebhookEvent), by="admin")


def test_a_name_that_leads_inside_is_found_out_when_it_is_connected_to(place: Place) -> None:
    made = place.subscribe(url="http://localhost/hook")
    place.container.subscribers.test(made.subscriber.id)
    assert place.deliver() == 0
    assert (place.the_delivery().state, "没有发送" in place.the_delivery().last_outcome) == (DeliveryState.WAITING, True)


def test_a_lost_receiver_delays_nobody_else(place: Place) -> None:
    lost = place.subscribe(url="http://localhost/hook")
    found = place.subscribe()
    for _ in range(3):
        place.container.subscribers.test(lost.subscriber.id)
        place.clock.forward(seconds=1)
    place.container.subscribers.test(found.subscriber.id)
    assert place.deliver() == 1
    assert sorted(delivery.attempts for delivery in place.container.subscribers.sent_to(lost.subscriber.id)) == [0, 0, 1]


def test_a_receiver_that_is_back_gets_what_it_missed_at_once(place: Place) -> None:
    made = place.subscribe(url="http://localhost/hook")
    for _ in range(3):
        place.container.subscribers.test(made.subscriber.id)
        place.clock.forward(seconds=1)
    place.deliver()
    place.container.subscribers.change(made.subscriber.id, "平台", place.receiver.address, tuple(WebhookEvent))
    place.clock.forward(seconds=5)
    assert place.deliver() == 3


@pytest.mark.parametrize("removed", [True, False])
def test_nothing_goes_to_one_that_was_removed_or_switched_off(place: Place, removed: bool) -> None:
    made = place.subscribe()
    place.container.subscribers.test(made.subscriber.id)
    if removed:
        place.container.subscribers.remove(made.subscriber.id)
    else:
        place.container.subscribers.enable(made.subscriber.id, False)
    assert place.deliver() == 0
    assert (place.the_delivery().state, place.the_delivery().last_outcome) == (DeliveryState.GIVEN_UP, "订阅已停用或删除")
    assert place.receiver.bodies == []


def test_a_renewed_secret_signs_what_waits(place: Place) -> None:
    made = place.subscribe()
    place.container.subscribers.test(made.subscriber.id)
    renewed = place.container.subscribers.renew_secret(made.subscriber.id).secret
    place.deliver()
    headers = dict(line.split(": ", 1) for line in place.receiver.headings[0].decode().splitlines() if ": " in line)
    signed = {
        secret: Webhook(secret).sign(headers["webhook-id"], place.clock(), place.receiver.bodies[0].decode())
        for secret in (made.secret, renewed)
    }
    assert (headers["webhook-signature"] == signed[renewed], headers["webhook-signature"] == signed[made.secret]) == (True, False)


def test_secrets_are_sealed_in_the_records(place: Place) -> None:
    made = place.subscribe()
    files = [path.read_bytes() for path in place.container.settings.home.rglob("*") if path.is_file()]
    assert not any(made.secret.encode() in content for content in files)


def test_a_secret_that_cannot_be_opened_is_said_so_and_stops_nothing(place: Place) -> None:
    made = place.subscribe()
    place.container.subscribers.store.save(replace(made.subscriber, sealed_secret="broken"))
    place.container.subscribers.test(made.subscriber.id)
    assert place.deliver() == 0
    assert "签名密钥读不出来" in place.the_delivery().last_outcome


@pytest.fixture
def console() -> Container:
    return a_container()


@pytest.fixture
def admin(console: Container) -> TestClient:
    return a_staff_client(console, a_staff_member(console, Role.ADMINISTRATOR, name="admin"))


FORM = {"name": "市级工单平台", "url": "https://one.example/hook", "events": ["work_order", "policy.repealed"]}


def created(console: Container, admin: TestClient) -> str:
    admin.post("/admin/webhooks", data=FORM)
    (subscriber,) = console.subscribers.all()
    return f"/admin/webhooks/{subscriber.id}"


def test_the_page_shows_the_secret_exactly_once(console: Container, admin: TestClient) -> None:
    page = admin.post("/admin/webhooks", data=FORM)
    (subscriber,) = console.subscribers.all()
    secret = console.subscribers.seal.open_text(subscriber.sealed_secret)
    assert (secret in page.text, page.headers["cache-control"]) == (True, "no-store")
    assert secret not in admin.get(f"/admin/webhooks/{subscriber.id}").text + admin.get("/admin/webhooks").text
    assert "政策废止、恢复；工单状态变更" in admin.get("/admin/webhooks").text
    (event, *_) = console.audit.events()
    assert (event.action, event.subject, secret in event.after) == ("webhook_created", subscriber.id, False)


def test_a_key_in_an_address_is_shown_to_those_who_may_change_it_and_stands_in_no_record(console: Container, admin: TestClient) -> None:
    admin.post("/admin/webhooks", data=FORM | {"url": "https://one.example/hook?access_token=sesame"})
    (subscriber,) = console.subscribers.all()
    auditor = a_staff_client(console, a_staff_member(console, Role.AUDITOR, name="auditor"))
    for page in ("/admin/webhooks", f"/admin/webhooks/{subscriber.id}"):
        assert ("https://one.example/hook?…" in auditor.get(page).text, "sesame" in auditor.get(page).text) == (True, False)
    assert "sesame" in admin.get(f"/admin/webhooks/{subscriber.id}").text
    assert not [event for event in console.audit.events() if "sesame" in f"{event.before}{event.after}"]


@pytest.mark.parametrize(
    ("change", "words"),
    [({"name": ""}, "请填写名称"), ({"url": "http://one.example"}, "这个地址不能接收通知"), ({"events": []}, "请至少选择一种事件")],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(admin: TestClient, change: dict[str, Any], words: str) -> None:
    page = admin.post("/admin/webhooks", data=FORM | change)
    assert (page.status_code, words in page.text) == (422, True)
    assert str((FORM | change)["url"]) in page.text


def test_every_act_on_a_subscriber_is_done_and_on_record(console: Container, admin: TestClient) -> None:
    page = created(console, admin)
    acts = ["test", "retry", "disable", "enable"]
    assert [admin.post(f"{page}/{act}").status_code for act in acts] == [303] * 4
    assert admin.post(f"{page}/secret").headers["cache-control"] == "no-store"
    assert admin.post(page, data=FORM | {"name": "省级平台"}).status_code == 303
    assert "省级平台" in admin.get(page).text
    assert "ping" in admin.get(page).text
    assert "等待发送" in admin.get("/admin/webhooks").text
    assert admin.post(f"{page}/remove").status_code == 303
    assert console.subscribers.all() == ()
    assert [event.action for event in reversed(console.audit.events()) if event.action.startswith("webhook_")] == [
        "webhook_created",
        "webhook_tested",
        "webhook_retried",
        "webhook_disabled",
        "webhook_enabled",
        "webhook_secret_renewed",
        "webhook_changed",
        "webhook_removed",
    ]


def test_a_subscriber_that_is_not_there_is_a_page_not_found(admin: TestClient) -> None:
    assert admin.get("/admin/webhooks/nothing").status_code == 404
    assert {admin.post(f"/admin/webhooks/nothing{act}").status_code for act in ("", "/test", "/secret", "/remove", "/enable")} == {404}
