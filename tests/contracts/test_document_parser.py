"""What every parser promises, run on the parser of every format."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.adapters.parsers.families import SUFFIXES
from knowledge_base.adapters.parsers.limits import load_limits
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText
from knowledge_base.ports import DocumentParser
from tests.knowledge_base.office_files import ARTICLES, TITLE, csv_of, gzipped, jsonl_of, pdf_of, plain_docx, raw, xlsx_of

BODY = "\n".join((TITLE, *ARTICLES))
RECORD = jsonl_of([{"_id": "a1", "title": TITLE, "text": BODY, "metadata": {}}])
ROWS = (("标题", "正文"), (TITLE, BODY))
SAMPLES = {
    "办法.txt": BODY.encode(),
    "办法.md": f"# {TITLE}\n\n".encode() + "\n\n".join(ARTICLES).encode(),
    "办法.html": f"<html><body><h1>{TITLE}</h1>{''.join(f'<p>{article}</p>' for article in ARTICLES)}</body></html>".encode(),
    "办法.docx": plain_docx(),
    "办法.pdf": pdf_of(),
    "办法.xlsx": xlsx_of(ROWS),
    "办法.csv": csv_of(ROWS),
    "办法.jsonl": RECORD,
    "办法.jsonl.gz": gzipped(RECORD),
}
PARSERS = default_parsers()


def parser_of(name: str, parsers: tuple[DocumentParser, ...] = PARSERS) -> DocumentParser:
    return next(parser for parser in parsers if name.endswith(tuple(parser.suffixes)))


def read(name: str, content: bytes, parsers: tuple[DocumentParser, ...] = PARSERS) -> tuple[ParsedText, ...]:
    return tuple(parser_of(name, parsers).parse(raw(name, content)))


@pytest.mark.parametrize("name", SAMPLES)
def test_articles_start_their_lines_and_stay_whole(name: str) -> None:
    (parsed,) = read(name, SAMPLES[name])
    assert [line for line in parsed.text.split("\n") if line.startswith("第")] == list(ARTICLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_reading_twice_gives_the_same(name: str) -> None:
    assert read(name, SAMPLES[name]) == read(name, SAMPLES[name])


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("content", [b"", b"  \n", b"\x00" * 64])
def test_an_empty_file_is_refused_with_advice(name: str, content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=r"文件是空的.*请检查") as refusal:
        read(name, content)
    assert name in str(refusal.value)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_over_the_limit_is_refused_with_advice(name: str) -> None:
    parsers = default_parsers(replace(load_limits(), max_bytes=10))
    with pytest.raises(UnreadableDocument, match=r"上限.*请拆成"):
        read(name, SAMPLES[name], parsers)


@pytest.mark.parametrize("name", ["办法.docx", "办法.pdf", "办法.xlsx", "办法.jsonl.gz"])
def test_half_a_file_is_refused_with_advice(name: str) -> None:
    half = SAMPLES[name][: len(SAMPLES[name]) // 2]
    with pytest.raises(UnreadableDocument, match="请"):
        read(name, half)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cut=st.floats(0, 1), noise=st.binary(max_size=40))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name: str, cut: float, noise: bytes) -> None:
    content = SAMPLES[name]
    place = int(len(content) * cut)
    damaged = content[:place] + noise + content[place + len(noise) :]
    try:
        texts = read(name, damaged)
    except UnreadableDocument as refusal:
        assert refusal.reason.endswith("。")  # noqa: PT017 - both ways out are right, and each has something to check
    else:
        assert all(isinstance(parsed.text, str) for parsed in texts)


@pytest.mark.parametrize("name", [*SAMPLES, "办法.doc"])
@settings(max_examples=40, deadline=None)
@given(content=st.binary(min_size=1, max_size=300))
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(name: str, content: bytes) -> None:
    try:
        texts = read(name, content)
    except UnreadableDocument as refusal:
        assert refusal.reason.endswith("。")  # noqa: PT017 - both ways out are right, and each has something to check
    else:
        assert all("\x00" not in parsed.text for parsed in texts)


@pytest.mark.parametrize("family", SUFFIXES)
def test_a_family_states_the_suffixes_of_its_parser(family: str) -> None:
    (parser,) = (parser for parser in PARSERS if parser.suffixes == SUFFIXES[family])
    assert parser.parser.parser.suffixes == SUFFIXES[family]  # type: ignore[attr-defined]


def test_no_two_parsers_claim_the_same_suffix() -> None:
    suffixes = [suffix for parser in PARSERS for suffix in parser.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)
    assert {".txt", ".md", ".html", ".htm", ".docx", ".doc", ".pdf", ".xlsx", ".csv", ".jsonl", ".jsonl.gz"} <= set(suffixes)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("办法.docx", "办法.pdf", "PDF"),
        ("办法.doc", "办法.docx", "Word"),
        ("办法.doc", "办法.html", "网页"),
        ("办法.txt", "办法.docx", "Word"),
        ("办法.pdf", "办法.html", "网页"),
    ],
)
def test_a_wrong_suffix_is_noticed_and_the_file_read_as_what_it_is(name: str, content: str, kind: str) -> None:
    (parsed,) = read(name, SAMPLES[content])
    assert "第三条 本办法自2024年7月1日起施行。" in parsed.text.split("\n")
    assert any("扩展名与内容不符" in warning and kind in warning for warning in parsed.warnings)


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("办法.docx", b"just some words", "改正扩展名"),
        ("办法.pdf", b"\x89PNG\r\n\x1a\n" + b"\x01" * 40, "图片已损坏"),
        ("办法.docx", b"PK\x03\x04" + b"\x01" * 40, "损坏"),
        ("办法.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("办法.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "另存为 .xlsx"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(name: str, content: bytes, advice: str) -> None:
    with pytest.raises(UnreadableDocument, match=advice):
        read(name, content)
