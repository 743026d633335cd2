"""人工服务 as a browser without JavaScript gets it, on both sides; what passes as events; and the same for programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser as Page

from api.access.models import Role
from api.app import create_app
from api.container import Container
from api.handoff_events import Shown, _events
from api.visitor import VISITOR_COOKIE
from assistant.answer_status import AnswerStatus
from assistant.handoff.models import HandoffState
from assistant.hotline.models import Satisfaction
from tests.factories import an_answer
from tests.fakes.containers import NOW, a_container
from tests.staff_clients import a_staff_client, a_staff_member

WANTS_PERSON = {"转人工": replace(an_answer(AnswerStatus.HANDOFF_REQUESTED), offers_person=True)}
NO_EVIDENCE = {"月球": replace(an_answer(AnswerStatus.NO_EVIDENCE), offers_person=True)}


class Clock:
    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def a_citizen(container: Container) -> TestClient:
    return TestClient(create_app(container), follow_redirects=False)


def page_of(client: TestClient, address: str, status: int = 200) -> Page:
    response = client.get(address, headers={"Accept": "text/html"})
    assert response.status_code == status
    return Page(response.text)


def ask(client: TestClient, message: str = "月球居民怎么办？") -> str:
    """Where the browser is led."""
    response = client.post("/ask", data={"message": message})
    assert response.status_code == 303
    location: str = response.headers["location"]
    return location


def hand_over(client: TestClient, message: str = "月球居民怎么办？") -> str:
    """The address of the hand-over page."""
    form = page_of(client, ask(client, message)).css_first("form[action$='/handoff']")
    location: str = client.post(form.attributes["action"]).headers["location"]
    return location


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams look again at once."""
    monkeypatch.setattr("api.handoff_events.POLL_S", 0.01)


@pytest.fixture
def container() -> Container:
    return a_container(answers=WANTS_PERSON | NO_EVIDENCE)


@pytest.fixture
def citizen(container: Container) -> TestClient:
    return a_citizen(container)


@pytest.fixture
def operator(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.OPERATOR, name="li.si", display_name="李四"))


def claim(operator: TestClient, address: str) -> None:
    form = page_of(operator, "/desk" + address).css_first("form[action$='/claim']")
    version = form.css_first("input[name=version]").attributes["value"]
    assert operator.post(form.attributes["action"], data={"version": version}).status_code == 303


def close(operator: TestClient, address: str) -> None:
    form = page_of(operator, "/desk" + address).css_first("form[action$='/close']")
    version = form.css_first("input[name=version]").attributes["value"]
    assert operator.post(form.attributes["action"], data={"version": version}).status_code == 303


def test_an_ending_that_offers_a_person_has_the_way_to_one_and_to_a_request(citizen: TestClient) -> None:
    page = page_of(citizen, ask(citizen))
    assert page.css_first(".ways form[action='/answers/a-1/handoff'] button").text() == "转人工"
    assert page.css_first(".ways a[href='/requests/new?answer=a-1']").text() == "登记诉求"
    assert len([button for button in page.css("button") if button.text() == "转人工"]) == 1


def test_any_other_answer_offers_a_person_beside_the_feedback(citizen: TestClient) -> None:
    page = page_of(citizen, ask(citizen, "居住证怎么办？"))
    button = next(button for button in page.css(".feedback button") if button.text() == "转人工")
    assert button.attributes["formaction"] == "/answers/a-1/handoff"


def test_asking_for_a_person_in_the_chat_leads_to_one(citizen: TestClient) -> None:
    assert ask(citizen, "转人工").startswith("/handoffs/")


def test_the_streamed_answer_says_where_the_person_is(citizen: TestClient) -> None:
    answer = citizen.post("/ask", data={"message": "转人工"}, headers={"Accept": "text/event-stream"}).text
    assert '"location":"/handoffs/' in answer
    assert "进入人工服务" in answer


def test_the_citizen_sees_the_place_in_the_queue_and_what_was_said(container: Container, citizen: TestClient) -> None:
    hand_over(a_citizen(container))
    page = page_of(citizen, hand_over(citizen))
    # The clock of the fakes stands still, so nobody came earlier.
    assert "您排在第一位" in page.css_first("[data-status]").text()
    assert "已为您转人工" in page.css_first("ol.thread").text()
    assert page.css_first("form[data-say] label").attributes["for"] == page.css_first("form[data-say] textarea").attributes["id"]


