"""PDF: wrapped lines rejoined, page furniture gone, scans and locked files refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from knowledge_base.adapters.parsers.limits import load_limits
from knowledge_base.adapters.parsers.page_recognition import RecognitionUnavailable
from knowledge_base.adapters.parsers.pdf import PdfParser
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText
from tests.knowledge_base.office_files import ARTICLES, TITLE, locked_pdf, pdf_of, raw, scanned_pdf


def read(content: bytes, max_pages: int = 100) -> ParsedText:
    limits = replace(load_limits(), max_pages=max_pages)
    (parsed,) = PdfParser(limits, RecognitionUnavailable(), lambda _done, _total: None).parse(raw("办法.pdf", content))
    return parsed


def test_wrapped_lines_become_paragraphs_again() -> None:
    assert read(pdf_of()).text.split("\n") == [TITLE, *ARTICLES]


@pytest.mark.parametrize(
    "footer",
    ["— {page} —", "- {page} -", "第{page}页", "{page}", "第 {page} 页 共 4 页", "{page}/4", "示范市人民政府公报 2024 年第{page}期"],
)
def test_page_numbers_and_running_feet_are_dropped(footer: str) -> None:
    assert read(pdf_of(pages=4, footer=footer)).text.split("\n") == [TITLE, *ARTICLES] * 4


def test_a_paragraph_goes_on_over_the_end_of_a_page() -> None:
    long = "本办法所称居住证，" + "是持证人在居住地居住、作为常住人口享受基本公共服务和便利的证明，" * 40 + "由公安机关签发。"
    assert read(pdf_of([TITLE, long])).text.split("\n") == [TITLE, long]


def test_short_lines_of_a_short_last_page_stay_apart() -> None:
    paragraphs = [*ARTICLES[:2] * 8, "抄送：", "公开方式：主动公开"]
    assert read(pdf_of(paragraphs)).text.split("\n") == paragraphs


def test_a_scan_is_refused_and_says_so() -> None:
    with pytest.raises(UnreadableDocument, match=r"扫描件.*OCR"):
        read(scanned_pdf())


def test_a_locked_file_is_refused_and_says_so() -> None:
    with pytest.raises(UnreadableDocument, match="密码"):
        read(locked_pdf())


def test_too_many_pages_are_refused() -> None:
    with pytest.raises(UnreadableDocument, match="有3页，超过2页"):
        read(pdf_of(pages=3), max_pages=2)


def test_several_threads_may_read_at_once() -> None:
    content = pdf_of(pages=3)
    with ThreadPoolExecutor(4) as threads:
        assert len({parsed.text for parsed in threads.map(read, [content] * 12)}) == 1
