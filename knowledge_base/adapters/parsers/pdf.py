"""Read PDF text with PDFium: wrapped lines become paragraphs, page numbers and running heads go."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pypdfium2
from pypdfium2.raw import FPDF_ERR_PASSWORD

from knowledge_base.adapters.parsers.layout import clean, join_paragraphs
from knowledge_base.adapters.parsers.limits import ReadingLimits, require_length
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText, RawDocument

_PAGE_NUMBER = re.compile(
    r"^[\s\-—–―·.•~〜－]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／]\s*(?:共\s*)?\d{1,4}\s*页?|\s*[,，]?\s*共\s*\d{1,4}\s*页)?[\s\-—–―·.•~〜－]*$"
)
_STARTS_ANEW = re.compile(
    r"^\s*(?:第[〇零一二三四五六七八九十百千\d０-９]{1,9}[编章节条](?:之[一二三四五六七八九十]+)?[\s　]"
    r"|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|[(（]\d{1,2}[)）]|\d{1,2}[.．、](?!\d)|[①-⑳]|附件[\d一二三四五六七八九十]?[:：]?\s*$|注\d*[:：])"
)
_DIGITS = re.compile(r"\d+")
_READABLE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")
_FEWEST_CHARACTERS_A_PAGE = 4


@dataclass(frozen=True, slots=True)
class _Line:
    """One printed line; `left` and `right` in points from the page's left edge, `size` the width of a full character."""

    text: str
    left: float
    right: float
    size: float


@dataclass(frozen=True, slots=True)
class PdfParser:
    """One text a file. A scan without a text layer is refused, one with some bare pages is read with a warning."""

    limits: ReadingLimits
    suffixes: frozenset[str] = frozenset({".pdf"})

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        # PDFium keeps global state: two threads inside it crash the process.
        with _ONE_AT_A_TIME:
            pages = self._pages(raw)
        bare = [number for number, page in enumerate(pages, start=1) if not _has_text(page)]
        if len(bare) == len(pages):
            raise UnreadableDocument(raw.name, "PDF 里没有文字，是扫描件或图片。请提供文字版，或先做文字识别（OCR）后重新导入。")
        text = join_paragraphs(_paragraphs(_without_margins(pages)))
        require_length(raw.name, text, self.limits)
        warnings = (f"第{'、'.join(map(str, bare[:20]))}页没有文字，可能是图片，请核对原文。",) if bare else ()
        return (ParsedText(text, warnings=warnings),)

    def _pages(self, raw: RawDocument) -> list[list[_Line]]:
        try:
            document = pypdfium2.PdfDocument(raw.content)
        except pypdfium2.PdfiumError as error:
            locked = getattr(error, "err_code", None) == FPDF_ERR_PASSWORD
            reason = "PDF 加了密码。请取消密码保护后重新导入。" if locked else "PDF 已损坏或没有下载完整。请重新下载，或另存一份再导入。"
            raise UnreadableDocument(raw.name, reason) from error
        try:
            return self._read(raw.name, document)
        except pypdfium2.PdfiumError as error:
            raise UnreadableDocument(raw.name, "PDF 的页面已损坏。请重新下载，或另存一份再导入。") from error
        finally:
            document.close()

    def _read(self, name: str, document: pypdfium2.PdfDocument) -> list[list[_Line]]:
        if len(document) > self.limits.max_pages:
            raise UnreadableDocument(name, f"PDF 有{len(document)}页，超过{self.limits.max_pages}页的上限。请拆成几个文件后重新导入。")
        pages, length = [], 0
        for page in document:
            lines = list(_lines(page))
            page.close()
            length += sum(len(line.text) for line in lines)
            if length > self.limits.max_characters:
                raise UnreadableDocument(name, f"正文超过{self.limits.max_characters}字的上限。请拆成几个文件后重新导入。")
            pages.append(lines)
        return pages


_ONE_AT_A_TIME = threading.Lock()


def _lines(page: pypdfium2.PdfPage) -> Iterator[_Line]:
    content = page.get_textpage()
    position, last = 0, content.count_chars() - 1
    for text in content.get_text_range().replace("\r\n", "\n\n").split("\n"):
        # Characters outside the basic plane take two places in the text and one in PDFium, so the place may run a little ahead.
        shown = [min(position + offset, last) for offset, char in enumerate(text) if not char.isspace()]
        if shown:
            boxes = [content.get_charbox(shown[0], loose=True), content.get_charbox(shown[-1], loose=True)]
            yield _Line(clean(text), boxes[0][0], boxes[1][2], max(right - left for left, _, right, _ in boxes))
        position += len(text) + 1
    content.close()


def _has_text(page: Sequence[_Line]) -> bool:
    return sum(len(_READABLE.findall(line.text)) for line in page if not _PAGE_NUMBER.match(line.text)) >= _FEWEST_CHARACTERS_A_PAGE


def _without_margins(pages: Sequence[Sequence[_Line]]) -> list[list[_Line]]:
    """Leaves out page numbers, and first or last two lines that (but for their digits) return on most pages."""
    edges = Counter(key for page in pages for key in {_DIGITS.sub("#", line.text.strip()) for line in (*page[:2], *page[-2:])})
    running = {text for text, count in edges.items() if count >= 3 and count >= len(pages) * 0.6}

    def is_margin(page: Sequence[_Line], position: int) -> bool:
        at_edge = position < 2 or position >= len(page) - 2
        line = page[position].text
        return at_edge and bool(_PAGE_NUMBER.match(line) or _DIGITS.sub("#", line.strip()) in running)

    return [[line for position, line in enumerate(page) if not is_margin(page, position)] for page in pages]


def _paragraphs(pages: Sequence[Sequence[_Line]]) -> list[str]:
    paragraphs: list[str] = []
    before: _Line | None = None
    for page in pages:
        # The edges of most lines are the edges of the text; outliers are headings and page furniture.
        left, right = _edge(line.left for line in page), _edge(line.right for line in page)
        for line in page:
            if before is not None and paragraphs and _runs_on(before, line, left, right):
                paragraphs[-1] += _seam(paragraphs[-1], line.text) + line.text.strip()
            else:
                paragraphs.append(line.text.rstrip())
            before = line
    return paragraphs


def _edge(values: Iterable[float]) -> float:
    rounded = Counter(round(value / 4) * 4 for value in values)
    return float(max(rounded, key=lambda value: rounded[value])) if rounded else 0.0


def _runs_on(before: _Line, line: _Line, left: float, right: float) -> bool:
    """A line that reaches the right edge goes on in the next, unless that one is indented or opens with a number of its own."""
    reaches_edge = before.right >= right - 2 * before.size
    indented = line.left > left + line.size
    return reaches_edge and not indented and not _STARTS_ANEW.match(line.text)


def _seam(before: str, after: str) -> str:
    latin = before[-1:].isascii() and before[-1:].isalnum() and after[:1].isascii() and after[:1].isalnum()
    return " " if latin else ""