def test_pressing_the_button_twice_gives_one_hand_over(citizen: TestClient) -> None:
    ask(citizen)
    addresses = {citizen.post("/answers/a-1/handoff").headers["location"] for _ in range(2)}
    assert len(addresses) == 1


def test_the_conversation_leads_back_to_the_hand_over(citizen: TestClient) -> None:
    address = hand_over(citizen)
    page = page_of(citizen, "/?answer=a-1")
    assert page.css_first(".ways a.button--main").attributes["href"] == address
    assert page.css_first("form[action$='/handoff']") is None


def test_the_key_is_kept_out_of_reach_of_scripts_and_never_shown(citizen: TestClient) -> None:
    response = citizen.post("/ask", data={"message": "月球"})
    assert "httponly" in response.headers["set-cookie"].lower()
    address = hand_over(citizen)
    assert citizen.cookies[VISITOR_COOKIE] not in citizen.get(address).text


def test_another_browser_sees_nothing(container: Container, citizen: TestClient) -> None:
    address = hand_over(citizen)
    stranger = a_citizen(container)
    page_of(stranger, address, 404)
    assert stranger.get(address + "/events").status_code == 404
    assert stranger.post(address + "/messages", data={"text": "我是别人"}).status_code == 404
    assert stranger.post("/answers/a-1/handoff").status_code == 409


def test_conversation_from_queue_to_rating_without_javascript(container: Container, citizen: TestClient, operator: TestClient) -> None:
    address = hand_over(citizen)
    queue = page_of(operator, "/desk/handoffs")
    assert "月球居民怎么办？" in queue.css_first(".queue__item").text()
    assert "没有找到依据" in queue.css_first(".queue__item").text()
    claim(operator, address)
    assert "工作人员已接入" in page_of(citizen, address).css_first("[data-status]").text()
    operator.post(f"/desk{address}/messages", data={"text": "您好，请问您住在哪里？"})
    citizen.post(f"{address}/messages", data={"text": "明德区，电话13800138000"})
    seen = page_of(operator, "/desk" + address).css("ol.thread .said__words")
    assert [words.text() for words in seen][-2:] == ["您好，请问您住在哪里？", "明德区，电话【手机号】"]
    close(operator, address)
    rating = page_of(citizen, address).css_first("form.rating")
    assert [choice.attributes["value"] for choice in rating.css("input[name=satisfaction]")] == [step.value for step in Satisfaction]
    citizen.post(rating.attributes["action"], data={"satisfaction": "satisfied", "comment": "很快"})
    assert "满意" in page_of(citizen, address).css_first(".form-done").text()
    assert "市民评价：满意，“很快”" in page_of(operator, "/desk" + address).css_first("[data-status]").text()


def test_the_operator_reads_questions_answers_endings_and_provisions(citizen: TestClient, operator: TestClient) -> None:
    page = page_of(operator, "/desk" + hand_over(citizen))
    turn = page.css_first(".desk-turn")
    assert "月球居民怎么办？" in turn.css_first(".desk-turn__question").text()
    assert turn.css_first(".badge").text() == "没有找到依据"
    assert turn.css_first(".desk-turn__basis a").attributes["href"].startswith("/policies/d-residence")


def test_the_text_of_an_answer_is_one_press_from_the_reply(citizen: TestClient, operator: TestClient) -> None:
    address = hand_over(citizen)
    claim(operator, address)
    link = page_of(operator, "/desk" + address).css_first("[data-insert]")
    typed = page_of(operator, link.attributes["href"]).css_first("form[data-say] textarea").text()
    assert typed == link.attributes["data-insert"]
    assert "申领居住证" in typed
    assert "《示范市居住证管理办法》" in typed


