"""Edited content: what the desk keeps and refuses, spreadsheets in both directions, and values that follow their entries."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest

from api.content.taking import take_entries
from knowledge_base.adapters.content_sheets import SheetLimits, read_table
from knowledge_base.adapters.content_workbook import write_table
from knowledge_base.content.errors import ContentConflict, FaultyEntry, UnreadableTable
from knowledge_base.content.kind_tables import kind_tables
from knowledge_base.content.live_content import LiveContent
from knowledge_base.content.models import Author, Change, ChangeNote, ColumnType, EntryState, Row
from knowledge_base.errors import StoreUnavailable
from tests.factories import a_department, a_guide
from tests.fakes.containers import a_container
from tests.fakes.content_store import MemoryContentStore

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NOTE = ChangeNote(Change.SAVED, "admin", AT)
ME = Author("admin")
DEPARTMENTS = kind_tables()["departments"]


def test_every_kind_names_columns_that_it_has() -> None:
    for table in kind_tables().values():
        names = [column.name for column in table.columns]
        assert {*table.keys, table.title} <= set(names)
        assert len(set(names)) == len(names)
        assert all(bool(column.choices) == (column.type is ColumnType.CHOICE) for column in table.columns)


class TestDesk:
    def test_what_people_edited_stays_when_the_demonstration_is_imported_again(self) -> None:
        content = a_container().content
        shipped = [a_department(id="d-1", phone="0900-8880001"), a_department(id="d-2"), a_department(id="d-3")]
        take_entries(content, "departments", shipped, ME, shipped=True)
        entry = content.desk.entry("departments", "d-1")
        content.desk.save("departments", "d-1", {**entry.row, "phone": "0900-8889999"}, ME, based_on=entry.number)
        content.desk.remove("departments", "d-3", ME, based_on=content.desk.entry("departments", "d-3").number)
        newer = [*shipped[:1], a_department(id="d-2", hours="全天"), shipped[2]]
        assert take_entries(content, "departments", newer, ME, shipped=True) is not None
        kept = {entry.key: entry.row for entry in content.desk.entries("departments")}
        assert (kept["d-1"]["phone"], kept["d-2"]["hours"], "d-3" in kept) == ("0900-8889999", "全天", False)
        assert take_entries(content, "departments", newer, ME, shipped=True) is None

    def test_a_change_based_on_an_older_look_is_refused(self) -> None:
        desk = a_container().content.desk
        row: Row = {"question": "路灯坏了找谁？"}
        desk.save("hot-questions", "", row, ME)
        number = desk.entry("hot-questions", row["question"]).number
        desk.save("hot-questions", row["question"], {**row, "order": "7"}, ME, based_on=number)
        with pytest.raises(ContentConflict, match="刚刚被别人改过"):
            desk.save("hot-questions", row["question"], {**row, "order": "9"}, ME, based_on=number)
        assert desk.entry("hot-questions", row["question"]).row["order"] == "7"

    def test_a_new_entry_does_not_take_the_place_of_another(self) -> None:
        desk = a_container().content.desk
        with pytest.raises(FaultyEntry, match="已经有"):
            desk.save("hot-questions", "", {"question": "居住证怎么办？"}, ME)

    def test_what_is_renamed_leaves_its_old_place(self) -> None:
        container = a_container()
        container.content.desk.save("hot-questions", "居住证怎么办？", {"question": "居住证如何办？", "order": "1"}, ME)
        assert container.hot_questions == ("居住证如何办？", "公积金能贷多少？")

    def test_departments_above_each_other_are_refused(self) -> None:
        desk = a_container().content.desk
        desk.take("departments", {key: {"id": key, "name": key, "jurisdiction": "990100"} for key in ("d-1", "d-2")}, ME)
        first, second = desk.entry("departments", "d-1"), desk.entry("departments", "d-2")
        desk.save("departments", "d-1", {**first.row, "parent_id": "d-2"}, ME, based_on=first.number)
        with pytest.raises(FaultyEntry, match="绕成了圈"):
            desk.save("departments", "d-2", {**second.row, "parent_id": "d-1"}, ME, based_on=second.number)

    @pytest.mark.parametrize(
        ("kind", "row", "words"),
        [
            ("guides", {"id": "g-1", "title": "x", "department_id": "nobody", "jurisdiction": "990100"}, "部门名录里没有"),
            ("regions", {"code": "99010", "name": "新区", "level": "county", "parent_code": "990100"}, "六位数字"),
            ("regions", {"code": "990199", "name": "新区", "level": "county", "parent_code": "100000"}, "级别不对"),
            ("regions", {"code": "990199", "name": "新区", "level": "city"}, "上级代码没有填"),
            ("intents", {"text": "我的电话是13800138000", "label": "inquiry"}, "个人信息"),
            ("intents", {"text": "居住证怎么办理？", "label": "inquiry"}, "只差标点"),
            ("intents", {"text": "新的说法", "label": "nonsense"}, "只能填"),
            ("routing-rules", {"name": "新规则", "lead": "没有的部门", "any": "路灯"}, "部门名录里没有"),
            ("routing-rules", {"name": "新规则", "lead": "dept-police"}, "至少填一项"),
            ("wording", {"id": "reply.new", "text": "您好"}, "不能增加"),
            ("hot-questions", {"question": "什么？", "order": "一"}, "整数"),
        ],
    )
    def test_what_does_not_hold_is_refused_in_words(self, kind: str, row: dict[str, str], words: str) -> None:
        with pytest.raises(FaultyEntry, match=words):
            a_container().content.desk.save(kind, "", row, ME)

    def test_a_new_region_stands_below_the_one_it_names(self) -> None:
        desk = a_container().content.desk
        desk.save("regions", "", {"code": "９９０１９９", "name": "高新区", "level": "县级", "parent_code": "示范市"}, ME)
        assert desk.references.regions.lineage("990199") == ("990199", "990100", "990000", "100000")
        assert desk.references.regions.resolve("示范市高新区") is not None


class TestSheets:
    def test_text_that_looks_like_a_formula_stays_text(self) -> None:
        text = '=HYPERLINK("https://x.example")'
        sheet = write_table(DEPARTMENTS, [({"id": "d-1", "name": text, "jurisdiction": "990100"}, False)])
        cell = openpyxl.load_workbook(io.BytesIO(sheet)).worksheets[0]["B2"]
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
        assert read_table("x.xlsx", sheet, DEPARTMENTS)[0].cells["name"] == text

    def test_a_formula_counts_as_the_value_it_had(self) -> None:
        book = openpyxl.Workbook()
        book.worksheets[0].append(["编号", "部门名称", "电话"])
        book.worksheets[0].append(["d-1", "=1+1", 9008880101])
        stream = io.BytesIO()
        book.save(stream)
        # openpyxl computes nothing, so that there is no value.
        assert dict(read_table("x.xlsx", stream.getvalue(), DEPARTMENTS)[0].cells) == {"id": "d-1", "phone": "9008880101"}

    def test_headings_come_in_any_order_and_empty_rows_are_left_out(self) -> None:
        rows = read_table("x.csv", "电话,名称,编号\n\n,,\n0900-8880101,档案馆,d-1\n".encode("gb18030"), DEPARTMENTS)
        assert [(row.line, dict(row.cells)) for row in rows] == [(4, {"phone": "0900-8880101", "name": "档案馆", "id": "d-1"})]

    def test_a_file_that_unpacks_too_large_is_refused_before_it_is_read(self) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b" " * (8 << 20))
        with pytest.raises(UnreadableTable, match="展开后过大"):
            read_table("x.xlsx", stream.getvalue(), DEPARTMENTS, SheetLimits(1, 4, 10_000, 10, 10))

    def test_a_file_that_declares_entities_is_refused(self) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
        with pytest.raises(UnreadableTable, match="不允许的声明"):
            read_table("x.xlsx", stream.getvalue(), DEPARTMENTS)

    def test_more_rows_than_anybody_has_are_refused(self) -> None:
        with pytest.raises(UnreadableTable, match="超过 3 行"):
            read_table("x.csv", ("编号\n" + "d\n" * 5).encode(), DEPARTMENTS, SheetLimits(1, 1, 10, 3, 10))


class TestLiveContent:
    @staticmethod
    def words(rows: object) -> tuple[str, ...]:
        return tuple(rows)  # type: ignore[arg-type]  # a mapping by key

    def test_a_value_follows_its_entries_in_every_process(self) -> None:
        store, shipped = MemoryContentStore(), {"a": {"word": "a"}, "b": {"word": "b"}}
        here = LiveContent(store, "words", lambda: shipped, self.words, check_every_s=0)
        elsewhere = LiveContent(store, "words", lambda: shipped, self.words, check_every_s=0)
        assert here() == elsewhere() == ("a", "b")
        store.append("words", 0, NOTE, {"b": EntryState(None), "c": EntryState({"word": "c"}), "d": EntryState(None, draft={})})
        assert here() == elsewhere() == ("a", "c")

    def test_what_cannot_be_used_leaves_the_last_value(self) -> None:
        store, shipped = MemoryContentStore(), {"a": {"word": "a"}}

        def make(rows: object) -> tuple[str, ...]:
            if "bad" in rows:  # type: ignore[operator]  # a mapping by key
                raise ValueError
            return self.words(rows)

        live = LiveContent(store, "words", lambda: shipped, make, check_every_s=0)
        assert live() == ("a",)
        store.append("words", 0, NOTE, {"bad": EntryState({"word": "bad"})})
        assert live() == ("a",)

    def test_a_store_that_is_away_leaves_the_last_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        store = MemoryContentStore()
        live = LiveContent(store, "words", lambda: {"a": {}}, self.words, check_every_s=0)
        assert live() == ("a",)

        def away(kind: str) -> int:
            raise StoreUnavailable("磁盘空间已满。")

        monkeypatch.setattr(store, "number", away)
        assert live() == ("a",)


def test_a_guide_without_anything_more_comes_back_from_its_row() -> None:
    content = a_container().content
    take_entries(content, "guides", [a_guide(id="g-9", aliases=("一", "二"))], ME)
    assert content.desk.entry("guides", "g-9").row["aliases"] == "一\n二"
