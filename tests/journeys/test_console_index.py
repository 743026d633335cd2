"""The index from the console, in a real browser: run now and watch, compare first, switch back with a reason, try a question."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from api.access.models import Role
from tests.factories import a_revision
from tests.journeys.keyboard import sign_in
from tests.journeys.service import PASSWORD, Service

pytestmark = [pytest.mark.browser, pytest.mark.model]

ENOUGH_S = 120


@pytest.fixture(scope="module")
def office(service: Service) -> Service:
    service.container.accounts.create("suo.yin", {Role.ADMINISTRATOR}, by="test", password=PASSWORD, display_name="索引管理员")
    # What other files have published on the same server is in the index before.
    service.container.index.run_now("suo.yin", "", lambda *_: None)
    return service


@pytest.fixture
def page(chromium: Browser, office: Service) -> Iterator[Page]:
    with _page(chromium, office) as page:
        yield page


@pytest.fixture
def plain(chromium: Browser, office: Service) -> Iterator[Page]:
    """A browser that runs no JavaScript."""
    with _page(chromium, office, javascript=False) as page:
        yield page


@contextmanager
def _page(chromium: Browser, office: Service, javascript: bool = True) -> Iterator[Page]:
    context = chromium.new_context(locale="zh-CN", base_url=office.address, reduced_motion="reduce", java_script_enabled=javascript)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    sign_in(page, "suo.yin", PASSWORD, "/admin/index")
    yield page
    context.close()
    assert faults == []


def publish(office: Service, document_id: str, title: str) -> None:
    text = f"第一条 为了规范{title}，制定本办法。\n第二条 {title}应当停放在划定区域，违者由城市管理部门责令改正。\n"
    office.container.documents.add(a_revision(document_id, title=title, text=text, effective_on=date(2024, 1, 1), is_demonstration=True))


def latest_result(page: Page) -> str:
    return page.get_by_role("region", name="历史").get_by_role("row").nth(1).inner_text()


def until_it_holds(check: Callable[[], None]) -> None:
    give_up = time.monotonic() + ENOUGH_S
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > give_up:
                raise


def test_run_now_is_watched_until_it_is_done_and_the_new_text_is_found(page: Page, office: Service) -> None:
    publish(office, "d-journey-bikes", "示范市共享单车管理办法")
    page.reload()
    expect(page.get_by_text("有 1 处政策改动")).to_be_visible()
    page.get_by_label("更新的原因").fill("发布共享单车办法")
    page.get_by_role("button", name="立即更新").click()
    expect(page.get_by_text("已安排更新索引")).to_be_visible()
    # Nobody loads the page again: the list keeps itself fresh.
    expect(page.get_by_role("region", name="历史").get_by_role("row").nth(1)).to_contain_text("已完成", timeout=ENOUGH_S * 1000)
    assert "新增 2 段" in latest_result(page)
    page.goto("/admin/search")
    page.get_by_label("市民的问题").fill("示范市共享单车应当停放在哪里？")

    def asked_again() -> None:
        # A searcher loads the new snapshot beside, and answers from the old one until it is ready.
        page.get_by_role("button", name="测试").click()
        best = page.get_by_role("region", name="检索名次").get_by_role("row").nth(1)
        expect(best).to_contain_text("示范市共享单车管理办法", timeout=1000)

    until_it_holds(asked_again)
    expect(page.get_by_text("判断意图")).to_be_visible()


def test_a_new_index_is_compared_before_the_switch_and_switched_back_with_a_reason(plain: Page, office: Service) -> None:
    """Without JavaScript, so that every step is a form or a link."""
    index = office.container.index
    before = office.container.current_snapshot().snapshot_id
    publish(office, "d-journey-scooters", "示范市滑板车管理办法")
    plain.get_by_role("button", name="先比较再切换").click()
    _until_over(plain, "等待确认的任务")
    assert office.container.current_snapshot().snapshot_id == before
    plain.get_by_role("link", name="比较两个索引").click()
    expect(plain.get_by_text("个对照问题：")).to_be_visible()
    plain.get_by_role("button", name="切换到新索引").click()
    expect(plain.get_by_role("status").filter(has_text="比较后切换到索引快照")).to_be_visible()
    after = office.container.current_snapshot().snapshot_id
    assert after != before
    kept = plain.get_by_role("row", name=before)
    kept.get_by_text("换用这个快照…").click()
    kept.get_by_label("理由").fill("滑板车办法有误")
    kept.get_by_role("button", name="换用").click()
    expect(plain.get_by_role("status").filter(has_text=f"已换用索引快照 {before}")).to_be_visible()
    assert office.container.current_snapshot().snapshot_id == before
    assert index.history()[0].why == "换用快照：滑板车办法有误"
    newest = office.container.audit.events(limit=1, action="index_switched")[0]
    assert (newest.actor, newest.reason, newest.before, newest.after) == ("suo.yin", "滑板车办法有误", after, before)
    plain.get_by_role("button", name="立即更新").click()
    _until_over(plain, "新增 2 段")


def _until_over(plain: Page, words: str) -> None:
    """Loads the page again, as somebody without JavaScript does."""
    for _ in range(ENOUGH_S):
        plain.goto("/admin/index")
        if plain.get_by_text(words).first.is_visible():
            return
        plain.wait_for_timeout(500)
    raise AssertionError(f"{words} did not come: {plain.inner_text('main')}")