def test_of_two_operators_the_later_learns_who_was_faster(container: Container, citizen: TestClient, operator: TestClient) -> None:
    address = hand_over(citizen)
    other = a_staff_client(container, a_staff_member(container, Role.OPERATOR, name="wang.wu", display_name="王五"))
    form = page_of(other, "/desk" + address).css_first("form[action$='/claim']")
    version = form.css_first("input[name=version]").attributes["value"]
    claim(operator, address)
    refused = other.post(form.attributes["action"], data={"version": version})
    assert refused.status_code == 409
    page = Page(refused.text)
    assert "li.si" in page.css_first("[role=alert]").text()
    assert "由“李四”服务" in page.css_first("[data-status]").text()
    assert page.css_first("form[data-say]") is None


def test_the_operator_can_put_it_back_or_make_an_order_of_it(citizen: TestClient, operator: TestClient) -> None:
    address = hand_over(citizen)
    claim(operator, address)
    page = page_of(operator, "/desk" + address)
    assert page.css_first(f"a[href='/desk/orders/new?handoff={address.rsplit('/', 1)[1]}']").text() == "转为工单"
    form = page.css_first("form[action$='/release']")
    operator.post(form.attributes["action"], data={"version": form.css_first("input[name=version]").attributes["value"]})
    assert "1 人等待" in page_of(operator, "/desk/handoffs").css_first("h1").text()


def test_who_waits_too_long_is_marked_for_the_operators(container: Container) -> None:
    clock = Clock()
    container = a_container(answers=NO_EVIDENCE, clock=clock)
    hand_over(a_citizen(container))
    clock.now += timedelta(minutes=4)
    operator = a_staff_client(container, a_staff_member(container, Role.OPERATOR))
    assert "已等 4 分钟（超时）" in page_of(operator, "/desk/handoffs").css_first(".queue__item--late").text()


def test_only_operators_see_the_queue(container: Container, citizen: TestClient) -> None:
    assert citizen.get("/desk/handoffs", headers={"Accept": "text/html"}).headers["location"].startswith("/sign-in")
    auditor = a_staff_client(container, a_staff_member(container, Role.AUDITOR, name="sun.qi"))
    assert auditor.get("/desk/handoffs").status_code == 403


def test_a_form_of_another_site_claims_nothing(container: Container, citizen: TestClient) -> None:
    address = hand_over(citizen)
    operator = a_staff_client(container, a_staff_member(container, Role.OPERATOR))
    operator.headers.pop("X-CSRF-Token")
    assert operator.post(f"/desk{address}/claim", data={"version": 1}).status_code == 403
    assert container.handoffs.waiting()


def test_outside_service_hours_the_citizen_gets_an_order_at_once(container: Container) -> None:
    # 2026-11-22 is a Sunday.
    container = a_container(answers=NO_EVIDENCE, service_hours="9:00-18:00")
    citizen = a_citizen(container)
    page = page_of(citizen, hand_over(citizen))
    told = page.css_first("ol.thread").text()
    assert "不在人工服务时间（工作日 9:00—18:00）" in told
    assert "GD20261122-00001" in told
    assert page.css_first("a[href='/progress']").text() == "查进度"
    assert page.css_first("form[data-say]") is None


def test_an_empty_message_is_refused_with_what_to_do(citizen: TestClient) -> None:
    address = hand_over(citizen)
    answer = citizen.post(f"{address}/messages", data={"text": "  "})
    assert answer.status_code == 422
    assert "请先写下要说的话" in Page(answer.text).css_first("[role=alert]").text()


def test_the_citizen_can_end_it(container: Container, citizen: TestClient) -> None:
    address = hand_over(citizen)
    citizen.post(f"{address}/end")
    assert container.handoffs.get(address.rsplit("/", 1)[1]).state is HandoffState.CLOSED
    late = citizen.post(f"{address}/messages", data={"text": "还在吗"}, headers={"X-Fragment": "1"})
    assert (late.status_code, "已经结束" in late.json()["detail"]) == (409, True)


def test_asking_for_persons_again_and_again_is_stopped() -> None:
    container = a_container(answers=NO_EVIDENCE)
    citizen = a_citizen(container)
    ask(citizen)
    codes = [citizen.post("/answers/a-1/handoff").status_code for _ in range(31)]
    assert (codes[-2], codes[-1]) == (303, 429)


