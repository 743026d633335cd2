"""A citizen registers a request, looks its progress up and rates the reply: by keyboard only."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.hotline.models import OrderAction, OrderFilter, Satisfaction, WorkOrder
from tests.journeys.keyboard import press_on, type_into
from tests.journeys.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.fixture(params=[(1280, 720), (390, 844)], ids=["desktop", "phone"])
def citizen(request: pytest.FixtureRequest, chromium: Browser, service: Service) -> Iterator[Page]:
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", base_url=service.address)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def replied(service: Service, number: str) -> WorkOrder:
    """As operator and department bring it there."""
    desk, by = service.container.work_orders, "li.si"
    order = desk.get(number)
    order = desk.claim(number, order.version, by)
    department = service.container.departments.all()[0]
    order = desk.dispatch(number, order.version, by, department.id)
    order = desk.start(number, order.version, by)
    order = desk.reply(number, order.version, by, "路灯已于今日修复。")
    assert order.history[-1].action is OrderAction.REPLY
    return order


def test_a_request_from_the_form_to_the_rating(citizen: Page, service: Service) -> None:
    citizen.goto("/requests/new")
    # Radio buttons are one stop; arrows choose.
    type_into(citizen, citizen.get_by_label("咨询"), " ")
    citizen.keyboard.press("ArrowRight")
    expect(citizen.get_by_label("求助")).to_be_checked()
    type_into(citizen, citizen.get_by_label("诉求内容（必填）"), "明德区中心路的路灯三天不亮，请派人修理。")
    type_into(citizen, citizen.get_by_label("您希望怎样解决"), "尽快修复")
    type_into(citizen, citizen.get_by_label("具体地点"), "中心路与学府街路口")
    type_into(citizen, citizen.get_by_label("联系电话"), "0900-8880199")
    press_on(citizen, citizen.get_by_role("button", name="提交"))
    expect(citizen.get_by_role("heading", name="登记成功")).to_be_visible()
    number = citizen.locator(".receipt__number").first.inner_text()
    assert re.fullmatch(r"GD\d{8}-\d{5}", number)
    assert service.container.work_orders.count(OrderFilter(words=number)) == 1
    replied(service, number)

    citizen.goto("/")
    press_on(citizen, citizen.get_by_role("link", name="查进度"))
    type_into(citizen, citizen.get_by_label("工单编号"), number)
    type_into(citizen, citizen.get_by_label("电话后四位，或查询码"), "0199")
    citizen.keyboard.press("Enter")
    expect(citizen.locator(".order__reply")).to_contain_text("路灯已于今日修复")
    assert "0199" not in citizen.url
    assert number not in citizen.url
    type_into(citizen, citizen.get_by_label("非常满意"), " ")
    press_on(citizen, citizen.get_by_role("button", name="提交评价"))
    expect(citizen.locator(".form-done")).to_contain_text("谢谢您的评价：非常满意")
    assert service.container.work_orders.get(number).satisfaction is Satisfaction.VERY_SATISFIED
    assert citizen.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_mistake_in_the_form_is_one_press_away(citizen: Page) -> None:
    citizen.goto("/requests/new")
    type_into(citizen, citizen.get_by_label("咨询"), " ")
    citizen.keyboard.press("ArrowRight")
    citizen.keyboard.press("ArrowRight")
    type_into(citizen, citizen.get_by_label("诉求内容（必填）"), "楼下夜里施工")
    press_on(citizen, citizen.get_by_role("button", name="提交"))
    press_on(citizen, citizen.get_by_role("alert").get_by_role("link", name=re.compile("联系电话")))
    expect(citizen.get_by_label("联系电话")).to_be_in_viewport()
    expect(citizen.get_by_label("诉求内容（必填）")).to_have_value("楼下夜里施工")


def test_what_the_conversation_said_stands_in_the_form(citizen: Page) -> None:
    citizen.goto("/")
    type_into(citizen, citizen.get_by_label("您想了解什么？"), "月球居民有什么补贴？")
    citizen.keyboard.press("Enter")
    expect(citizen.locator("article#answer")).not_to_have_attribute("aria-busy", "true")
    citizen.goto(f"/requests/new?answer={citizen.url.rsplit('=', 1)[1]}")
    expect(citizen.get_by_label("诉求内容（必填）")).to_have_value(re.compile("月球居民"))
    expect(citizen.locator(".machine").first).to_have_text("系统预填，请核对")


def test_a_wrong_suffix_is_told_without_saying_which_was_wrong(citizen: Page) -> None:
    citizen.goto("/progress")
    type_into(citizen, citizen.get_by_label("工单编号"), "GD20261122-99999")
    type_into(citizen, citizen.get_by_label("电话后四位，或查询码"), "0000")
    citizen.keyboard.press("Enter")
    expect(citizen.get_by_role("alert")).to_contain_text("请核对工单编号和电话号码后四位")
