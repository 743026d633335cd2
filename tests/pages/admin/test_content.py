"""The pages of edited content: lists, forms, history and spreadsheets, for all eight kinds the same."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from api.access.models import Role
from api.container import Container
from api.content.addresses import CONTENT_KINDS
from knowledge_base.content.kind_tables import kind_tables
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_client, a_staff_member

DEPARTMENT = "dept-police"


@pytest.fixture
def container() -> Container:
    return a_container()


@pytest.fixture
def admin(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))


@pytest.fixture
def auditor(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.AUDITOR, name="shen.ji"))


def department(container: Container) -> str:
    return container.departments.all()[0].id


def cells(container: Container, kind: str, key: str, **changed: str) -> dict[str, Any]:
    """What the form of an entry sends, with some cells changed."""
    entry = container.content.desk.entry(kind, key)
    return {"key": key, "based_on": entry.number, **{f"cell_{name}": text for name, text in {**entry.row, **changed}.items()}}


def preview_of(client: TestClient, kind: str, content: bytes, name: str = "表.xlsx", **fields: str) -> str:
    answer = client.post(f"/admin/{kind}/import", files={"sheet": (name, content)}, data=fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def edited(sheet: bytes, change: Any) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    change(book.worksheets[0])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def number_of(page: str) -> str:
    found = re.search(r'name="number" value="(\d+)"', page)
    assert found
    return found[1]


def test_the_addresses_are_those_of_the_kinds() -> None:
    assert tuple(kind_tables()) == CONTENT_KINDS


@pytest.mark.parametrize("kind", CONTENT_KINDS)
def test_every_kind_has_its_pages(container: Container, admin: TestClient, kind: str) -> None:
    entry = container.content.desk.entries(kind)[0]
    for address in ("", "/new", "/history", "/import", "/entry"):
        answer = admin.get(f"/admin/{kind}{address}", params={"key": entry.key} if address == "/entry" else {})
        assert answer.status_code == 200, address
        assert kind_tables()[kind].label in answer.text


@pytest.mark.parametrize("kind", CONTENT_KINDS)
def test_what_is_exported_changes_nothing_when_it_is_imported_again(admin: TestClient, kind: str) -> None:
    sheet = admin.get(f"/admin/{kind}/export.xlsx").content
    assert "没有变化" in admin.get(preview_of(admin, kind, sheet)).text


@pytest.mark.parametrize("kind", ["guides", "wording"])
def test_an_auditor_sees_entries_and_nothing_to_change_them(container: Container, auditor: TestClient, kind: str) -> None:
    page = auditor.get(f"/admin/{kind}/entry", params={"key": container.content.desk.entries(kind)[0].key}).text
    assert 'value="save"' not in page
    assert "存为草稿" not in page
    assert 'name="reason"' not in page
    assert auditor.post(f"/admin/{kind}/save", data={}).status_code == 403
    assert auditor.get(f"/admin/{kind}/import").status_code == 403


def test_a_department_that_is_saved_is_answered_from_and_noted(container: Container, admin: TestClient) -> None:
    key = department(container)
    answer = admin.post("/admin/departments/save", data=cells(container, "departments", key, phone="0900-8889999") | {"reason": "搬迁"})
    assert answer.status_code == 303
    assert container.departments.get(key).phone == "0900-8889999"  # type: ignore[union-attr]
    line = container.audit.events(limit=1)[0]
    assert (line.action, line.reason) == ("content_saved", "搬迁")
    assert "0900-8889999" in line.after


def test_of_two_who_edit_the_same_entry_the_second_is_told_and_keeps_what_was_written(container: Container, admin: TestClient) -> None:
    key = department(container)
    mine = cells(container, "departments", key, address="新址一号")
    admin.post("/admin/departments/save", data=cells(container, "departments", key, phone="0900-8889999"))
    refused = admin.post("/admin/departments/save", data=mine)
    assert refused.status_code == 409
    assert "别人改过" in refused.text
    assert "新址一号" in refused.text
    assert container.departments.get(key).phone == "0900-8889999"  # type: ignore[union-attr]


def test_two_who_edit_different_entries_do_not_hinder_each_other(container: Container, admin: TestClient) -> None:
    key, new = department(container), {"cell_id": "d-2", "cell_name": "示范市档案馆", "cell_jurisdiction": "990100"}
    mine = cells(container, "departments", key, phone="0900-8889999")
    assert admin.post("/admin/departments/save", data=new).status_code == 303
    assert admin.post("/admin/departments/save", data=mine).status_code == 303


def test_a_wrong_cell_is_named_beside_its_field_and_what_was_written_stays(container: Container, admin: TestClient) -> None:
    refused = admin.post("/admin/departments/save", data=cells(container, "departments", department(container), phone="打给我"))
    assert refused.status_code == 422
    assert "不像电话号码" in refused.text
    assert 'value="打给我"' in refused.text


def test_a_department_that_guides_name_cannot_be_removed(container: Container, admin: TestClient) -> None:
    guide = container.guides.all()[0]
    key = guide.department_id
    if container.departments.get(key) is None:
        admin.post("/admin/departments/save", data={"cell_id": key, "cell_name": "示范市公安局", "cell_jurisdiction": "990100"})
    entry = container.content.desk.entry("departments", key)
    refused = admin.post("/admin/departments/remove", data={"key": key, "based_on": entry.number, "reason": "撤并"})
    assert refused.status_code == 422
    assert guide.title in refused.text


def test_removing_asks_for_a_reason(container: Container, admin: TestClient) -> None:
    entry = container.content.desk.entries("hot-questions")[0]
    form: dict[str, Any] = {"key": entry.key, "based_on": entry.number}
    assert admin.post("/admin/hot-questions/remove", data=form).status_code == 422
    assert admin.post("/admin/hot-questions/remove", data=form | {"reason": "过时"}).status_code == 303
    assert entry.key not in container.hot_questions


def test_what_comes_with_the_program_can_be_put_back(container: Container, admin: TestClient) -> None:
    first = container.hot_questions[0]
    admin.post("/admin/hot-questions/remove", data={"key": first, "based_on": 0, "reason": "过时"})
    number = container.content.desk.entry("hot-questions", first).number
    assert admin.post("/admin/hot-questions/reset", data={"key": first, "based_on": number}).status_code == 303
    assert container.hot_questions[0] == first


class TestGuides:
    def test_a_draft_is_not_live_until_it_is_published(self, container: Container, admin: TestClient) -> None:
        live, form = container.guides.all(), {"cell_title": "加装电梯补贴", "action": "draft"}
        answer = admin.post("/admin/guides/save", data=form)
        key = answer.headers["location"].split("key=")[1].split("&")[0]
        assert container.guides.all() == live
        whole = {"jurisdiction": "990100", "department_id": department(container)}
        answer = admin.post("/admin/guides/save", data=cells(container, "guides", key, **whole) | {"action": "save"})
        assert answer.status_code == 303
        assert container.guides.get(key).title == "加装电梯补贴"  # type: ignore[union-attr]
        assert ("refresh_index", "") in container.work.submitted  # type: ignore[attr-defined]  # the queue of the fakes

    def test_a_draft_of_a_live_guide_leaves_it_as_it_is(self, container: Container, admin: TestClient) -> None:
        guide = container.guides.all()[0]
        admin.post("/admin/guides/save", data=cells(container, "guides", guide.id, fee="两百元") | {"action": "draft"})
        assert container.guides.get(guide.id) == guide
        assert "两百元" in admin.get("/admin/guides/entry", params={"key": guide.id}).text

    def test_the_form_can_be_filled_in_beforehand(self, container: Container, admin: TestClient) -> None:
        asked = {"title": "路灯报修", "question": ["路灯不亮找谁？", "路灯坏了怎么办？"], "department": department(container)}
        page = admin.get("/admin/guides/new", params=asked).text
        assert 'value="路灯报修"' in page
        assert "路灯不亮找谁？\n路灯坏了怎么办？" in page
        assert f'<option value="{department(container)}" selected>' in page


class TestSpreadsheets:
    def test_what_was_previewed_is_what_is_applied(self, container: Container, admin: TestClient) -> None:
        def change(sheet: Any) -> None:
            phone = next(cell.column for cell in sheet[1] if cell.value == "电话")
            sheet.cell(2, phone).value = "０９００-8887777"

        address = preview_of(admin, "departments", edited(admin.get("/admin/departments/export.xlsx").content, change))
        page = admin.get(address).text
        assert "0900-8887777" in page
        assert container.departments.all()[0].phone != "0900-8887777"
        assert admin.post(address, data={"number": number_of(page), "reason": "更正"}).status_code == 303
        assert container.departments.all()[0].phone == "0900-8887777"

    def test_a_preview_that_others_have_overtaken_is_shown_again(self, container: Container, admin: TestClient) -> None:
        address = preview_of(admin, "hot-questions", "问题,顺序\n电梯坏了找谁？,5\n".encode(), "问题.csv")
        number = number_of(admin.get(address).text)
        admin.post("/admin/hot-questions/save", data={"cell_question": "路灯坏了找谁？"})
        refused = admin.post(address, data={"number": number})
        assert refused.status_code == 409
        assert "重新计算" in refused.text
        assert admin.post(address, data={"number": number_of(refused.text)}).status_code == 303
        assert container.hot_questions[0] == "电梯坏了找谁？"

    def test_faults_are_told_by_row_and_column_and_nothing_is_applied(self, container: Container, admin: TestClient) -> None:
        before = container.departments.all()
        text = "编号,部门名称,行政区划,电话\nd-1,档案馆,990100,0900-8880001\nd-2,,火星,打给我\n"
        page = admin.get(preview_of(admin, "departments", text.encode("gb18030"), "部门.csv")).text
        for words in ("第3行“部门名称”", "第3行“行政区划”", "第3行“电话”"):
            assert words in page
        assert "确认导入" not in page
        assert container.departments.all() == before

    def test_entries_the_file_lacks_go_only_where_that_was_asked_for(self, container: Container, admin: TestClient) -> None:
        text = "问题,顺序\n电梯坏了找谁？,5\n".encode()
        partial = admin.get(preview_of(admin, "hot-questions", text, "问题.csv")).text
        address = preview_of(admin, "hot-questions", text, "问题.csv", complete="yes")
        number = number_of(admin.get(address).text)
        assert '<h2 class="card__title" id="group-2">删除' not in partial
        assert admin.post(address, data={"number": number}).status_code == 422
        assert admin.post(address, data={"number": number, "reason": "换一批"}).status_code == 303
        assert container.hot_questions == ("电梯坏了找谁？",)

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("表.pdf", b"%PDF", "只接受"),
            ("表.xlsx", b"not a zip", "已损坏"),
            ("表.csv", "编号,颜色\nx,红\n".encode(), "不认识表头“颜色”"),
            ("表.csv", "部门名称\n档案馆\n".encode(), "缺少“编号”"),
            ("表.csv", b"", "空的"),
        ],
    )
    def test_a_file_that_is_no_such_table_is_refused_with_what_to_do(
        self, admin: TestClient, name: str, content: bytes, words: str
    ) -> None:
        refused = admin.post("/admin/departments/import", files={"sheet": (name, content)})
        assert refused.status_code == 422
        assert words in refused.text


class TestHistory:
    def test_an_older_version_is_put_back_as_a_new_one(self, container: Container, admin: TestClient) -> None:
        key, before = department(container), container.departments.all()[0]
        admin.post("/admin/departments/save", data=cells(container, "departments", key, phone="0900-8889999"))
        number = container.content.desk.store.number("departments")
        page = admin.get(f"/admin/departments/history/{number}").text
        assert before.phone in page
        assert "0900-8889999" in page
        assert admin.post(f"/admin/departments/history/{number - 1}/restore", data={}).status_code == 422
        assert admin.post(f"/admin/departments/history/{number - 1}/restore", data={"reason": "改错了"}).status_code == 303
        assert container.departments.get(key) == before
        assert container.content.desk.store.number("departments") == number + 1

    def test_a_version_that_is_not_there_is_not_found(self, admin: TestClient) -> None:
        assert admin.get("/admin/wording/history/99").status_code == 404
        assert admin.get("/admin/wording/entry", params={"key": "nothing"}).status_code == 404


class TestLists:
    def test_filters_stand_in_the_address(self, admin: TestClient) -> None:
        page = admin.get("/admin/vocabulary", params={"f_sort": "everyday", "words": "落户"}).text
        assert "落户" in page
        assert '<option value="everyday" selected>' in page

    def test_a_list_is_shown_page_by_page(self, admin: TestClient) -> None:
        page = admin.get("/admin/intents", params={"f_label": "emergency", "page": "2"}).text
        assert "page=3&amp;" in page or "page=3" in page
        assert "f_label=emergency" in page


class TestWording:
    KEY = "problem.404"

    def test_a_sentence_that_is_changed_is_said_at_once(self, container: Container, admin: TestClient) -> None:
        admin.post("/admin/wording/save", data=cells(container, "wording", self.KEY, text="这一页搬走了\n请从首页重新查找。"))
        assert "这一页搬走了" in admin.get("/nothing-here", headers={"accept": "text/html"}).text

    def test_what_is_filled_in_must_stay(self, container: Container, admin: TestClient) -> None:
        refused = admin.post("/admin/wording/save", data=cells(container, "wording", "reply.answered_from_guide", text="内容如下："))
        assert refused.status_code == 422
        assert "缺少 {title}" in refused.text
