"""The policy base kept current from the console, in a real browser by keyboard: new text in, old text out, text that waits for its day."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TypedDict

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect

from api.access.models import Role
from api.asking import ask
from api.container import Container
from api.settings import DEMONSTRATION_CITY
from assistant.models import AnswerRecord, CitizenQuestion
from tests.fakes.work_queue import RecordingQueue
from tests.journeys.keyboard import press_on, sign_in, tab_to, type_into
from tests.journeys.service import MONDAY_MORNING, PASSWORD, Service
from tests.staff_clients import a_staff_client

pytestmark = [pytest.mark.browser, pytest.mark.model]

DRONES = (
    "示范市民用无人机飞行管理办法",
    "示政发〔2026〕77号",
    "第一条 为了规范民用无人机飞行，制定本办法。",
    "第二条 在市区放飞民用无人机，应当提前三个工作日向示范市公安局报备。",
    "第三条 本办法自2026年11月1日起施行。",
    "示范市人民政府",
    "2026年10月20日",
)
NEXT_DRONES = (
    "示范市无人机飞行服务规定",
    "示政发〔2026〕78号",
    "第一条 在市区放飞民用无人机，应当提前一个工作日在网上登记。",
    "第二条 本规定自2026年11月15日起施行。《示范市民用无人机飞行管理办法》（示政发〔2026〕77号）同时废止。",
    "示范市人民政府",
    "2026年11月10日",
)
LATER = (
    "示范市冰雪运动消费券发放办法",
    "示政发〔2026〕79号",
    "第一条 每位市民可以领取两百元冰雪运动消费券。",
    "第二条 本办法自2026年11月1日起施行。",
    "示范市人民政府",
    "2026年10月20日",
)
QUESTION = "在市区放飞无人机要提前多久报备？"
ENDED_QUESTION = "申领居住证应当符合什么规定？"
ENOUGH_S = 120

OpenPage = Callable[[str], Page]


class ChosenFile(TypedDict):
    name: str
    mimeType: str
    buffer: bytes


@pytest.fixture(scope="module")
def office(service: Service) -> Iterator[Service]:
    service.container.accounts.create("guan.li", {Role.ADMINISTRATOR}, by="test", password=PASSWORD, display_name="管理")
    yield service
    service.clock.now = MONDAY_MORNING


@pytest.fixture
def open_page(chromium: Browser, office: Service) -> Iterator[OpenPage]:
    """Pages of people who share nothing: of the administrator where a place below /admin is named, else of a citizen."""
    office.clock.now = MONDAY_MORNING
    with ExitStack() as people:
        yield lambda place: people.enter_context(_page(chromium, office, place))


@contextmanager
def _page(chromium: Browser, office: Service, place: str) -> Iterator[Page]:
    context = chromium.new_context(locale="zh-CN", base_url=office.address, reduced_motion="reduce")
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    page = context.new_page()
    # The browser hands file pickers over for the whole life of the page: asked for only at the key press, that could come too late.
    page.on("filechooser", lambda _: None)
    if place.startswith("/admin"):
        sign_in(page, "guan.li", PASSWORD, place)
    else:
        page.goto(place)
    yield page
    context.close()
    assert faults == []


def word_file(name: str, lines: tuple[str, ...]) -> ChosenFile:
    document, kept = Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(kept)
    return {
        "name": name,
        "mimeType": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "buffer": kept.getvalue(),
    }


def web_page(name: str, lines: tuple[str, ...]) -> ChosenFile:
    paragraphs = "".join(f"<p>{line}</p>" for line in lines[1:])
    html = f"<html><head><title>{lines[0]}</title></head><body><h1>{lines[0]}</h1>{paragraphs}</body></html>"
    return {"name": name, "mimeType": "text/html", "buffer": html.encode()}


def plain_text(name: str, lines: tuple[str, ...]) -> ChosenFile:
    return {"name": name, "mimeType": "text/plain", "buffer": "\n".join(lines).encode()}


def upload(page: Page, *files: ChosenFile) -> None:
    """By the picker, opened with the keyboard."""
    tab_to(page, page.get_by_label("选择文件"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(list(files))
    expect(page.get_by_text(f"共 {len(files)} 个文件，收下")).to_be_visible()


def to_review(page: Page, name: str) -> None:
    """As soon as the file is read: the list keeps itself up to date."""
    link = page.get_by_role("row", name=name).get_by_role("link", name="去审核")
    expect(link).to_be_visible(timeout=ENOUGH_S * 1000)
    press_on(page, link)
    expect(page.get_by_role("heading", name="读出的信息")).to_be_visible()


def publish(page: Page) -> None:
    press_on(page, page.get_by_role("button", name="保存并发布"))
    expect(page.get_by_role("status").filter(has_text="《")).to_be_visible()


def asked(page: Page, question: str = QUESTION) -> str:
    page.goto("/")
    page.get_by_label("您想了解什么？").fill(question)
    page.get_by_role("button", name="提问", exact=True).click()
    expect(page.locator("article#answer")).not_to_have_attribute("aria-busy", "true")
    return page.locator("article#answer").inner_text()


def indexed(office: Service) -> None:
    """Waits for the background work that a publication asks for, until what it made answers."""
    give_up = time.monotonic() + ENOUGH_S
    while not is_indexed(office):
        assert time.monotonic() < give_up, "the index did not follow"
        time.sleep(0.1)


def is_indexed(office: Service) -> bool:
    container = office.container
    if container.index.underway() is not None or not container.index.pending().is_empty:
        return False
    return container.answering_snapshot() == container.snapshots.current()


def test_what_is_uploaded_reviewed_and_published_answers_the_next_citizen_and_is_gone_once_repealed(
    open_page: OpenPage, office: Service
) -> None:
    console, citizen = open_page("/admin/uploads"), open_page("/")
    assert "三个工作日" not in asked(citizen)

    upload(console, word_file("无人机办法.docx", DRONES), plain_text("程序.exe", DRONES))
    expect(console.get_by_text("不认识这种文件")).to_be_visible()
    to_review(console, "无人机办法.docx")
    expect(console.get_by_label("发文字号")).to_have_value("示政发〔2026〕77号")
    expect(console.get_by_label("施行日期", exact=True)).to_have_value("2026-11-01")
    press_on(console, console.locator("#field-effective_on").get_by_role("link", name="在正文中查看"))
    expect(console.locator("#place-effective_on")).to_be_in_viewport()
    type_into(console, console.get_by_label("主题"), "无人机")
    publish(console)
    indexed(office)
    answer = asked(citizen)
    assert "三个工作日" in answer
    assert "示政发〔2026〕77号" in answer

    press_on(console, console.get_by_role("link", name="查看已发布的文件"))
    press_on(console, console.get_by_role("link", name="废止", exact=True))
    type_into(console, console.get_by_label("废止的理由（必填）"), "试行结束")
    press_on(console, console.get_by_role("button", name="登记废止"))
    expect(console.get_by_text("已登记废止")).to_be_visible()
    assert "三个工作日" not in asked(citizen)

    press_on(console, console.get_by_text("恢复这份文件"))
    type_into(console, console.get_by_label("恢复的理由（必填）"), "继续试行")
    press_on(console, console.get_by_role("button", name="恢复", exact=True))
    expect(console.get_by_role("status").filter(has_text="已恢复")).to_be_visible()
    indexed(office)
    assert "三个工作日" in asked(citizen)

    console.goto("/admin/uploads")
    upload(console, web_page("无人机新规.html", NEXT_DRONES))
    to_review(console, "无人机新规.html")
    publish(console)
    console.goto("/admin/repeals")
    expect(console.get_by_text("同时废止").last).to_be_visible()
    press_on(console, console.get_by_role("button", name="确认废止《示范市民用无人机飞行管理办法》"))
    expect(console.get_by_text("已登记《示范市民用无人机飞行管理办法》")).to_be_visible()
    indexed(office)
    answer = asked(citizen)
    assert "一个工作日" in answer
    assert "三个工作日" not in answer


def test_what_is_published_for_tomorrow_is_not_seen_today(open_page: OpenPage, office: Service) -> None:
    console, citizen = open_page("/admin/uploads"), open_page("/")
    upload(console, plain_text("消费券.txt", LATER))
    to_review(console, "消费券.txt")
    console.get_by_label("公开日期（留空为立即公开）").fill("2026-11-24")
    publish(console)
    indexed(office)
    question = "冰雪运动消费券可以领多少钱？"
    assert "两百元" not in asked(citizen, question)
    citizen.goto("/policies?q=冰雪运动")
    expect(citizen.get_by_text("没有符合条件的政策文件")).to_be_visible()
    office.clock.now = MONDAY_MORNING + timedelta(days=1)
    assert "两百元" in asked(citizen, question)


def test_a_repeal_counts_at_once_even_where_the_index_is_never_refreshed(office: Service) -> None:
    still = replace(office.container, work=RecordingQueue())
    client = a_staff_client(still, still.accounts.named("guan.li"))
    before = answer_to(still, ENDED_QUESTION)
    (document_id, *_) = [citation.document_id for citation in before.answer.citations if citation.edition]
    form = {"on": still.today().isoformat(), "reason": "试一试"}
    assert client.post(f"/admin/policies/{document_id}/repeal", data=form).status_code == 303
    after = answer_to(still, ENDED_QUESTION)
    client.post(f"/admin/policies/{document_id}/restore", data={"reason": "试完了"})
    assert document_id not in {citation.document_id for citation in after.answer.citations}
    assert after.snapshot_id == before.snapshot_id
    assert still.work.submitted == [("refresh_index", "")]


def answer_to(container: Container, question: str) -> AnswerRecord:
    return ask(container, CitizenQuestion(question, "c-repeal", DEMONSTRATION_CITY, container.today(), container.clock()))


def test_a_lost_connection_is_tried_once_more_and_told(open_page: OpenPage) -> None:
    console = open_page("/admin/uploads")
    tries = []
    console.route("**/admin/uploads/file?*", lambda route: (tries.append(1), route.abort() if len(tries) == 1 else route.continue_()))
    upload(console, plain_text("再来一次.txt", LATER))
    expect(console.get_by_text("共 1 个文件，收下 1 个")).to_be_visible()
    assert len(tries) == 2
    console.route("**/admin/uploads/file?*", lambda route: route.abort())
    console.get_by_label("选择文件").set_input_files([plain_text("传不上.txt", LATER)])
    expect(console.get_by_text("没有传成：连接两次中断")).to_be_visible()


def test_several_files_are_sent_without_javascript(chromium: Browser, office: Service) -> None:
    context = chromium.new_context(locale="zh-CN", base_url=office.address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "guan.li", PASSWORD, "/admin/uploads")
    page.get_by_label("选择文件").set_input_files([plain_text("一.txt", LATER), plain_text("二.exe", LATER)])
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("status").first).to_contain_text("收下 1 个文件")
    expect(page.get_by_role("row", name="一.txt")).to_be_visible()
    context.close()
