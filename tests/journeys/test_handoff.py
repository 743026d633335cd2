"""From the chat to a person and back, in real browsers, by keyboard only."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.handoff.models import HandoffState
from assistant.hotline.models import OrderFilter, Satisfaction
from tests.journeys.keyboard import press_on, sign_in, type_into
from tests.journeys.service import MONDAY_MORNING, PASSWORD, SUNDAY, Service

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.fixture
def citizen(chromium: Browser, service: Service) -> Iterator[Page]:
    yield from _browser(chromium, service)


@pytest.fixture
def operator(chromium: Browser, service: Service) -> Iterator[Page]:
    yield from _browser(chromium, service)


def _browser(chromium: Browser, service: Service) -> Iterator[Page]:
    service.clock.now = MONDAY_MORNING
    context = chromium.new_context(
        viewport={"width": 1280, "height": 720}, locale="zh-CN", base_url=service.address, reduced_motion="reduce"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    yield page
    context.close()
    assert faults == []


def ask_for_a_person(citizen: Page) -> str:
    """The id of the hand-over."""
    citizen.goto("/")
    type_into(citizen, citizen.get_by_label("您想了解什么？"), "我要转人工")
    citizen.keyboard.press("Enter")
    citizen.wait_for_url("**/handoffs/*")
    return citizen.url.rsplit("/", 1)[1]


def take(operator: Page, handoff_id: str) -> None:
    sign_in(operator, "li.si", PASSWORD)
    press_on(operator, operator.locator(f"#claim-{handoff_id}"))
    expect(operator.get_by_label("回复市民")).to_be_focused()


def reply(operator: Page, words: str) -> None:
    type_into(operator, operator.get_by_label("回复市民"), words)
    operator.keyboard.press("Control+Enter")


def test_from_the_chat_to_an_operators_reply_and_a_rating(citizen: Page, operator: Page, service: Service) -> None:
    handoff_id = ask_for_a_person(citizen)
    expect(citizen.locator("[data-status]")).to_contain_text("您排在第一位")
    take(operator, handoff_id)
    expect(operator.locator(".desk-turn__question")).to_contain_text("我要转人工")
    expect(citizen.locator("[data-status]")).to_contain_text("工作人员已接入")

    reply(operator, "您好，请问您要办什么事？")
    log = citizen.get_by_role("log")
    expect(log).to_contain_text("您好，请问您要办什么事？")
    type_into(citizen, citizen.get_by_label("给工作人员留言"), "居住证，我的电话13800138000")
    citizen.keyboard.press("Enter")
    expect(operator.get_by_role("log")).to_contain_text("居住证，我的电话【手机号】")
    expect(log.locator(".said--own")).to_have_count(1)

    press_on(operator, operator.get_by_role("button", name="结束服务"))
    rating = citizen.get_by_role("group", name="请评价这次人工服务")
    # The focus was in the box that is gone now: it goes on to what replaced it.
    expect(rating.get_by_label("非常满意")).to_be_focused()
    citizen.keyboard.press("ArrowDown")
    type_into(citizen, citizen.get_by_label("意见（可以不填）"), "解答清楚")
    press_on(citizen, citizen.get_by_role("button", name="提交评价"))
    expect(citizen.locator(".form-done")).to_contain_text("谢谢您的评价：满意")
    kept = service.container.handoffs.get(handoff_id)
    assert (kept.state, kept.satisfaction, kept.comment) == (HandoffState.CLOSED, Satisfaction.SATISFIED, "解答清楚")


def test_a_reply_sent_while_the_connection_was_lost_still_arrives(citizen: Page, operator: Page, service: Service) -> None:
    handoff_id = ask_for_a_person(citizen)
    take(operator, handoff_id)
    reply(operator, "第一句")
    log = citizen.get_by_role("log")
    expect(log).to_contain_text("第一句")

    service.stop()
    expect(citizen.locator("[data-link]")).to_be_visible()
    service.container.handoffs.say_as_operator(handoff_id, "li.si", "第二句")
    service.start()
    expect(log).to_contain_text("第二句", timeout=15_000)
    expect(citizen.locator("[data-link]")).to_be_hidden()
    words = log.locator(".said--operator .said__words")
    expect(words).to_have_text(["第一句", "第二句"])
    # The operator's page was cut off as well.
    expect(operator.get_by_role("log")).to_contain_text("第二句", timeout=15_000)


def test_words_that_could_not_be_sent_come_back_into_the_box(citizen: Page) -> None:
    ask_for_a_person(citizen)
    citizen.route("**/messages", lambda route: route.abort())
    box = citizen.get_by_label("给工作人员留言")
    type_into(citizen, box, "请问要带什么")
    citizen.keyboard.press("Enter")
    expect(citizen.locator(".say__fault")).to_contain_text("没有送出")
    expect(box).to_have_value("请问要带什么")


def test_the_queue_fills_and_empties_without_reloading(citizen: Page, operator: Page) -> None:
    sign_in(operator, "wang.wu", PASSWORD)
    before = int(re.sub(r"\D", "", operator.locator("[data-count]").inner_text()))
    handoff_id = ask_for_a_person(citizen)
    expect(operator.locator(f"#claim-{handoff_id}")).to_be_visible()
    expect(operator.locator("[data-count]")).to_have_text(f"{before + 1} 人等待")
    press_on(citizen, citizen.get_by_role("button", name="结束人工服务"))
    expect(operator.locator("[data-count]")).to_have_text(f"{before} 人等待")


def test_the_text_of_an_answer_is_put_where_the_cursor_stands(citizen: Page, operator: Page) -> None:
    citizen.goto("/")
    type_into(citizen, citizen.get_by_label("您想了解什么？"), "居住证怎么办，要带什么材料？")
    citizen.keyboard.press("Enter")
    expect(citizen.locator("article#answer")).not_to_have_attribute("aria-busy", "true")
    press_on(citizen, citizen.get_by_role("button", name="转人工"))
    citizen.wait_for_url("**/handoffs/*")
    take(operator, citizen.url.rsplit("/", 1)[1])
    box = operator.get_by_label("回复市民")
    operator.keyboard.type("您好：")
    press_on(operator, operator.get_by_role("link", name="插入这段答复"))
    expect(box).to_be_focused()
    expect(box).to_have_value(re.compile(r"^您好：.+居住证.+依据：", re.DOTALL))


def test_outside_service_hours_the_citizen_gets_a_work_order_at_once(citizen: Page, service: Service) -> None:
    service.clock.now = SUNDAY
    handoff_id = ask_for_a_person(citizen)
    told = citizen.get_by_role("log")
    expect(told).to_contain_text("不在人工服务时间")
    order = service.container.work_orders.get(service.container.handoffs.get(handoff_id).order_number)
    due = order.deadline.due_on
    expect(told).to_contain_text(f"{order.number}，承诺 {due.year}年{due.month}月{due.day}日前答复")
    assert order.origin.handoff_id == handoff_id

    code = re.search(r"查询码 (\d{4})", told.inner_text())
    assert code is not None
    press_on(citizen, citizen.get_by_role("link", name="查进度").last)
    type_into(citizen, citizen.get_by_label("工单编号"), order.number)
    type_into(citizen, citizen.get_by_label("电话后四位，或查询码"), code.group(1))
    citizen.keyboard.press("Enter")
    expect(citizen.locator(".order")).to_contain_text("已受理。")


def test_an_operator_makes_a_work_order_and_the_citizen_learns_its_number(citizen: Page, operator: Page, service: Service) -> None:
    handoff_id = ask_for_a_person(citizen)
    take(operator, handoff_id)
    type_into(citizen, citizen.get_by_label("给工作人员留言"), "明德区中心路的路灯三天不亮了，请派人修理")
    citizen.keyboard.press("Enter")
    expect(operator.get_by_role("log")).to_contain_text("路灯三天不亮")
    before = service.container.work_orders.count(OrderFilter())
    press_on(operator, operator.get_by_role("link", name="转为工单"))
    expect(operator.locator("textarea[name=content]")).to_have_value(re.compile("路灯三天不亮"))
    wish = operator.locator("[name=wish]")
    if not wish.input_value():
        type_into(operator, wish, "尽快修复")
    press_on(operator, operator.get_by_role("button", name=re.compile("提交工单")))
    expect(citizen.get_by_role("log")).to_contain_text("工作人员已将您的诉求登记为工单")
    assert service.container.work_orders.count(OrderFilter()) == before + 1
    number = service.container.handoffs.get(handoff_id).order_number
    expect(citizen.locator("[data-status]")).to_contain_text(number)
