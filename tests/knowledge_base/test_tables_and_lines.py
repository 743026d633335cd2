"""Markdown, tables and JSON Lines: what they state becomes hints, the rest readable text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.adapters.parsers.json_lines import JsonLinesParser
from knowledge_base.adapters.parsers.limits import load_limits
from knowledge_base.adapters.parsers.markdown import MarkdownParser
from knowledge_base.adapters.parsers.metadata_hints import load_hint_names, stated_fields
from knowledge_base.adapters.parsers.tables import TableParser
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText
from tests.knowledge_base.office_files import csv_of, gzipped, jsonl_of, raw, xlsx_of

LIMITS, NAMES = load_limits(), load_hint_names()


def markdown(source: str) -> ParsedText:
    (parsed,) = MarkdownParser(LIMITS, NAMES).parse(raw("办法.md", source.encode()))
    return parsed


def table(name: str, content: bytes) -> Sequence[ParsedText]:
    return tuple(TableParser(LIMITS, NAMES).parse(raw(name, content)))


def json_lines(content: bytes) -> list[ParsedText]:
    return list(JsonLinesParser(LIMITS, NAMES).parse(raw("库.jsonl", content)))


def test_front_matter_becomes_hints_and_leaves_the_text() -> None:
    stated = "id: demo-001\n标题: 居住证管理办法\n发文机关: [示范市公安局, 示范市民政局]\n施行日期: 2024-07-01\nis_demonstration: true"
    source = f"---\n{stated}\n---\n正文。\n"
    parsed = markdown(source)
    assert (parsed.text, parsed.title, parsed.document_id) == ("正文。", "居住证管理办法", "demo-001")
    assert parsed.hints == {
        "id": "demo-001",
        "title": "居住证管理办法",
        "issuing_authorities": "示范市公安局、示范市民政局",
        "effective_on": "2024-07-01",
        "is_demonstration": "true",
    }


def test_markdown_marks_go_and_structure_stays() -> None:
    source = (
        "# 居住证管理办法\n\n## 第一章 总则\n\n**第一条** 为了`规范`管理，\n制定[本办法](https://www.shifan.example)。\n\n"
        "1. 身份证\n2. 照片\n\n- 其他\n\n| 项目 | 时限 |\n|---|---|\n| 申领 | 15日 |\n"
    )
    lines = [line for line in markdown(source).text.split("\n") if line]
    assert lines == [
        "居住证管理办法",
        "第一章 总则",
        "第一条 为了规范管理，",
        "制定本办法。",
        "1. 身份证",
        "2. 照片",
        "• 其他",
        "项目 | 时限",
        "申领 | 15日",
    ]
    assert markdown(source).title == "居住证管理办法"


def test_numbers_at_the_start_of_a_line_keep_their_mark() -> None:
    lines = [line for line in markdown("一、总体要求\n\n（一）目标\n\n1.具体任务\n\n3. 从三开始\n").text.split("\n") if line]
    assert lines == ["一、总体要求", "（一）目标", "1.具体任务", "3. 从三开始"]


def test_broken_front_matter_names_the_line() -> None:
    with pytest.raises(UnreadableDocument, match=r"YAML.*第\d行"):
        markdown("---\nid: [a\ntitle: b\n---\n正文")


def test_a_table_of_documents_gives_one_text_a_row() -> None:
    rows = [
        ("政策文件目录", None, None, None),
        ("标题", "发文字号", "发布日期", "正文"),
        ("甲办法", "示政发〔2024〕1号", date(2024, 1, 2), "第一条 甲。"),
        ("乙办法", "", None, "第一条 乙。"),
    ]
    first, second = table("目录.xlsx", xlsx_of(rows))
    assert (first.title, first.text) == ("甲办法", "第一条 甲。")
    assert first.hints == {"title": "甲办法", "document_number": "示政发〔2024〕1号", "published_on": "2024-01-02"}
    assert second.hints == {"title": "乙办法"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_any_other_table_is_one_text_with_its_rows_as_lines(encoding: str) -> None:
    (parsed,) = table("收费.csv", csv_of([("项目", "收费"), ("首次申领", "免费"), ("补领", "20元")], encoding))
    assert parsed.text == "项目 | 收费\n首次申领 | 免费\n补领 | 20元"


def test_whole_numbers_of_a_sheet_carry_no_decimal_point() -> None:
    (parsed,) = table("收费.xlsx", xlsx_of([("项目", "元"), ("补领", 20.0), ("换领", 0.5)]))
    assert parsed.text == "项目 | 元\n补领 | 20\n换领 | 0.5"


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(UnreadableDocument, match="超过2行"):
        list(TableParser(replace(LIMITS, max_rows=2), NAMES).parse(raw("大.csv", b"a,b\n1,2\n3,4\n5,6\n")))


RECORD = {
    "_id": "law_1",
    "title": "甲条例",
    "text": "第一条 甲。",
    "metadata": {
        "date": "2021-12-24",
        "region": "示范市",
        "doc_no": "示政发〔2021〕3号",
        "url": "https://www.shifan.example/3",
        "len": 5,
        "issuer": None,
    },
}


@pytest.mark.parametrize("packed", [False, True])
def test_each_line_is_a_document_and_known_metadata_become_hints(packed: bool) -> None:
    content = jsonl_of([RECORD, {"_id": "law_2", "title": "", "text": "乙。"}])
    first, second = json_lines(gzipped(content) if packed else content)
    assert (first.document_id, first.title, first.text) == ("law_1", "甲条例", "第一条 甲。")
    assert first.hints == {
        "id": "law_1",
        "title": "甲条例",
        "published_on": "2021-12-24",
        "jurisdiction": "示范市",
        "document_number": "示政发〔2021〕3号",
        "source_url": "https://www.shifan.example/3",
    }
    assert (second.document_id, second.title) == ("law_2", None)


def test_a_bad_line_costs_only_itself_and_is_named() -> None:
    content = jsonl_of([RECORD]) + b"{broken\n" + jsonl_of([{"_id": "x", "text": " "}, {**RECORD, "_id": "law_3"}])
    read: list[str | None] = []
    with pytest.raises(UnreadableDocument, match="第2行不是有效的 JSON；第3行没有正文（text）有问题，其余2条已读取"):  # noqa: PT012 - what came before the error counts
        for parsed in JsonLinesParser(LIMITS, NAMES).parse(raw("库.jsonl", content)):
            read.append(parsed.document_id)
    assert read == ["law_1", "law_3"]


def test_an_endless_line_is_refused() -> None:
    parser = JsonLinesParser(replace(LIMITS, max_record_bytes=1000), NAMES)
    with pytest.raises(UnreadableDocument, match="第1行过长"):
        list(parser.parse(raw("库.jsonl.gz", gzipped(json.dumps({"text": "长" * 9999}).encode()))))


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024年7月1日", "2024-07-01"),
        ("2024/7/1", "2024-07-01"),
        ("20240701", "2024-07-01"),
        ("2024-07-01 08:00:00", "2024-07-01"),
        (date(2024, 7, 1), "2024-07-01"),
    ],
)
def test_dates_are_read_as_people_write_them(written: object, iso: str) -> None:
    assert stated_fields({"施行日期": written}, NAMES).hints == {"effective_on": iso}


def test_the_last_day_of_validity_ends_the_day_after() -> None:
    assert stated_fields({"有效期至": "2025年12月31日"}, NAMES).hints == {"expires_on": "2026-01-01"}


def test_an_unreadable_date_is_left_out_and_named() -> None:
    stated = stated_fields({"发布日期": "去年夏天", "标题": "甲"}, NAMES)
    assert stated.hints == {"title": "甲"}
    assert "去年夏天" in stated.warnings[0]
