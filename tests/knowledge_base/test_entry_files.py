"""Guides and departments from YAML, JSON Lines, CSV and XLSX, and back into spreadsheets."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import openpyxl
import pytest
import yaml

from knowledge_base.adapters.entry_columns import load_columns
from knowledge_base.adapters.entry_files import (
    load_departments,
    load_guides,
    load_item_departments,
    write_departments,
    write_guides,
)
from knowledge_base.errors import InvalidEntry
from knowledge_base.regions import RegionDirectory
from tests.factories import a_department, a_guide

SEEDS = Path(__file__).parents[2] / "knowledge_base" / "seeds" / "demo"
A_FULL_GUIDE = a_guide(
    aliases=("办居住证", "暂住证"),
    conditions=("在本市居住半年以上，且有稳定住所；", "连续就读的除外。"),
    process=("申请", "受理", "领证"),
    time_limit="法定20个工作日\n承诺15个工作日",
    place="“示范”大厅，1楼",
    hours="周一至周五",
    url="https://www.shifan.example/g?x=1&y=2",
    basis=("《居住证暂行条例》第九条",),
    usual_questions=("没有房产证能办吗？",),
    is_demonstration=True,
)
A_FULL_DEPARTMENT = a_department(
    duties=("负责户籍；", "负责居住证。"), matters=("居住证",), aliases=("市公安局", "公安"), url="https://www.shifan.example/ga"
)


def test_a_yaml_file_of_guides_is_read(tmp_path: Path) -> None:
    path = tmp_path / "guides.yaml"
    path.write_text(yaml.safe_dump([asdict(A_FULL_GUIDE)], allow_unicode=True), encoding="utf-8")
    assert load_guides(path) == (A_FULL_GUIDE,)


def test_a_yaml_list_may_stand_under_one_name(tmp_path: Path) -> None:
    path = tmp_path / "departments.yml"
    path.write_text(yaml.safe_dump({"departments": [asdict(A_FULL_DEPARTMENT)]}, allow_unicode=True), encoding="utf-8")
    assert load_departments(path) == (A_FULL_DEPARTMENT,)


def test_a_json_lines_file_of_guides_is_read(tmp_path: Path) -> None:
    path = tmp_path / "guides.jsonl"
    path.write_text(json.dumps(asdict(A_FULL_GUIDE), ensure_ascii=False) + "\n\n", encoding="utf-8")
    assert load_guides(path) == (A_FULL_GUIDE,)


def test_a_guides_spreadsheet_comes_back_as_it_was_written(tmp_path: Path) -> None:
    guides = (A_FULL_GUIDE, a_guide("guide-bare", required_materials=(), time_limit="", fee="", phone=""))
    write_guides(tmp_path / "guides.xlsx", guides)
    assert load_guides(tmp_path / "guides.xlsx") == guides


def test_a_departments_spreadsheet_comes_back_as_it_was_written(tmp_path: Path) -> None:
    departments = (A_FULL_DEPARTMENT, a_department("dept-hall", name="示范市政务服务中心", parent_id="dept-police"))
    write_departments(tmp_path / "departments.xlsx", departments)
    assert load_departments(tmp_path / "departments.xlsx") == departments


def test_the_demonstration_guides_and_departments_survive_the_way_through_a_spreadsheet(tmp_path: Path) -> None:
    guides, departments = load_guides(SEEDS / "guides.yaml"), load_departments(SEEDS / "departments.yaml")
    write_guides(tmp_path / "guides.xlsx", guides)
    write_departments(tmp_path / "departments.xlsx", departments)
    assert load_guides(tmp_path / "guides.xlsx") == guides
    assert load_departments(tmp_path / "departments.xlsx") == departments


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    guide = a_guide(place='=HYPERLINK("http://x.example")')
    write_guides(tmp_path / "guides.xlsx", [guide])
    cell_types = {cell.data_type for row in openpyxl.load_workbook(tmp_path / "guides.xlsx").worksheets[0].iter_rows() for cell in row}
    assert "f" not in cell_types
    assert load_guides(tmp_path / "guides.xlsx") == (guide,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_with_chinese_headings_is_read_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "guides.csv"
    rows = '编号,事项名称,部门编号,地区,材料,咨询电话\ng-1,居住证首次申领,dept-police,示范市,"身份证\n照片",0900-8880101\n'
    path.write_bytes(rows.encode(encoding))
    (guide,) = load_guides(path)
    assert (guide.id, guide.title, guide.jurisdiction, guide.required_materials) == (
        "g-1",
        "居住证首次申领",
        "990100",
        ("身份证", "照片"),
    )


def test_every_heading_is_understood_and_belongs_to_one_field(tmp_path: Path) -> None:
    regions = RegionDirectory.from_csv(SEEDS / "regions.csv")
    for kind, factory, load in (("guides", A_FULL_GUIDE, load_guides), ("departments", A_FULL_DEPARTMENT, load_departments)):
        columns = load_columns(kind)
        assert set(columns.headings) == set(asdict(factory))
        for heading, field in columns.fields.items():
            row = asdict(factory)
            path = tmp_path / "one.jsonl"
            path.write_text(json.dumps({heading if name == field else name: value for name, value in row.items()}), encoding="utf-8")
            assert load(path, regions) == (factory,)


def test_numbers_typed_into_a_spreadsheet_stay_as_typed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["编号", "部门名称", "行政区划", "电话"])
    sheet.append([None, None, None, None])
    sheet.append([7, "示范市公安局", 990100, 12345])
    book.save(tmp_path / "departments.xlsx")
    (department,) = load_departments(tmp_path / "departments.xlsx")
    assert (department.id, department.jurisdiction, department.phone) == ("7", "990100", "12345")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": ""}, "缺少“事项名称”"),
        ({"department_id": None}, "缺少“承办部门编号”"),
        ({"jurisdiction": "火星市"}, "没有找到行政区划“火星市”"),
        ({"jurisdiction": ""}, "缺少“行政区划”"),
        ({"url": "www.shifan.example"}, "应以 http:// 或 https:// 开头"),
        ({"url": "javascript:alert(1)"}, "应以 http:// 或 https:// 开头"),
        ({"is_demonstration": "大概"}, "应填“是”或“否”"),
        ({"process": [{"第一步": "申请"}]}, "每一项应是一段文字"),
        ({"颜色": "红"}, "不认识的字段：颜色"),
    ],
)
def test_a_row_that_is_wrong_is_named_with_what_is_wrong(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    path = tmp_path / "guides.jsonl"
    rows = [asdict(a_guide("g-1")), {**asdict(a_guide("g-2")), **changes}]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    with pytest.raises(InvalidEntry, match=reason) as caught:
        load_guides(path)
    assert caught.value.where == "guides.jsonl 第2行"


def test_an_id_that_stands_twice_is_named_with_both_places(tmp_path: Path) -> None:
    path = tmp_path / "guides.yaml"
    path.write_text(yaml.safe_dump([asdict(a_guide()), asdict(a_guide())], allow_unicode=True), encoding="utf-8")
    with pytest.raises(InvalidEntry, match=r"第2项：编号“guide-residence”与guides.yaml 第1项重复"):
        load_guides(path)


def test_departments_that_stand_above_each_other_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "departments.yaml"
    departments = [a_department("d-1", parent_id="d-2"), a_department("d-2", name="乙", parent_id="d-1")]
    path.write_text(yaml.safe_dump([asdict(department) for department in departments], allow_unicode=True), encoding="utf-8")
    with pytest.raises(InvalidEntry, match="绕成了圈"):
        load_departments(path)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("guides.yaml", b"- id: [", "不是有效的 YAML"),
        ("guides.yaml", "只有一句话".encode(), "应是一个列表"),
        ("guides.yaml", b"- just text", "字段: 内容"),
        ("guides.jsonl", b"{", "不是有效的 JSON"),
        ("guides.xlsx", b"PK\x03\x04", "不是有效的 XLSX"),
        ("guides.csv", "编号,标题\n1,2,3\n".encode(), "比表头的列数多"),
        ("guides.csv", "材料,申请材料\n1,2\n".encode(), "同一个字段"),
        ("guides.csv", b"\xff\xff\xff", "编码认不出来"),
        ("guides.doc", b"x", "不认识这种文件"),
        ("guides.jsonl.gz", b"\x1f\x8bbroken", "读不了这个文件"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidEntry, match=reason):
        load_guides(tmp_path / name)


@pytest.mark.public_data
def test_all_public_service_items_become_guides_of_known_departments(public_data: Path) -> None:
    path = public_data / "service_items" / "items.jsonl.gz"
    guides, departments = load_guides(path), load_item_departments(path)
    assert (len(guides), len(departments)) == (2262, 177)
    assert {guide.department_id for guide in guides} == {department.id for department in departments}
    assert {guide.jurisdiction for guide in guides} == {"440000", "440100"}
    assert sum(bool(guide.required_materials) for guide in guides) == 809
    assert not any(guide.place.startswith("办理地点") for guide in guides)
