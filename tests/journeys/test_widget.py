"""The chat widget on a page of another origin, in a real browser: asked, cited, refused, cut off, by keyboard alone."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.other_site import STYLE, other_site

pytestmark = [pytest.mark.browser, pytest.mark.model]

QUESTION = "居住证怎么办，要带什么材料？"


@pytest.fixture(scope="module")
def site(server: str, other_site_port: int) -> Iterator[str]:
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    with other_site(other_site_port, server, digest):
        yield f"http://127.0.0.1:{other_site_port}"


@pytest.fixture(params=[(1280, 800), (320, 640)], ids=["desktop", "narrow"])
def visitor(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Page]:
    width, height = request.param
    yield from _visitor(chromium, site, width, height)


@pytest.fixture
def one_visitor(chromium: Browser, site: str) -> Iterator[Page]:
    yield from _visitor(chromium, site, 1280, 800)


def _visitor(chromium: Browser, site: str, width: int, height: int) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", base_url=site, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    yield page
    context.close()
    assert faults == []


def asked(page: Page, words: str = QUESTION) -> None:
    page.goto("/")
    page.get_by_role("button", name="问政策").click()
    page.get_by_label("您想了解什么？").fill(words)
    page.get_by_role("button", name="提问").click()


def test_a_page_of_another_origin_gets_a_cited_answer_and_no_cookie(visitor: Page, server: str) -> None:
    asked(visitor)
    sources = visitor.get_by_role("dialog", name="问政策").get_by_role("listitem").filter(has=visitor.get_by_role("link"))
    expect(sources.first).to_contain_text("《", timeout=30_000)
    expect(visitor.get_by_text("依据截至")).to_be_visible()
    with visitor.expect_popup() as opened:
        sources.first.get_by_role("link").click()
    assert opened.value.url.startswith(f"{server}/")
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    opened.value.close()
    assert visitor.context.cookies([visitor.url]) == []
    assert visitor.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert visitor.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    expect(visitor.get_by_role("heading", name="问政策")).to_be_in_viewport()
    assert visitor.locator("dialog").evaluate("dialog => dialog.scrollHeight <= dialog.clientHeight")


def test_it_follows_up_and_keeps_the_conversation(one_visitor: Page) -> None:
    asked(one_visitor)
    with one_visitor.expect_request("**/api/v1/chat") as second:
        one_visitor.get_by_text("可以接着问").locator("..").get_by_role("button").first.click()
    assert second.value.post_data_json["conversation_id"]
    assert second.value.post_data_json["region"] == "990100"
    expect(one_visitor.get_by_role("article", name="答复")).to_have_count(2)
    expect(one_visitor.get_by_role("link", name="转人工")).to_have_count(2)


def test_the_whole_of_it_works_by_keyboard(one_visitor: Page) -> None:
    one_visitor.goto("/")
    launcher = one_visitor.get_by_role("button", name="问政策")
    launcher.press("Enter")
    box = one_visitor.get_by_label("您想了解什么？")
    expect(box).to_be_focused()
    box.fill(QUESTION)
    box.press("Enter")
    expect(one_visitor.get_by_role("link", name="转人工")).to_be_visible(timeout=30_000)
    expect(one_visitor.get_by_role("log", name="对话")).not_to_have_attribute("aria-busy", "true")
    inside = "document.activeElement === document.body || document.activeElement.matches('zhengwen-chat')"
    for _ in range(25):
        one_visitor.keyboard.press("Tab")
        assert one_visitor.evaluate(inside)
    one_visitor.keyboard.press("Escape")
    expect(one_visitor.get_by_role("dialog")).to_have_count(0)
    expect(launcher).to_be_focused()


def test_the_style_of_the_page_stays_outside(one_visitor: Page) -> None:
    asked(one_visitor)
    # The whole reply takes the place of what came bit by bit.
    expect(one_visitor.get_by_role("link", name="转人工")).to_be_visible(timeout=30_000)
    answer = one_visitor.get_by_role("article", name="答复").get_by_role("listitem").first
    style = answer.evaluate(
        "element => { const { color, letterSpacing, fontSize } = getComputedStyle(element); return [color, letterSpacing, fontSize] }"
    )
    assert style == ["rgb(22, 33, 46)", "normal", "16px"]


def test_an_origin_that_is_not_listed_is_refused_and_says_what_to_do(one_visitor: Page, other_site_port: int) -> None:
    one_visitor.goto(f"http://localhost:{other_site_port}/")
    one_visitor.get_by_role("button", name="问政策").click()
    alert = one_visitor.get_by_role("alert")
    expect(alert).to_contain_text(f"本网站（http://localhost:{other_site_port}）还没有获准使用在线咨询")
    one_visitor.get_by_label("您想了解什么？").fill(QUESTION)
    one_visitor.get_by_role("button", name="提问").click()
    expect(one_visitor.get_by_label("您想了解什么？")).to_have_value(QUESTION)
    expect(one_visitor.get_by_role("article", name="答复")).to_have_count(0)
    expect(alert).to_contain_text("12345")


def test_where_the_connection_is_lost_the_words_are_kept_and_can_be_sent_again(one_visitor: Page) -> None:
    one_visitor.route("**/api/v1/chat", lambda route: route.abort())
    asked(one_visitor)
    expect(one_visitor.get_by_role("alert")).to_contain_text("没有连上咨询服务")
    expect(one_visitor.get_by_label("您想了解什么？")).to_have_value(QUESTION)
    one_visitor.unroute("**/api/v1/chat")
    one_visitor.get_by_role("button", name="再试一次").click()
    expect(one_visitor.get_by_role("link", name="转人工")).to_be_visible(timeout=30_000)
    expect(one_visitor.get_by_role("alert")).to_have_count(0)
    expect(one_visitor.get_by_label("接着问")).to_have_value("")


def test_an_answer_cut_off_in_its_midst_is_not_left_standing(one_visitor: Page) -> None:
    cut = 'event: status\ndata: {"text": "正在查找"}\n\nevent: block\ndata: {"kind": "wording", "heading": "", "lines": ["只有一半"]}\n\n'
    one_visitor.route("**/api/v1/chat", lambda route: route.fulfill(body=cut, headers=_readable(one_visitor)))
    asked(one_visitor)
    expect(one_visitor.get_by_role("alert")).to_contain_text("没有连上咨询服务")
    expect(one_visitor.get_by_text("只有一半")).to_have_count(0)


def test_a_busy_service_is_quoted_as_it_says_it(one_visitor: Page) -> None:
    refusal = '{"detail": "现在提问的人很多，请 30 秒后再试。"}'
    one_visitor.route("**/api/v1/chat", lambda route: route.fulfill(status=503, body=refusal, headers=_readable(one_visitor)))
    asked(one_visitor)
    expect(one_visitor.get_by_role("alert")).to_contain_text("请 30 秒后再试")


def test_whether_it_helped_can_be_said(one_visitor: Page) -> None:
    asked(one_visitor)
    one_visitor.get_by_role("button", name="有帮助", exact=True).click()
    expect(one_visitor.get_by_role("status").filter(has_text="谢")).to_be_visible()


def test_the_region_can_be_chosen_and_counts(one_visitor: Page) -> None:
    one_visitor.goto("/")
    one_visitor.get_by_role("button", name="问政策").click()
    one_visitor.get_by_label("地区").select_option(label="明德区")
    one_visitor.get_by_label("您想了解什么？").fill(QUESTION)
    with one_visitor.expect_request("**/api/v1/chat") as asking:
        one_visitor.get_by_role("button", name="提问").click()
    assert asking.value.post_data_json["region"] == "990102"


def test_a_person_is_one_press_away(one_visitor: Page) -> None:
    asked(one_visitor)
    with one_visitor.expect_popup() as opened:
        one_visitor.get_by_role("link", name="转人工").click()
    expect(opened.value.get_by_role("button", name="转人工").first).to_be_visible()
    opened.value.close()


def test_generated_text_carries_its_label_and_its_sources(one_visitor: Page) -> None:
    label, block = (
        "人工智能生成，仅供参考",
        {"kind": "generated", "lines": ["需要两样材料。"], "citation": None, "line_citations": [[1, 2]]},
    )
    block["heading"] = label
    cut = f"event: generated\ndata: {json.dumps(block)}\n\n"
    # Held open: what came is shown before the reply is complete.
    one_visitor.add_init_script(_STREAM_HELD_OPEN % json.dumps(cut))
    asked(one_visitor)
    answer = one_visitor.get_by_role("article", name="答复")
    expect(answer).to_contain_text(label)
    expect(answer).to_contain_text("需要两样材料。依据1依据2")


_STREAM_HELD_OPEN = """
const usual = window.fetch;
window.fetch = (address, options) => {
  if (!String(address).endsWith("/api/v1/chat")) return usual(address, options);
  const body = new ReadableStream({ start: (control) => control.enqueue(new TextEncoder().encode(%s)) });
  return Promise.resolve(new Response(body));
};
"""


def _readable(page: Page) -> dict[str, str]:
    return {"Content-Type": "text/event-stream", "Access-Control-Allow-Origin": page.evaluate("location.origin")}
