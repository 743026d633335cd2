"""登记诉求 and 查进度 as a browser without JavaScript gets them, and the same for programs."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser as Page

from api.app import create_app
from api.citizen_limits import load_citizen_limits
from api.container import Container
from api.pages.requests import RECEIPT_COOKIE
from assistant.answer_status import AnswerStatus
from assistant.errors import AssistantError
from assistant.hotline.models import OrderFilter, OrderState, WorkOrder
from assistant.intents import RequestType
from tests.factories import an_answer
from tests.fakes.account_store import MemoryAttemptStore
from tests.fakes.containers import NOW, a_container

A_REQUEST = {
    "request_type": "help",
    "content": "中心路的路灯三天不亮，请派人修理。",
    "jurisdiction": "990102",
    "name": "王小明",
    "phone": "0900-8880199",
}


@pytest.fixture
def container() -> Container:
    return a_container(answers={"路灯": replace(an_answer(AnswerStatus.NO_EVIDENCE), offers_person=True)})


@pytest.fixture
def citizen(container: Container) -> TestClient:
    return TestClient(create_app(container), follow_redirects=False)


def the_order(container: Container) -> WorkOrder:
    (order,) = container.work_orders.find(OrderFilter())
    return order


def register(citizen: TestClient, **fields: str) -> Page:
    """The receipt."""
    sent = citizen.post("/requests", data=A_REQUEST | fields)
    assert sent.status_code == 303, Page(sent.text).css_first("main").text()
    assert sent.headers["location"] == "/requests/done"
    return Page(citizen.get("/requests/done").text)


def look_up(citizen: TestClient, number: str, suffix: str) -> tuple[int, Page]:
    answer = citizen.post("/progress", data={"number": number, "suffix": suffix})
    return answer.status_code, Page(answer.text)


def move(container: Container, order: WorkOrder, upto: OrderState) -> WorkOrder:
    """Through its life as the staff would bring it."""
    desk, by = container.work_orders, "li.si"
    order = desk.claim(order.number, order.version, by)
    order = desk.correct(order.number, order.version, by, replace(order.content, wish="修好", place="中心路", occurred="三天前"))
    order = desk.dispatch(order.number, order.version, by, "dept-police")
    order = desk.start(order.number, order.version, by)
    return desk.reply(order.number, order.version, by, "已于今日修复。") if upto is OrderState.REPLIED else order


def test_the_receipt_gives_number_promise_and_how_to_look_it_up(container: Container, citizen: TestClient) -> None:
    page = register(citizen).css_first(".receipt")
    order = the_order(container)
    assert order.number in page.text()
    assert f"{order.deadline.due_on.month}月{order.deadline.due_on.day}日前" in page.text()
    assert "电话后四位" in page.text()
    fields = page.css("form[action='/progress'] input")
    assert {field.attributes["name"]: field.attributes["value"] for field in fields} == {
        "number": order.number,
        "suffix": "0199",
    }


def test_reloading_the_receipt_registers_nothing_again(container: Container, citizen: TestClient) -> None:
    register(citizen)
    citizen.get("/requests/done")
    assert container.work_orders.count(OrderFilter()) == 1


def test_the_same_form_sent_twice_registers_once_and_shows_the_same_receipt(container: Container, citizen: TestClient) -> None:
    key = Page(citizen.get("/requests/new").text).css_first("input[name=form_key]").attributes["value"] or ""
    assert len(key) > 20
    receipts = [register(citizen, anonymous="true", form_key=key).css_first("main").text() for _ in range(2)]
    assert receipts[0] == receipts[1]
    assert container.work_orders.count(OrderFilter()) == 1
    register(citizen, anonymous="true", form_key=key, content="安和大道的路灯也不亮。")
    register(citizen, anonymous="true")
    assert container.work_orders.count(OrderFilter()) == 3


def test_every_form_has_a_key_of_its_own_and_keeps_it_where_something_is_missing(citizen: TestClient) -> None:
    keys = [Page(citizen.get("/requests/new").text).css_first("input[name=form_key]").attributes["value"] for _ in range(2)]
    assert keys[0] != keys[1]
    refused = citizen.post("/requests", data={**A_REQUEST, "content": "", "form_key": keys[0]})
    assert Page(refused.text).css_first("input[name=form_key]").attributes["value"] == keys[0]


def test_name_and_phone_are_sealed_and_shown_masked(container: Container, citizen: TestClient) -> None:
    register(citizen)
    order = the_order(container)
    assert (order.caller.name, order.caller.phone) == ("王**", "090****0199")
    assert "8880199" not in repr(order)
    assert "王小明" not in repr(order)


def test_an_anonymous_request_is_looked_up_by_a_code(container: Container, citizen: TestClient) -> None:
    page = register(citizen, request_type="complaint", anonymous="true")
    number, code = [node.text() for node in page.css(".receipt__number")]
    assert the_order(container).caller.phone == ""
    assert look_up(citizen, number, code)[0] == 200


def test_the_form_is_filled_from_the_conversation_and_says_so(citizen: TestClient) -> None:
    citizen.post("/ask", data={"message": "中心路的路灯坏了，请尽快修理"})
    page = Page(citizen.get("/requests/new?answer=a-1").text)
    assert "中心路的路灯坏了" in page.css_first("textarea[name=content]").text()
    assert page.css_first("input[name=request_type][checked]") is not None
    assert [note.text() for note in page.css(".machine")][:1] == ["系统预填，请核对"]
    assert page.css_first("input[name=answer_id]").attributes["value"] == "a-1"


def test_an_order_knows_the_conversation_and_what_the_machine_suggested(container: Container, citizen: TestClient) -> None:
    citizen.post("/ask", data={"message": "中心路的路灯坏了，请尽快修理"})
    register(citizen, answer_id="a-1", request_type="complaint")
    order = the_order(container)
    assert order.origin.answer_id == "a-1"
    assert order.content.request_type is RequestType.COMPLAINT
    assert not order.content.machine_filled & {"request_type", "content", "jurisdiction"}
    assert order.suggestions


def test_a_request_is_taken_in_even_where_nothing_can_be_suggested(container: Container) -> None:
    def broken() -> object:
        raise AssistantError("分类模型没有准备好。")

    container = replace(container, drafter=broken)  # type: ignore[arg-type]  # a part that fails
    citizen = TestClient(create_app(container), follow_redirects=False)
    register(citizen)
    assert "路灯" in the_order(container).content.title
    assert citizen.get("/requests/new?answer=a-1").status_code == 200


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"request_type": ""}, "request_type", "请选择诉求类型"),
        ({"content": "  "}, "content", "请写明诉求内容"),
        ({"jurisdiction": "火星"}, "jurisdiction", "请选择事发地区"),
        ({"phone": "138"}, "phone", "位数不对"),
        ({"request_type": "complaint", "phone": ""}, "phone", "或者选择匿名登记"),
        ({"request_type": "report", "name": ""}, "name", "或者选择匿名登记"),
        ({"title": "长" * 61}, "title", "不能超过 60 个字"),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(
    container: Container, citizen: TestClient, fields: dict[str, str], field: str, words: str
) -> None:
    answer = citizen.post("/requests", data=A_REQUEST | fields)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert words in page.css_first(f"#{field}-fault").text()
    assert page.css_first(f"[role=alert] a[href='#{field}']") is not None
    if "content" not in fields:
        assert page.css_first("textarea[name=content]").text() == A_REQUEST["content"]
    assert container.work_orders.count(OrderFilter()) == 0


def test_a_program_that_fills_in_everything_registers_nothing(container: Container, citizen: TestClient) -> None:
    answer = citizen.post("/requests", data=A_REQUEST | {"homepage": "https://www.shifan.example"})
    assert answer.status_code == 422
    assert container.work_orders.count(OrderFilter()) == 0
    assert Page(answer.text).css_first("input[name=homepage]").attributes.get("value") is None


def test_too_many_requests_from_one_address_are_stopped(citizen: TestClient) -> None:
    codes = [citizen.post("/requests", data=A_REQUEST).status_code for _ in range(21)]
    assert (codes[-2], codes[-1]) == (303, 429)


def test_a_forged_receipt_shows_nothing_of_somebody_elses_order(container: Container, citizen: TestClient) -> None:
    register(citizen)
    stranger = TestClient(create_app(container), follow_redirects=False)
    stranger.cookies.set(RECEIPT_COOKIE, f"{the_order(container).number}/0000/", path="/requests")
    answer = stranger.get("/requests/done")
    assert (answer.status_code, answer.headers["location"]) == (303, "/progress")


def test_progress_shows_steps_department_promise_reply_and_rating(container: Container, citizen: TestClient) -> None:
    register(citizen)
    order = move(container, the_order(container), OrderState.REPLIED)
    code, page = look_up(citizen, order.number, "0199")
    assert code == 200
    shown = page.css_first(".order")
    assert [step.css_first("span").text() for step in shown.css(".steps__step")] == [
        "已受理。",
        "已转交示范市公安局办理。",
        "示范市公安局已开始办理。",
        "示范市公安局已答复。",
    ]
    assert "已于今日修复。" in shown.css_first(".order__reply").text()
    assert "示范市公安局" in shown.css_first("dl").text()
    assert page.css_first("form[action='/progress/rating']") is not None


def test_progress_tells_nothing_internal(container: Container, citizen: TestClient) -> None:
    register(citizen)
    order = move(container, the_order(container), OrderState.IN_PROGRESS)
    container.work_orders.supervise(order.number, order.version, "班长", "催办：内部意见")
    text = look_up(citizen, order.number, "0199")[1].css_first("main").text()
    for internal in ("li.si", "班长", "内部意见", "王", "8880199"):
        assert internal not in text


def test_a_reply_can_be_rated_once(container: Container, citizen: TestClient) -> None:
    register(citizen)
    order = move(container, the_order(container), OrderState.REPLIED)
    fields = {"number": order.number, "suffix": "0199", "satisfaction": "dissatisfied", "comment": "电话13800138000没人接"}
    page = Page(citizen.post("/progress/rating", data=fields).text)
    assert "谢谢您的评价：不满意" in page.css_first(".form-done").text()
    assert page.css_first("form[action='/progress/rating']") is None
    rated = container.work_orders.get(order.number)
    assert rated.satisfaction is not None
    assert "13800138000" not in repr(rated)
    assert citizen.post("/progress/rating", data=fields).status_code == 409


def test_a_number_may_be_typed_as_people_type(container: Container, citizen: TestClient) -> None:
    register(citizen)
    assert look_up(citizen, " " + the_order(container).number.lower(), "０１９９")[0] == 200


@pytest.mark.parametrize(("number", "suffix"), [("GD20261122-00001", "0000"), ("GD20261122-00009", "0199")])
def test_a_wrong_number_and_a_wrong_suffix_look_alike(citizen: TestClient, number: str, suffix: str) -> None:
    register(citizen)
    code, page = look_up(citizen, number, suffix)
    assert code == 404
    assert page.css_first("[role=alert]").text() == "没有找到。请核对工单编号和电话号码后四位；仍然查不到请拨打 12345。"


def test_guessing_at_one_number_is_stopped(container: Container, citizen: TestClient) -> None:
    register(citizen)
    number = the_order(container).number
    codes = [look_up(citizen, number, f"{guess:04d}")[0] for guess in range(6)]
    assert codes == [404] * 5 + [429]
    code, page = look_up(citizen, number.lower(), "0199")
    assert (code, "分钟后再查" in page.css_first("[role=alert]").text()) == (429, True)


def test_guessing_at_many_numbers_is_stopped(citizen: TestClient) -> None:
    codes = [look_up(citizen, f"GD20261122-{number:05d}", "0199")[0] for number in range(11)]
    assert codes == [404] * 10 + [429]


def test_whoever_knows_both_may_look_as_often_as_they_like(container: Container, citizen: TestClient) -> None:
    register(citizen)
    assert {look_up(citizen, the_order(container).number, "0199")[0] for _ in range(12)} == {200}


def test_neither_number_nor_digits_ever_stand_in_an_address(container: Container, citizen: TestClient) -> None:
    receipt = register(citizen)
    found = look_up(citizen, the_order(container).number, "0199")[1]
    addresses = [node.attributes.get("href") or node.attributes.get("action") or "" for page in (receipt, found) for node in page.css("*")]
    assert not any("GD2026" in unquote(address) or "0199" in address for address in addresses)
    # Nor is an address that holds them taken as a look-up.
    assert Page(citizen.get(f"/progress?number={the_order(container).number}&suffix=0199").text).css_first(".order") is None


def test_what_is_shown_stays_in_no_cache(citizen: TestClient) -> None:
    register(citizen)
    assert citizen.post("/progress", data={"number": "x", "suffix": "y"}).headers["Cache-Control"] == "no-store"
    assert citizen.get("/requests/done").headers["Cache-Control"] == "no-store"


def test_the_navigation_leads_to_progress(citizen: TestClient) -> None:
    link = Page(citizen.get("/progress").text).css_first(".site-nav [aria-current=page]")
    assert link.attributes["href"] == "/progress"


def test_programs_register_look_up_and_rate(container: Container, citizen: TestClient) -> None:
    body = {**A_REQUEST, "region": A_REQUEST["jurisdiction"]}
    del body["jurisdiction"]
    receipt = citizen.post("/api/v1/orders", json=body)
    assert receipt.status_code == 201
    order = move(container, the_order(container), OrderState.REPLIED)
    assert receipt.json()["promised_on"] == order.deadline.due_on.isoformat()
    asked = {"number": receipt.json()["number"], "suffix": "0199"}
    found = citizen.post("/api/v1/orders/progress", json=asked).json()
    assert (found["state_label"], found["can_rate"], len(found["steps"])) == ("已答复", True, 4)
    rated = citizen.post("/api/v1/orders/rating", json={**asked, "satisfaction": "very_satisfied"}).json()
    assert rated["can_rate"] is False


def test_programs_that_send_once_more_get_the_same_receipt(container: Container, citizen: TestClient) -> None:
    body = {"request_type": "help", "content": "路灯不亮。", "region": "990102"}
    sent = [citizen.post("/api/v1/orders", json=body, headers={"Idempotency-Key": "4f0c2d7e-request-17"}).json() for _ in range(2)]
    assert sent[0] == sent[1]
    assert sent[0]["lookup_code"]
    assert container.work_orders.count(OrderFilter()) == 1
    assert citizen.post("/api/v1/orders", json=body, headers={"Idempotency-Key": "1"}).status_code == 422


def test_programs_are_told_what_is_missing(citizen: TestClient) -> None:
    refused = citizen.post("/api/v1/orders", json={"request_type": "complaint", "content": "噪声扰民", "region": "990102"})
    assert (refused.status_code, "匿名" in refused.json()["detail"]) == (422, True)


def test_every_limit_of_the_file_is_one_that_is_asked_for() -> None:
    limits = load_citizen_limits(MemoryAttemptStore(), lambda: NOW).limits
    assert {purpose: set(counted) for purpose, counted in limits.items()} == {
        "progress": {"address", "number"},
        "request": {"address"},
        "handoff": {"address"},
    }
    assert limits["progress"]["address"].failures == 10
    assert limits["progress"]["number"].failures == 5
