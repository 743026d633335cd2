"""Word files: automatic numbers, tables, revisions, text boxes, notes, and the programs that read .doc."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document

from knowledge_base.adapters.parsers.limits import load_limits
from knowledge_base.adapters.parsers.word_doc import DocParser
from knowledge_base.adapters.parsers.word_docx import DocxParser
from knowledge_base.adapters.parsers.word_numbering import written_number
from knowledge_base.errors import MissingReader, UnreadableDocument
from tests.knowledge_base.office_files import docx_bytes, numbered_docx, plain_docx, raw, with_body, with_member, zip_of

LIMITS = load_limits()


def lines_of(content: bytes) -> list[str]:
    (parsed,) = DocxParser(LIMITS).parse(raw("办法.docx", content))
    return parsed.text.split("\n")


def test_article_numbers_that_stand_in_the_list_definition_only_are_read() -> None:
    content = numbered_docx(
        [("chineseCountingThousand", "第%1条")], [(-1, "总则"), (0, "为了规范管理，制定本办法。"), (0, "本办法自发布之日起施行。")]
    )
    assert lines_of(content) == ["总则", "第一条　为了规范管理，制定本办法。", "第二条　本办法自发布之日起施行。"]


def test_deeper_levels_start_anew_under_each_number() -> None:
    levels = [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
    paragraphs = [(0, "申请"), (1, "材料"), (2, "身份证"), (2, "户口簿"), (1, "地点"), (0, "受理"), (1, "时限")]
    assert lines_of(numbered_docx(levels, paragraphs)) == [
        "一、申请",
        "（一）材料",
        "1. 身份证",
        "2. 户口簿",
        "（二）地点",
        "二、受理",
        "（一）时限",
    ]


@pytest.mark.parametrize(
    ("value", "form", "written"),
    [
        (10, "chineseCounting", "十"),
        (1260, "chineseCountingThousand", "一千二百六十"),
        (105, "ideographDigital", "一〇五"),
        (3, "ideographTraditional", "丙"),
        (7, "decimalZero", "07"),
        (12, "decimalEnclosedCircle", "⑫"),
        (28, "lowerLetter", "bb"),
        (14, "upperRoman", "XIV"),
        (5, "somethingNew", "5"),
    ],
)
def test_numbers_are_written_as_word_writes_them(value: int, form: str, written: str) -> None:
    assert written_number(value, form) == written


def test_tables_stand_where_they_stood_one_row_a_line() -> None:
    document = Document()
    document.add_paragraph("一、申请材料")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), ("材料名称", "份数", "居民户口簿", "1"), strict=True):
        cell.text = text
    document.add_paragraph("二、办理时限")
    assert lines_of(docx_bytes(document)) == ["一、申请材料", "材料名称 | 份数", "居民户口簿 | 1", "二、办理时限"]


def test_merged_cells_are_read_once() -> None:
    document = Document()
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "收费标准"
    table.cell(1, 0).text, table.cell(1, 1).text = "首次申领", "免费"
    assert lines_of(docx_bytes(document)) == ["收费标准", "首次申领 | 免费"]


def test_insertions_count_and_deletions_do_not() -> None:
    body = (
        "<w:p><w:r><w:t>有效期</w:t></w:r><w:del><w:r><w:delText>三</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>五</w:t></w:r></w:ins><w:r><w:t>年。</w:t></w:r></w:p>"
    )
    assert lines_of(with_body(body)) == ["有效期五年。"]


def test_text_inside_content_controls_and_text_boxes_is_read() -> None:
    body = (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>示政发〔2024〕12号</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框中的字</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
    )
    assert lines_of(with_body(body)) == ["示政发〔2024〕12号", "正文", "框中的字"]


def test_footnotes_follow_at_the_end_with_a_mark_where_they_belong() -> None:
    with_note = with_body('<w:p><w:r><w:t>补贴标准</w:t><w:footnoteReference w:id="2"/></w:r><w:r><w:t>另行公布。</w:t></w:r></w:p>')
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    notes = (
        f'<w:footnotes xmlns:w="{word}"><w:footnote w:id="2"><w:p><w:r><w:t>以当年公告为准。</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    relations = _member(with_note, "word/_rels/document.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="rId90" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"'
        b' Target="footnotes.xml"/></Relationships>',
    )
    content = with_member(with_member(with_note, "word/footnotes.xml", notes.encode()), "word/_rels/document.xml.rels", relations)
    assert lines_of(content) == ["补贴标准〔注1〕另行公布。", "注1：以当年公告为准。"]


def test_a_document_of_pictures_only_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="没有文字"):
        lines_of(plain_docx([]))


def test_an_archive_that_explodes_is_refused() -> None:
    bomb = with_member(plain_docx(), "word/media/image1.xml", b" " * (3 << 20))
    with pytest.raises(UnreadableDocument, match="异常庞大"):
        list(DocxParser(replace(LIMITS, max_unpack_ratio=50)).parse(raw("办法.docx", bomb)))


def test_entity_declarations_are_refused() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><w:document/>'
    with pytest.raises(UnreadableDocument, match="实体声明"):
        lines_of(with_member(plain_docx(), "word/document.xml", laughs))


def test_a_zip_that_only_looks_like_word_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="已损坏"):
        lines_of(zip_of({"word/other.xml": b"<a/>"}))


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def doc_parser(folder: Path, antiword: str = "", soffice: str = "", **changes: int) -> DocParser:
    """A .doc parser whose programs are these shell scripts; "" for one that is not installed."""
    limits = replace(LIMITS, **changes)
    return DocParser(
        limits,
        DocxParser(limits),
        antiword=program(folder / "antiword", antiword) if antiword else "no-such-antiword",
        soffice=program(folder / "soffice", soffice) if soffice else "no-such-soffice",
    )


OLD_WORD = raw("通知.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") * 9)


NUMBERED_BOOK = (
    "<book><bookinfo><date>2025-01-01</date></bookinfo><chapter><para>甲</para>"
    "<orderedlist><listitem><para>乙。</para></listitem></orderedlist></chapter></book>"
)


def test_without_a_reader_the_debian_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingReader, match="apt install antiword"):
        doc_parser(tmp_path).parse(OLD_WORD)


def test_rtf_names_the_package_that_reads_it(tmp_path: Path) -> None:
    with pytest.raises(MissingReader, match="apt install libreoffice-writer"):
        doc_parser(tmp_path).parse(raw("通知.rtf", b"{\\rtf1 hello}"))


def test_a_reader_that_does_not_finish_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="1秒内没有读完"):
        doc_parser(tmp_path, "exec sleep 30", program_timeout_s=1).parse(OLD_WORD)


def test_a_reader_that_fails_leads_to_advice(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="另存为"):
        doc_parser(tmp_path, "exit 1").parse(OLD_WORD)


def test_lost_list_numbers_are_named_in_a_warning(tmp_path: Path) -> None:
    (parsed,) = doc_parser(tmp_path, f"echo '{NUMBERED_BOOK}'").parse(OLD_WORD)
    assert parsed.text == "甲\n乙。"
    assert any("自动编号" in warning for warning in parsed.warnings)


def test_list_numbers_are_taken_from_libreoffice_where_it_is_installed(tmp_path: Path) -> None:
    converted = tmp_path / "converted.docx"
    converted.write_bytes(plain_docx(["框", "甲", "一、乙。"]))
    parser = doc_parser(tmp_path, f"echo '{NUMBERED_BOOK}'", f"mkdir out && cp {converted} out/source.docx")
    (parsed,) = parser.parse(OLD_WORD)
    assert (parsed.text, parsed.warnings) == ("甲\n一、乙。", ())


def test_libreoffice_reads_what_antiword_cannot(tmp_path: Path) -> None:
    converted = tmp_path / "converted.docx"
    converted.write_bytes(plain_docx(["第一条 甲。"]))
    (parsed,) = doc_parser(tmp_path, "exit 1", f"mkdir out && cp {converted} out/source.docx").parse(OLD_WORD)
    assert parsed.text == "第一条 甲。"


def test_a_file_neither_program_reads_leads_to_advice(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"LibreOffice.*另存为"):
        doc_parser(tmp_path, "exit 1", "exit 1").parse(OLD_WORD)


def _member(archive: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        return source.read(name)
