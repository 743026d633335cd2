"""Calls at the operator's desk, in a real browser, by keyboard only."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from assistant.hotline.models import OrderFilter
from assistant.models import FeedbackKind
from tests.demonstration import Home
from tests.journeys.keyboard import sign_in
from tests.journeys.service import MONDAY_MORNING, PASSWORD, Service

pytestmark = [pytest.mark.browser, pytest.mark.model]

PERMIT = "居住证怎么办，要带什么材料"
NOISE = "明德区中心路12号的工地昨天半夜还在施工，吵得睡不着，希望尽快处理"
PHONE = "13912345678"


@pytest.fixture(scope="module")
def service(demonstration: Home) -> Iterator[Service]:
    served = Service.on(demonstration)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def context(chromium: Browser, service: Service) -> Iterator[BrowserContext]:
    service.clock.now = MONDAY_MORNING
    opened = chromium.new_context(
        viewport={"width": 1280, "height": 720},
        locale="zh-CN",
        base_url=service.address,
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    faults: list[str] = []
    opened.on("weberror", lambda error: faults.append(str(error.error)))
    opened.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    yield opened
    opened.close()
    assert faults == []


@pytest.fixture
def desk(context: BrowserContext) -> Page:
    page = context.new_page()
    sign_in(page, "li.si", PASSWORD, "/desk")
    expect(page.get_by_label("来电记录")).to_be_focused()
    return page


def note(desk: Page, words: str) -> None:
    """Type, and wait for the answer to what was typed."""
    with desk.expect_response("**/desk/card"):
        desk.keyboard.type(words)
    answered(desk)


def answered(desk: Page) -> None:
    expect(desk.get_by_label("答案", exact=True)).to_have_attribute("aria-busy", "false")
    expect(desk.locator(".card__head")).to_be_visible()


def test_a_call_from_the_first_keystroke_to_a_submitted_order(desk: Page, context: BrowserContext, service: Service) -> None:
    note(desk, NOISE)
    expect(desk.locator(".card__head")).to_contain_text("噪声")
    expect(desk.locator(".timer__note")).to_contain_text("有答案")
    desk.keyboard.press("Alt+KeyT")
    desk.keyboard.type(PHONE)
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-slot=history]")).to_contain_text("没有查到这个号码的工单")
    desk.keyboard.press("Alt+KeyR")
    desk.keyboard.type("明德区")
    with desk.expect_response("**/desk/card"):
        desk.keyboard.press("Enter")
    expect(desk.get_by_label("来电记录")).to_be_focused()
    answered(desk)

    with context.expect_page() as opened:
        desk.keyboard.press("F8")
    order = opened.value
    expect(order.get_by_label("诉求内容")).to_have_value(re.compile("工地昨天半夜还在施工"))
    expect(order.get_by_label("电话")).to_have_value(PHONE)
    expect(order.get_by_label("事发地区")).to_have_value(re.compile("明德区"))
    order.wait_for_load_state()
    order.keyboard.press("Control+Enter")
    expect(order.locator("main")).to_contain_text(re.compile(r"GD\d{8}-\d{5}"))

    (stored,) = service.container.work_orders.find(OrderFilter(words="工地昨天半夜还在施工"))
    assert stored.content.jurisdiction == "990102"
    assert stored.provisions
    assert PHONE not in repr(stored)
    kept = service.container.conversations.get(stored.origin.answer_id)
    assert kept is not None
    assert kept.question.text == NOISE
    # The desk is as it was; the next call of this number shows the order.
    expect(desk.get_by_label("来电记录")).to_have_value(NOISE)
    desk.bring_to_front()
    desk.keyboard.press("Alt+KeyT")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-slot=history]")).to_contain_text(stored.number)


def test_a_new_call_loses_nothing(desk: Page) -> None:
    note(desk, PERMIT)
    desk.keyboard.press("Alt+KeyN")
    expect(desk.get_by_label("来电记录")).to_have_value("")
    expect(desk.get_by_label("来电记录")).to_be_focused()
    expect(desk.locator(".desk__empty")).to_be_visible()
    expect(desk.locator(".timer__time")).to_have_text("00:00")
    desk.keyboard.press("Alt+KeyU")
    expect(desk.get_by_label("来电记录")).to_have_value(PERMIT)
    expect(desk.locator(".card__title")).to_be_visible()


def test_the_message_is_copied_and_the_answer_kept(desk: Page, service: Service) -> None:
    note(desk, PERMIT)
    with desk.expect_response("**/desk/answers") as kept:
        desk.keyboard.press("F9")
    expect(desk.locator("[data-said]")).to_contain_text("短信内容已复制")
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert copied == desk.locator("[data-message]").input_value()
    assert len(copied) <= 500
    assert service.container.conversations.get(kept.value.json()["answer_id"]) is not None


def test_a_wrong_answer_is_marked_with_a_reason(desk: Page, service: Service) -> None:
    note(desk, PERMIT)
    desk.keyboard.press("Alt+KeyX")
    expect(desk.get_by_label("答非所问，不是这件事")).to_be_focused()
    desk.keyboard.press("ArrowDown")
    for _ in range(2):
        desk.keyboard.press("Tab")
    expect(desk.locator("[data-mark]")).to_be_focused()
    with desk.expect_response("**/desk/answers") as kept, desk.expect_response("**/desk/wrong"):
        desk.keyboard.press("Enter")
    expect(desk.locator("[data-said]")).to_contain_text("已标记为答错")
    expect(desk.get_by_label("来电记录")).to_be_focused()
    (said,) = service.container.conversations.feedback_on(kept.value.json()["answer_id"])
    assert (said.kind, said.comment) == (FeedbackKind.WRONG, "内容过时，已有新规定")


def test_alternatives_and_language_level_have_keys(desk: Page) -> None:
    note(desk, PERMIT)
    automatic = desk.locator(".card__title").inner_text()
    other = desk.locator(".choice__title").first.inner_text()
    desk.keyboard.press("Alt+KeyA")
    expect(desk.locator(".card__title")).to_have_text(other)
    desk.keyboard.press("Alt+KeyZ")
    expect(desk.locator(".card__title")).to_have_text(automatic)
    desk.keyboard.press("Alt+KeyY")
    expect(desk.locator(".speech__script")).to_contain_text("第一，")
    expect(desk.get_by_label("来电记录")).to_be_focused()


def test_provisions_are_walked_through_and_left_with_escape(desk: Page) -> None:
    note(desk, "公积金贷款最高能贷多少")
    provisions = desk.locator("[data-provision]")
    desk.keyboard.press("Alt+KeyJ")
    expect(provisions.nth(0)).to_be_focused()
    desk.keyboard.press("Alt+KeyJ")
    expect(provisions.nth(1)).to_be_focused()
    desk.keyboard.press("Alt+KeyK")
    expect(provisions.nth(0)).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.get_by_label("来电记录")).to_be_focused()


def test_the_help_sheet_opens_and_closes(desk: Page) -> None:
    sheet = desk.get_by_role("dialog")
    desk.keyboard.press("F1")
    expect(sheet).to_be_visible()
    desk.keyboard.press("F1")
    expect(sheet).to_be_hidden()
    desk.keyboard.type("?")
    expect(desk.get_by_label("来电记录")).to_have_value("?")
    desk.keyboard.press("Tab")
    desk.keyboard.press("?")
    expect(sheet).to_be_visible()
    desk.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_an_older_answer_never_replaces_a_newer_one(desk: Page) -> None:
    # Without abort every answer arrives, however late.
    desk.evaluate("AbortController.prototype.abort = () => {}")
    held: list[Route] = []
    desk.route("**/desk/card", lambda route: held.append(route) if not held else route.continue_())
    with desk.expect_request("**/desk/card"):
        desk.keyboard.type("居住证怎么办")
    desk.keyboard.press("Control+A")
    note(desk, "公积金贷款最高能贷多少")
    expect(desk.locator(".card__title")).to_contain_text("住房公积金")
    with desk.expect_response("**/desk/card"):
        held[0].continue_()
    desk.evaluate("new Promise((done) => setTimeout(done))")
    expect(desk.locator(".card__title")).to_contain_text("住房公积金")


def test_an_input_method_asks_for_nothing_in_mid_word(desk: Page, context: BrowserContext) -> None:
    asked: list[Request] = []
    desk.on("request", lambda request: asked.append(request) if request.url.endswith("/desk/card") else None)
    desk.clock.install()
    keyboard = context.new_cdp_session(desk)
    for begun in ("j", "ju", "ju zhu"):
        keyboard.send("Input.imeSetComposition", {"text": begun, "selectionStart": len(begun), "selectionEnd": len(begun)})
        desk.clock.run_for(2000)
    assert asked == []
    with desk.expect_response("**/desk/card"):
        keyboard.send("Input.insertText", {"text": "居住证怎么办"})
        desk.clock.run_for(2000)
    assert len(asked) == 1
    assert "居住证怎么办" in (asked[0].post_data_json or {}).get("notes", "")


def test_a_lost_connection_is_told_and_the_notes_stay(desk: Page) -> None:
    desk.route("**/desk/card", lambda route: route.abort())
    desk.keyboard.type(PERMIT)
    expect(desk.get_by_role("alert")).to_contain_text("没有连上服务")
    expect(desk.get_by_label("来电记录")).to_have_value(PERMIT)


def test_the_desk_fits_the_screen_and_cuts_nothing_off(desk: Page) -> None:
    note(desk, NOISE)
    page = desk.evaluate("({ wide: document.documentElement.scrollWidth, high: document.documentElement.scrollHeight })")
    assert page["wide"] <= 1280
    assert page["high"] <= 720
    cut = desk.evaluate(
        """[...document.querySelectorAll("main :is(button, a, label, p, h2, h3, li, kbd, span, legend)")]
          .filter((node) => node.checkVisibility() && !node.matches(".visually-hidden") && node.clientWidth
            && node.scrollWidth > node.clientWidth + 1)
          .map((node) => node.outerHTML.slice(0, 120))"""
    )
    assert cut == []
    small = desk.evaluate(
        """[...document.querySelectorAll("main :is(button, a, summary, input:not([type=hidden]))")]
          .filter((node) => node.checkVisibility() && !["radio", "checkbox"].includes(node.type)
            && Math.min(node.getBoundingClientRect().width, node.getBoundingClientRect().height) < 24)
          .map((node) => node.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_without_javascript_the_form_brings_the_card_and_opens_the_order(chromium: Browser, service: Service) -> None:
    context = chromium.new_context(base_url=service.address, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto("/desk")
    page.get_by_label("账号").fill("li.si")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("来电记录").fill(NOISE)
    page.get_by_role("button", name="查答案").click()
    expect(page.locator(".card__title")).to_contain_text("噪声")
    with context.expect_page() as opened:
        page.get_by_role("button", name=re.compile("开工单")).click()
    expect(opened.value.get_by_label("诉求内容")).to_have_value(re.compile("工地昨天半夜还在施工"))
    context.close()