def events_after(
    container: Container, handoff_id: str, after: int, may_go_on: Callable[[], bool] = lambda: True
) -> list[tuple[str, str, str]]:
    """(event, id, data) until the stream ends, as a page that saw everything up to `after` gets them."""
    shown = Shown(lambda message: message.text, lambda news: news.handoff.state.value, lambda _news: "foot")
    found = []

    async def collect() -> None:
        async for event in _events(lambda last: container.handoffs.news(handoff_id, last), shown, after, may_go_on):
            found.append((str(event.event), str(event.id or ""), str(event.data)))

    anyio.run(collect)
    return found


def test_a_page_that_was_cut_off_gets_what_it_missed_and_the_end(container: Container, citizen: TestClient) -> None:
    handoff_id = hand_over(citizen).rsplit("/", 1)[1]
    claimed = container.handoffs.claim(handoff_id, 1, "li.si")
    container.handoffs.say_as_operator(handoff_id, "li.si", "您好")
    container.handoffs.close(handoff_id, claimed.version, "li.si")
    events = events_after(container, handoff_id, after=2)
    assert events == [
        ("message", "3", "您好"),
        ("message", "4", "工作人员已结束本次服务。"),
        ("status", "", "closed"),
        ("over", "", "foot"),
    ]


def test_the_stream_starts_after_the_last_message_the_browser_saw(container: Container, citizen: TestClient) -> None:
    address = hand_over(citizen)
    citizen.post(f"{address}/end")
    whole = citizen.get(f"{address}/events?after=0").text
    rest = citizen.get(f"{address}/events?after=0", headers={"Last-Event-ID": "1"}).text
    assert "已为您转人工" in whole
    assert "已为您转人工" not in rest
    assert "您已结束本次人工服务" in rest
    assert "请评价这次人工服务" in rest


def test_programs_ask_for_a_person_too(container: Container, operator: TestClient) -> None:
    program = a_citizen(container)
    answer_id = program.post("/api/v1/chat", json={"message": "月球"}).json()["answer_id"]
    ticket = program.post("/api/v1/handoffs", json={"answer_id": answer_id}).json()
    assert (ticket["state"], ticket["state_label"]) == ("waiting", "等待接入")
    address, key = f"/api/v1/handoffs/{ticket['id']}", {"X-Handoff-Token": ticket["token"]}
    claim(operator, f"/handoffs/{ticket['id']}")
    assert program.post(f"{address}/messages", json={"text": "电话13800138000"}, headers=key).json()["text"] == "电话【手机号】"
    thread: dict[str, Any] = program.get(f"{address}?after=2", headers=key).json()
    assert [message["speaker"] for message in thread["messages"]] == ["citizen"]
    close(operator, f"/handoffs/{ticket['id']}")
    assert program.post(f"{address}/rating", json={"satisfaction": "fair"}, headers=key).json()["state"] == "closed"
    assert program.get(address, headers={"X-Handoff-Token": "x" * 32}).status_code == 404
    assert program.get(address).status_code == 422


def test_a_program_that_asks_again_shows_its_token(container: Container) -> None:
    program = a_citizen(container)
    answer_id = program.post("/api/v1/chat", json={"message": "月球"}).json()["answer_id"]
    ticket = program.post("/api/v1/handoffs", json={"answer_id": answer_id}).json()
    again = program.post("/api/v1/handoffs", json={"answer_id": answer_id, "token": ticket["token"]})
    assert again.json()["id"] == ticket["id"]
    assert program.post("/api/v1/handoffs", json={"answer_id": answer_id}).status_code == 409


def test_who_has_signed_out_sees_nothing_more_of_an_open_conversation(container: Container, citizen: TestClient) -> None:
    handoff_id = hand_over(citizen).rsplit("/", 1)[1]
    container.handoffs.claim(handoff_id, 1, "li.si")
    account = a_staff_member(container, Role.OPERATOR, name="li.si")
    session = container.access.sessions.open(account)
    looks = iter([True, False])

    def still_signed_in() -> bool:
        if not next(looks):
            container.access.sign_in.sign_out(session)
        return container.access.sessions.lasts(session.token)

    events = events_after(container, handoff_id, 0, still_signed_in)
    assert ("over", "", "foot") not in events
    assert [event for event, _, _ in events].count("status") == 1
