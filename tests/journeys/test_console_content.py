"""Edited content in a real browser: a spreadsheet there and back, a sentence, and a word that acts once the index is refreshed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote
from urllib.request import urlopen

import openpyxl
import orjson
import pytest
from playwright.sync_api import Browser, Page, expect

from api.access.models import Role
from tests.journeys.keyboard import sign_in
from tests.journeys.service import PASSWORD, Service

pytestmark = [pytest.mark.browser, pytest.mark.model]

ENOUGH_S = 120
GUIDE, PHONE = "sfg-juzhuzheng-shenling", "0900-8887654"
NEW_WORD = "蓝皮本本"


@pytest.fixture(scope="module")
def office(service: Service) -> Service:
    service.container.accounts.create("nei.rong", {Role.ADMINISTRATOR}, by="test", password=PASSWORD, display_name="内容管理员")
    return service


@pytest.fixture
def console(chromium: Browser, office: Service) -> Iterator[Page]:
    with _page(chromium, office) as page:
        sign_in(page, "nei.rong", PASSWORD, "/admin/departments")
        yield page


@pytest.fixture
def citizen(chromium: Browser, office: Service) -> Iterator[Page]:
    with _page(chromium, office) as page:
        yield page


@contextmanager
def _page(chromium: Browser, office: Service) -> Iterator[Page]:
    """Without JavaScript: everything here works so, and the same markup serves both."""
    context = chromium.new_context(
        locale="zh-CN", base_url=office.address, java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    yield context.new_page()
    context.close()


def test_departments_go_out_as_a_spreadsheet_and_come_back_with_a_new_phone(
    office: Service, console: Page, citizen: Page, tmp_path: Path
) -> None:
    guide = office.container.guides.get(GUIDE)
    assert guide is not None
    with console.expect_download() as download:
        console.get_by_role("link", name="导出表格").click()
    sheet = tmp_path / "departments.xlsx"
    download.value.save_as(sheet)
    _set_phone(sheet, guide.department_id, PHONE)
    console.get_by_role("link", name="导入表格").click()
    console.get_by_label("表格文件").set_input_files(sheet)
    console.get_by_role("button", name="上传并预览").click()
    expect(console.get_by_role("heading", name="预览：departments.xlsx")).to_be_visible()
    expect(console.get_by_role("cell", name=PHONE)).to_be_visible()
    citizen.goto(f"/guides/{GUIDE}")
    expect(citizen.get_by_text(PHONE)).to_have_count(0)
    console.get_by_label("导入的原因").fill("号码更换")
    console.get_by_role("button", name="确认导入").click()
    expect(console.get_by_role("status").first).to_contain_text("已导入，1个有变化")
    citizen.reload()
    expect(citizen.get_by_text(PHONE).first).to_be_visible()
    console.get_by_role("link", name="历史", exact=True).click()
    expect(console.get_by_role("row").nth(1)).to_contain_text("号码更换")


def test_a_sentence_that_is_changed_is_what_citizens_read(console: Page, citizen: Page) -> None:
    words = "您好，这里是示范市政策咨询台，请说您想办的事。"
    console.goto("/admin/wording?words=这里是政策咨询")
    console.get_by_role("row").nth(1).get_by_role("link").click()
    console.get_by_label("文字").fill(words)
    console.get_by_role("button", name="保存").click()
    expect(console.get_by_role("status").first).to_contain_text("已保存")

    def greeted() -> str:
        citizen.goto("/")
        citizen.get_by_label("您想了解什么？").fill("您好")
        citizen.get_by_role("button", name="提问", exact=True).click()
        return citizen.locator("#answer").inner_text()

    _until(lambda: words in greeted())
    console.get_by_role("button", name="恢复默认").click()
    expect(console.get_by_role("status").first).to_contain_text("已恢复")
    _until(lambda: words not in greeted())


def test_a_new_word_acts_after_the_refresh_and_no_question_fails_meanwhile(office: Service, console: Page) -> None:
    before = _searched(office)
    assert before["scored"] is False
    console.goto("/admin/vocabulary/new")
    console.get_by_label("词语").fill(NEW_WORD)
    console.get_by_label("类别").select_option(label="群众说法")
    console.get_by_label("对应的规范用语").fill("居住证")
    console.get_by_role("button", name="保存").click()
    expect(console.get_by_role("status").first).to_contain_text("索引正在后台更新")
    answers: list[dict[str, object]] = []

    def switched() -> bool:
        answers.append(_searched(office))
        return answers[-1]["snapshot_id"] != before["snapshot_id"]

    _until(switched)
    assert all(answer["scored"] is (answer["snapshot_id"] != before["snapshot_id"]) for answer in answers), "words and index go together"


def _searched(office: Service) -> dict[str, object]:
    """By words alone; raises where a search fails. `scored`: whether the residence permit was found."""
    with urlopen(f"{office.address}/api/v1/search?mode=lexical&region=990100&limit=5&q={quote(NEW_WORD)}") as answer:  # noqa: S310 - our own server
        found = orjson.loads(answer.read())
    return {"snapshot_id": found["snapshot_id"], "scored": any("居住证" in hit["text"] + hit["title"] for hit in found["hits"])}


def _until(happened: Callable[[], bool]) -> None:
    """Fails where it does not happen in a time that is long enough for a slow machine."""
    give_up = monotonic() + ENOUGH_S
    while not happened():
        assert monotonic() < give_up, "it did not happen"
        sleep(0.1)


def _set_phone(sheet: Path, department: str, phone: str) -> None:
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    columns = {cell.value: cell.column for cell in page[1]}
    row = next(row for row in range(2, page.max_row + 1) if page.cell(row, columns["编号"]).value == department)
    page.cell(row, columns["电话"]).value = phone
    book.save(sheet)
