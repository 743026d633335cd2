"""Work orders at the desk, in real browsers, by keyboard only: the whole way of one, two who want the same, one that nobody answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from api.access.models import Role
from api.jobs.periodic_jobs import periodic_jobs
from assistant.hotline.models import WorkOrder
from assistant.hotline.order_terms import OrderAction, OrderState, Satisfaction
from tests.journeys.keyboard import sign_in, tab_to, type_into
from tests.journeys.service import MONDAY_MORNING, PASSWORD, Service

pytestmark = [pytest.mark.browser, pytest.mark.model]

SMOKE = "明德区学府街18号的烧烤店每天晚上油烟很大，熏得开不了窗，希望尽快查处。"
LIFT = "明德区翠湖小区6栋的电梯上周停了三次，希望尽快检修。"
RUBBISH = "明德区和平巷口的建筑垃圾堆了半个月没有人清运，希望尽快清走。"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def office(service: Service) -> Iterator[Service]:
    service.container.accounts.create("zhao.liu", {Role.SUPERVISOR}, by="test", password=PASSWORD, display_name="赵六")
    yield service
    service.clock.now = MONDAY_MORNING


@pytest.fixture
def open_page(chromium: Browser, office: Service) -> Iterator[OpenPage]:
    """Pages of people who share nothing, each signed in where they want to be."""
    office.clock.now = MONDAY_MORNING
    with ExitStack() as people:
        yield lambda name, place, width=1280, height=720: people.enter_context(_signed_in(chromium, office, name, place, width, height))


@contextmanager
def _signed_in(chromium: Browser, office: Service, name: str, place: str, width: int, height: int) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", base_url=office.address)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    page = context.new_page()
    sign_in(page, name, PASSWORD, place)
    ready(page)
    yield page
    context.close()
    assert faults == []


def ready(page: Page) -> None:
    """Keys work: the button that explains them appears with them."""
    expect(page.locator("[data-help]")).to_be_visible()


def taken_down(office: Service, notes: str) -> WorkOrder:
    """As an operator takes it down on the phone."""
    draft = office.container.drafter().from_call(notes, jurisdiction="990102", contact=None)
    content = replace(draft.content, place=draft.content.place or "明德区", occurred=draft.content.occurred or "最近")
    return office.container.work_orders.submit(replace(draft, content=content), office.container.contact_in(notes), "li.si").order


def now(office: Service, order: WorkOrder) -> WorkOrder:
    return office.container.work_orders.get(order.number)


def press(page: Page, key: str, state: OrderState) -> None:
    """A key that is a whole move."""
    page.keyboard.press(key)
    reached(page, state)


def reached(page: Page, state: OrderState) -> None:
    expect(page.locator(".order-view__line")).to_contain_text(state.label)
    ready(page)


def send(page: Page, state: OrderState) -> None:
    page.keyboard.press("Control+Enter")
    reached(page, state)


def trail(page: Page) -> Locator:
    return page.locator(".trail")


def test_an_order_goes_its_whole_way(open_page: OpenPage, office: Service) -> None:
    order = taken_down(office, SMOKE)
    page = open_page("li.si", "/desk/orders")
    page.keyboard.press("/")
    expect(page.get_by_label("编号、标题或者内容")).to_be_focused()
    page.keyboard.type(order.number)
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    ready(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    reached(page, OrderState.ACCEPTED)

    page.keyboard.press("p")
    expect(page.get_by_label("主办单位")).to_be_focused()
    assert page.get_by_label("主办单位").input_value() == order.suggestions[0].department_id
    send(page, OrderState.DISPATCHED)
    press(page, "s", OrderState.IN_PROGRESS)
    page.keyboard.press("r")
    expect(page.get_by_label("答复内容（来电人能看到）")).to_be_focused()
    page.keyboard.type("已责令加装油烟净化设施。经办人电话13800138000。")
    send(page, OrderState.REPLIED)
    expect(page.locator(".basis--reply")).to_contain_text("经办人电话【手机号】")
    page.keyboard.press("f")
    expect(page.get_by_label("满意度")).to_be_focused()
    page.keyboard.press("ArrowDown")
    type_into(page, page.get_by_label("回访记录"), "来电人说已经好转")
    send(page, OrderState.FOLLOWED_UP)
    press(page, "e", OrderState.CLOSED)

    done = now(office, order)
    assert (done.state, done.satisfaction) == (OrderState.CLOSED, Satisfaction.SATISFIED)
    expect(trail(page).locator("b")).to_have_text(["办结", "回访", "答复", "签收办理", "派单", "受理"])
    expect(trail(page)).to_contain_text("来电人说已经好转")
    page.keyboard.press("b")
    page.wait_for_url("**/desk/orders")


def test_what_a_department_sent_back_it_is_offered_less(open_page: OpenPage, office: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    order = taken_down(office, RUBBISH)
    wrong = order.suggestions[0]
    page = open_page("li.si", f"/desk/orders/{order.number}")
    page.keyboard.press("p")
    send(page, OrderState.DISPATCHED)
    page.keyboard.press("t")
    type_into(page, page.get_by_label("退单理由（必填）"), "和平巷口由街道负责清运")
    send(page, OrderState.ACCEPTED)
    expect(trail(page).locator("li").first).to_contain_text("和平巷口由街道负责清运")
    assert now(office, order).content.lead_department_id == ""

    # The router looks for new examples every half minute.
    monkeypatch.setattr("assistant.routing_learning.time", SimpleNamespace(monotonic=lambda: monotonic() + 60))
    same = {suggestion.department_id: suggestion for suggestion in taken_down(office, RUBBISH).suggestions}
    assert same[wrong.department_id].confidence < wrong.confidence / 2
    assert "曾被该部门退回" in same[wrong.department_id].reasons[-1]


def test_of_two_who_press_at_once_one_gets_it_and_the_other_reads_who(open_page: OpenPage, office: Service) -> None:
    order = taken_down(office, LIFT)
    pages = {name: open_page(name, f"/desk/orders/{order.number}") for name in ("li.si", "wang.wu")}
    held: list[Route] = []
    for page in pages.values():
        page.route("**/moves", lambda route: held.append(route))  # noqa: PLW0108  # the library asks what kind of function it gets
        with page.expect_request("**/moves"):
            page.keyboard.press("l")
    for _ in range(500):
        # Any call lets events come in; one to the page would wait for what is held.
        page.context.cookies()
        if len(held) == 2:
            break
    assert len(held) == 2
    for route in held:
        route.continue_()
    for page in pages.values():
        expect(page.locator(".order-view__line")).to_contain_text("领取")
        expect(page.locator(".order-view__line")).not_to_contain_text("无人领取")

    kept = now(office, order)
    assert kept.held_by in pages
    assert [move.action for move in kept.history] == [OrderAction.SUBMIT, OrderAction.CLAIM]
    assert kept.content == order.content
    slower = pages["wang.wu" if kept.held_by == "li.si" else "li.si"]
    expect(slower.get_by_role("alert")).to_have_text(f"工单“{order.number}”已由“{kept.held_by}”领取。")
    expect(slower.get_by_role("alert")).to_be_focused()
    expect(pages[kept.held_by].get_by_role("alert")).to_have_count(0)


def morning_with(office: Service, due: date, left: int) -> datetime:
    """Ten o'clock in China on the first working day with `left` working days to go."""
    calendar = office.container.work_orders.intake.calendar
    days = (due + timedelta(days=distance) for distance in range(-30, 30))
    day = next(day for day in days if calendar.is_working_day(day) and calendar.working_days_left(day, due) == left)
    return datetime.combine(day, time(2), UTC)


