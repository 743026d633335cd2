"""From questions nobody could answer to an answer for the next citizen, and charts that show what their tables say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from api.access.models import Role
from tests.journeys.keyboard import press_on, sign_in, tab_to, type_into
from tests.journeys.service import MONDAY_MORNING, PASSWORD, Service

pytestmark = [pytest.mark.browser, pytest.mark.model]

WORDINGS = ("城市露营地怎么收费？", "露营地收费标准是多少", "去露营地露营怎么收费")
ENOUGH_S = 120
FEE = "每顶帐篷每天20元"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def office(service: Service) -> Service:
    service.clock.now = MONDAY_MORNING
    service.container.accounts.create("guan.kan", {Role.ADMINISTRATOR}, by="test", password=PASSWORD, display_name="看板")
    return service


@pytest.fixture
def open_page(chromium: Browser, office: Service) -> Iterator[OpenPage]:
    with ExitStack() as people:
        yield lambda place, **context: people.enter_context(_page(chromium, office, place, **context))


@contextmanager
def _page(chromium: Browser, office: Service, place: str, javascript: bool = True) -> Iterator[Page]:
    context = chromium.new_context(locale="zh-CN", base_url=office.address, reduced_motion="reduce", java_script_enabled=javascript)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    page = context.new_page()
    if place.startswith("/admin"):
        sign_in(page, "guan.kan", PASSWORD, place)
    else:
        page.goto(place)
    yield page
    context.close()
    assert faults == []


def asked(page: Page, question: str) -> str:
    page.goto("/")
    page.get_by_label("您想了解什么？").fill(question)
    page.get_by_role("button", name="提问", exact=True).click()
    # The foot is the last part that is sent.
    expect(page.locator("article.answer .answer__foot")).to_be_visible()
    return page.locator("article.answer").inner_text()


def found_in_the_background(page: Page) -> None:
    """Asks for it, and reloads until it has been done."""
    press_on(page, page.get_by_role("button", name="重新归并"))
    expect(page.get_by_role("status")).to_contain_text("正在后台归并")
    give_up = time.monotonic() + ENOUGH_S
    while not page.get_by_role("article").filter(has_text="露营地").count():
        assert time.monotonic() < give_up, "nothing was found"
        page.goto("/admin/unanswered")


def indexed(office: Service) -> None:
    give_up = time.monotonic() + ENOUGH_S
    while office.container.work.waiting() or office.container.index.underway() is not None:
        assert time.monotonic() < give_up, "the index did not follow"
        time.sleep(0.1)
    # A process notices another snapshot, and changed guides, within about a second.
    while office.container.answering_snapshot().snapshot_id != office.container.current_snapshot().snapshot_id:
        assert time.monotonic() < give_up, "the new snapshot does not answer"
        time.sleep(0.1)


def answer_with(page: Page, question: str, words: str) -> str:
    """Asked until it is answered so."""
    give_up = time.monotonic() + ENOUGH_S
    while words not in (answer := asked(page, question)):
        assert time.monotonic() < give_up, answer
    return answer


def test_a_question_nobody_could_answer_becomes_a_guide_that_answers_the_next_citizen(open_page: OpenPage, office: Service) -> None:
    citizen = open_page("/")
    assert not any(FEE in asked(citizen, words) for words in WORDINGS)

    console = open_page("/admin/unanswered")
    found_in_the_background(console)
    issue = console.get_by_role("article").filter(has_text="露营地").first
    expect(issue).to_contain_text("3 次")
    press_on(console, issue.get_by_text("其他问法"))
    assert all(words in issue.inner_text() for words in WORDINGS)

    press_on(console, issue.get_by_role("link", name="写答复"))
    assert all(words in console.get_by_label("常见问法").input_value() for words in WORDINGS)
    console.get_by_label("事项名称（必填）").fill("城市露营地收费")
    console.get_by_label("承办部门（必填）").select_option(index=1)
    console.get_by_label("行政区划（必填）").fill("990100")
    tab_to(console, console.get_by_label("收费"))
    console.get_by_label("收费").fill(FEE)
    press_on(console, console.get_by_role("button", name="发布", exact=True))
    expect(console.get_by_role("status")).to_contain_text("已发布")
    indexed(office)
    assert "收费标准" in answer_with(citizen, WORDINGS[0], FEE)

    console.goto("/admin/unanswered")
    issue = console.get_by_role("article").filter(has_text="露营地").first
    press_on(console, issue.get_by_role("button", name="再问一次"))
    expect(console.get_by_role("status")).to_contain_text("现在有答复了")
    issue = console.get_by_role("article").filter(has_text="露营地").first
    expect(issue).to_contain_text("现在有答复了")
    press_on(console, issue.get_by_text("不写答复，记下处理结果"))
    type_into(console, issue.get_by_label("理由（以后查看的人要知道为什么）"), "已写成办事指南")
    press_on(console, issue.get_by_role("button", name="已处理"))
    expect(console.get_by_role("status")).to_contain_text("已记为“已处理”")
    expect(console.get_by_role("article").filter(has_text="露营地")).to_have_count(0)


def test_a_chart_shows_the_numbers_of_its_table(open_page: OpenPage) -> None:
    asked(open_page("/"), "居住证要带什么材料？")
    console = open_page("/admin/insight?days=7")
    expect(console.locator("insight-chart[data-drawn-from]").first).to_be_attached()
    charts = console.evaluate(
        """() => [...document.querySelectorAll("insight-chart")].map((element) => {
          const rows = [...element.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
          const drawn = globalThis.Chart.getChart(element.querySelector("canvas")).data.datasets;
          return {
            drawn: drawn.map((set) => set.data),
            written: element.dataset.columns.split(",").map((column) => rows.map((row) => Number.parseFloat(row[column]))),
            looks: drawn.map((set) => JSON.stringify([set.borderDash, set.pointStyle])),
            folded: !element.querySelector("details").open,
            name: element.querySelector("canvas").getAttribute("aria-label"),
          };
        })"""
    )
    assert charts
    for chart in charts:
        assert chart["drawn"] == chart["written"]
        assert chart["folded"]
        assert chart["name"]
    lines = next(chart for chart in charts if "每日提问" in chart["name"])
    assert len(set(lines["looks"])) == len(lines["looks"]), "lines differ by more than their colour"


def test_without_javascript_the_tables_are_open(open_page: OpenPage) -> None:
    asked(open_page("/"), "居住证要带什么材料？")
    plain = open_page("/admin/insight", javascript=False)
    expect(plain.get_by_role("region", name="每日提问与结果的数据表").get_by_role("row").first).to_be_visible()
    plain.get_by_label("时间").select_option("7")
    plain.get_by_role("button", name="查看").click()
    assert "days=7" in plain.url
    expect(plain.get_by_text("共 7 天")).to_be_visible()


def test_a_survey_is_answered_by_keyboard_without_leaving_the_answer(open_page: OpenPage, office: Service) -> None:
    citizen = open_page("/")
    asked(citizen, "居住证要带什么材料？")
    survey = citizen.locator("survey-form")
    press_on(citizen, survey.get_by_text("评价这次服务"))
    tab_to(citizen, survey.get_by_label("非常满意"))
    citizen.keyboard.press("Space")
    press_on(citizen, survey.get_by_role("button", name="提交评价"))
    expect(survey).to_contain_text("谢谢您的评价")
    assert citizen.evaluate("document.activeElement.textContent").startswith("谢谢您的评价")
