"""Read PDF text with PDFium: wrapped lines become paragraphs, page numbers and running heads go."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

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
_MARKED_NUMBER = re.compile(r"^\s*(?:[-—–―·.•~〜－]\s*\d{1,4}\s*[-—–―·.•~〜－]|第\s*\d{1,4}\s*页.*)\s*$")
_DIGITS = re.compile(r"\d+")
_READABLE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")
_FEWEST_CHARACTERS_A_PAGE = 4
_LINES_THAT_TELL = 8


@dataclass(frozen=True, slots=True)
class _Line:
    """One printed line; `left`, `right` from the left edge and `height` above the lower edge of the page, in points.

    `size` is the width of a full character, `tall` the height of its font.
    """

    text: str
    left: float
    right: float
    size: float
    height: float
    tall: float


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
            yield _Line(
                clean(text),
                boxes[0][0],
                boxes[1][2],
                max(right - left for left, _, right, _ in boxes),
                boxes[0][1],
                boxes[0][3] - boxes[0][1],
            )
        position += len(text) + 1
    content.close()


def _has_text(page: Sequence[_Line]) -> bool:
    return sum(len(_READABLE.findall(line.text)) for line in page if not _PAGE_NUMBER.match(line.text)) >= _FEWEST_CHARACTERS_A_PAGE


def _without_margins(pages: Sequence[Sequence[_Line]]) -> list[list[_Line]]:
    """Leaves out page numbers and running heads or feet: lines at an edge of the page, set off from the text.

    A running line returns, but for its digits, on most pages.
    """
    pitch = _line_pitch(pages)
    returning = Counter(key for page in pages for key in {_without_digits(line) for line in page})
    running = {text for text, count in returning.items() if count >= max(3, len(pages) * 0.6)}
    kept = []
    for page in pages:
        downward = sorted(page, key=lambda line: -line.height)
        furniture = [*_furniture(downward, running, pitch), *_furniture(downward[::-1], running, pitch)]
        kept.append([line for line in page if not any(line is other for other in furniture)])
    return kept


def _furniture(inward: Sequence[_Line], running: set[str], pitch: float) -> Sequence[_Line]:
    """The outermost one or two lines, where a wider gap or smaller type sets them off from the rest."""
    for count in (2, 1):
        outer = inward[:count]
        marginal = all(_PAGE_NUMBER.match(line.text) or _without_digits(line) in running for line in outer)
        if len(outer) == count and marginal and (len(inward) == count or _set_off(outer[-1], inward[count], pitch)):
            return outer
    return [line for line in inward[:1] if _MARKED_NUMBER.match(line.text)]


def _set_off(outer: _Line, inner: _Line, pitch: float) -> bool:
    return abs(inner.height - outer.height) > 1.3 * pitch or outer.tall < 0.8 * inner.tall


def _line_pitch(pages: Sequence[Sequence[_Line]]) -> float:
    """The usual distance between lines, in points."""
    gaps = [round(upper.height - lower.height) for page in pages for upper, lower in pairwise(page) if upper.height - lower.height > 1]
    return float(Counter(gaps).most_common(1)[0][0]) if gaps else 0.0


def _without_digits(line: _Line) -> str:
    return _DIGITS.sub("#", line.text.strip())


def _paragraphs(pages: Sequence[Sequence[_Line]]) -> list[str]:
    paragraphs: list[str] = []
    before: _Line | None = None
    everything = [line for page in pages for line in page]
    for page in pages:
        # The edges of most lines are the edges of the text; a page of few lines goes by the whole document.
        measured = page if len(page) >= _LINES_THAT_TELL else everything
        left, right = _edge(line.left for line in measured), _edge(line.right for line in measured)
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