def test_a_deadline_that_passes_is_warned_of_seen_and_pressed_for(open_page: OpenPage, office: Service) -> None:
    order = taken_down(office, "安和区临江路的路灯坏了两盏，希望尽快修好。")
    department = office.container.departments.all()[0].id
    office.container.work_orders.dispatch(order.number, order.version, "li.si", department)
    escalate = next(job for job in periodic_jobs(office.container) if job.name == "escalate_orders")
    due = order.deadline.due_on
    for left, words in ((2, "还剩2个工作日"), (0, "今天到期"), (-1, "已超期1个工作日")):
        office.clock.now = morning_with(office, due, left)
        escalate.run()
        escalate.run()
        supervisor = open_page("zhao.liu", "/desk/supervision")
        row = supervisor.locator("#due li", has_text=order.number)
        expect(row).to_contain_text(words)
    warnings = [move for move in now(office, order).history if move.action is OrderAction.ESCALATE]
    assert [move.reason for move in warnings] == [
        "距办理期限不足两个工作日，已提醒班长。",
        "今天是办理期限最后一天，已提醒承办单位负责人。",
        "已超过办理期限，已报告承办单位负责人和班长。",
    ]

    tab_to(supervisor, row.get_by_role("link"))
    supervisor.keyboard.press("Enter")
    reached(supervisor, OrderState.DISPATCHED)
    expect(trail(supervisor).get_by_text("临期预警")).to_have_count(3)
    supervisor.keyboard.press("d")
    expect(supervisor.get_by_label("督办的理由（必填）")).to_be_focused()
    supervisor.keyboard.type("已超期，请今天答复")
    send(supervisor, OrderState.DISPATCHED)
    expect(supervisor.locator(".order-view__line")).to_contain_text("督办")
    assert now(office, order).supervised
    expect(trail(supervisor).locator("li").first).to_contain_text("已超期，请今天答复")
