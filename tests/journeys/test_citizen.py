"""What citizens do, in a real browser against the real service with the demonstration content."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.model]

QUESTION = "居住证怎么办，要带什么材料？"
ARTICLE_QUESTION = "申领居住证应当符合什么规定？"


def ask(page: Page, question: str = QUESTION) -> None:
    page.goto("/")
    page.get_by_label("您想了解什么？").fill(question)
    page.get_by_role("button", name="提问", exact=True).click()
    answered(page)


def answered(page: Page) -> None:
    expect(page.locator("article#answer")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("log")).not_to_have_attribute("aria-busy", "true")


def has_no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_question_is_answered_with_its_basis(desktop: Page) -> None:
    ask(desktop)
    answer = desktop.locator("article#answer")
    expect(answer.get_by_role("heading", name="依据", exact=True)).to_be_visible()
    expect(answer).to_contain_text("居住证")
    expect(answer.locator(".answer__dated")).to_contain_text("依据截至")
    expect(answer.locator(".department a[href^='tel:']").first).to_be_visible()


def test_a_citation_leads_to_the_highlighted_provision(desktop: Page) -> None:
    ask(desktop, ARTICLE_QUESTION)
    note = desktop.locator("details.note:has(a[href^='/policies/'])").first
    note.locator("summary").click()
    expect(note.locator("mark").first).to_be_visible()
    quoted = note.locator("mark").first.inner_text()
    note.get_by_role("link", name="在政策全文中查看").click()
    expect(desktop).to_have_url(re.compile(r"/policies/.+quote=\d+-\d+#"))
    target = desktop.locator(":target")
    expect(target).to_be_visible()
    marked = desktop.locator(".policy__text mark")
    expect(marked.first).to_be_in_viewport()
    # The article's number stands before the highlighted words on the page.
    highlighted = "".join("".join(marked.all_inner_texts()).split())
    assert len(highlighted) > 10
    assert "".join(quoted.split()).endswith(highlighted)


def test_a_number_in_the_answer_opens_its_note(desktop: Page) -> None:
    ask(desktop)
    desktop.locator("a.note-ref").first.click()
    expect(desktop.locator("details.note").first).to_have_attribute("open", "")


def test_a_follow_up_is_understood_in_its_conversation(desktop: Page) -> None:
    ask(desktop)
    desktop.get_by_label("接着问").fill("那要多少钱？")
    desktop.get_by_label("接着问").press("Enter")
    expect(desktop.locator(".question")).to_have_count(2)
    answered(desktop)
    expect(desktop.locator("article#answer")).to_contain_text("居住证")


def test_the_region_is_chosen_and_remembered(desktop: Page) -> None:
    desktop.goto("/")
    desktop.get_by_role("link", name=re.compile("所在地区")).click()
    desktop.get_by_label("地区名称或代码").fill("云栖")
    desktop.get_by_role("button", name="查找").click()
    desktop.get_by_role("button", name=re.compile("云栖区")).click()
    expect(desktop.locator(".ask__note")).to_contain_text("云栖区")
    desktop.goto("/policies")
    expect(desktop.get_by_role("link", name=re.compile("所在地区"))).to_contain_text("云栖区")


def test_everything_works_without_javascript(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_label("您想了解什么？").fill(QUESTION)
    plain.get_by_role("button", name="提问", exact=True).click()
    expect(plain.locator("article#answer")).to_contain_text("居住证")
    plain.locator("details.note summary").first.click()
    expect(plain.locator("details.note blockquote").first).to_be_visible()
    plain.get_by_role("button", name="转人工").click()
    expect(plain.get_by_role("heading", name="人工服务", level=1)).to_be_visible()
    expect(plain.get_by_role("log", name="与工作人员的对话")).not_to_be_empty()


def test_nothing_scrolls_sideways_on_a_phone(phone: Page) -> None:
    ask(phone)
    phone.locator("details.note summary").first.click()
    assert has_no_sideways_scroll(phone)
    for address in ("/policies", "/regions", "/guides/nope"):
        phone.goto(address)
        assert has_no_sideways_scroll(phone), address
    phone.goto("/policies")
    phone.locator(".policy-item a").first.click()
    assert has_no_sideways_scroll(phone)


def test_the_narrowest_screen_with_the_large_version_still_fits(phone: Page) -> None:
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto("/")
    phone.get_by_role("button", name="长辈版").click()
    expect(phone.locator("html")).to_have_attribute("data-size", "elder")
    ask(phone)
    assert has_no_sideways_scroll(phone)


def test_the_large_version_has_large_words_and_targets(phone: Page) -> None:
    phone.goto("/")
    phone.get_by_role("button", name="长辈版").click()
    size = phone.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    box = phone.get_by_role("button", name="提问", exact=True).bounding_box()
    assert size >= 18
    assert box is not None
    assert box["height"] >= 60


def test_targets_are_large_enough_to_hit(phone: Page) -> None:
    ask(phone)
    sizes = phone.locator("main button:visible, main summary:visible, header a:visible, header button:visible, main a.note-ref:visible")
    small = [box for box in (sizes.nth(at).bounding_box() for at in range(sizes.count())) if box and min(box["width"], box["height"]) < 24]
    assert small == []


def test_a_question_can_be_asked_and_read_with_the_keyboard_alone(desktop: Page) -> None:
    desktop.goto("/")
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_role("link", name="跳到正文")).to_be_focused()
    desktop.keyboard.press("Enter")
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_label("您想了解什么？")).to_be_focused()
    desktop.keyboard.type(QUESTION)
    desktop.keyboard.press("Enter")
    answered(desktop)
    desktop.locator("details.note summary").first.focus()
    desktop.keyboard.press("Enter")
    expect(desktop.locator("details.note").first).to_have_attribute("open", "")


def test_focus_can_be_seen(desktop: Page) -> None:
    desktop.goto("/")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Tab")
    style = desktop.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
    )
    assert style == "solid3px"


def test_personal_data_is_shown_masked(desktop: Page) -> None:
    ask(desktop, "我的电话13800138000，居住证怎么办？")
    expect(desktop.locator(".question")).not_to_contain_text("13800138000")
    desktop.reload()
    expect(desktop.locator("main")).not_to_contain_text("13800138000")


def test_emoji_alone_is_answered_with_what_to_do(desktop: Page) -> None:
    ask(desktop, "😀😀")
    expect(desktop.locator("article#answer")).to_contain_text("没有看懂")


def test_a_cut_connection_is_told_and_the_question_kept(desktop: Page) -> None:
    desktop.goto("/")
    desktop.route("**/ask", lambda route: route.abort())
    desktop.get_by_label("您想了解什么？").fill(QUESTION)
    desktop.get_by_role("button", name="提问", exact=True).click()
    expect(desktop.locator(".answer__failed")).to_contain_text("没有连上服务")
    expect(desktop.locator("#message")).to_have_value(QUESTION)


def test_the_reference_of_the_interface_opens_offline(desktop: Page) -> None:
    desktop.goto("/docs")
    expect(desktop.get_by_role("heading", name=re.compile("政问"))).to_be_visible()
