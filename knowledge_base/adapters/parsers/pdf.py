"""Read PDF text with PDFium: wrapped lines become paragraphs, page numbers and running heads go. Pages that are scans are recognised."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdfium2
from pypdfium2.raw import FPDF_ERR_PASSWORD

from knowledge_base.adapters.parsers.layout import clean, join_paragraphs
from knowledge_base.adapters.parsers.limits import ReadingLimits, require_length
from knowledge_base.adapters.parsers.page_lines import PageLine, has_text, paragraphs, without_margins
from knowledge_base.adapters.parsers.page_recognition import PageRecogniser, RecognisedLine, recognition_warnings
from knowledge_base.adapters.parsers.recognised_pages import page_lines
from knowledge_base.errors import MissingReader, UnreadableDocument
from knowledge_base.models import ParsedText, RawDocument

if TYPE_CHECKING:
    from PIL.Image import Image

_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class PdfParser:
    """One text a file. Pages without a text layer are recognised; without a recogniser a file of such pages alone is refused.

    `on_page` is told (pages read, pages).
    """

    limits: ReadingLimits
    recogniser: PageRecogniser
    on_page: Callable[[int, int], None]
    suffixes: frozenset[str] = frozenset({".pdf"})

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        # PDFium keeps global state: two threads inside it crash the process.
        with _ONE_AT_A_TIME:
            reading = self._reading(raw)
        text = join_paragraphs(paragraphs(without_margins(reading.pages)))
        if not text.strip():
            raise UnreadableDocument(raw.name, "PDF 里没有找到文字。请核对文件，或提供文字版。")
        require_length(raw.name, text, self.limits)
        return (ParsedText(text, warnings=reading.warnings, read_by_machine=reading.by_machine),)

    def _reading(self, raw: RawDocument) -> _Reading:
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

    def _read(self, name: str, document: pypdfium2.PdfDocument) -> _Reading:
        if len(document) > self.limits.max_pages:
            raise UnreadableDocument(name, f"PDF 有{len(document)}页，超过{self.limits.max_pages}页的上限。请拆成几个文件后重新导入。")
        pages, length, read = [], 0, 0
        for page in document:
            lines = list(_lines(page))
            page.close()
            length += sum(len(line.text) for line in lines)
            if length > self.limits.max_characters:
                raise UnreadableDocument(name, f"正文超过{self.limits.max_characters}字的上限。请拆成几个文件后重新导入。")
            pages.append(lines)
            read += has_text(lines)
            self.on_page(read, len(document))
        return self._with_scans(name, document, pages)

    def _with_scans(self, name: str, document: pypdfium2.PdfDocument, pages: list[list[PageLine]]) -> _Reading:
        """The same pages with what stands in pictures: only pages without text, and with anything drawn on them, are looked at."""
        bare = [index for index, page in enumerate(pages) if not has_text(page)]
        drawn = [index for index in bare if _is_drawn_on(document, index)]
        if not drawn:
            return _Reading(pages)
        try:
            self.recogniser.begin(name, len(drawn))
        except MissingReader as error:
            if len(bare) == len(pages):
                raise
            return _Reading(pages, (f"第{'、'.join(str(index + 1) for index in drawn[:20])}页没有读取：{error.reason}",))
        recognised: list[RecognisedLine] = []
        for count, index in enumerate(drawn, start=1):
            lines, pages[index] = self._recognise(document, index)
            recognised += lines
            self.on_page(len(pages) - len(drawn) + count, len(pages))
        return _Reading(pages, recognition_warnings([index + 1 for index in drawn], recognised), by_machine=True)

    def _recognise(self, document: pypdfium2.PdfDocument, index: int) -> tuple[tuple[RecognisedLine, ...], list[PageLine]]:
        page = document[index]
        width, height = page.get_size()
        # A page may claim any size; its picture stays within what recognition looks at anyway.
        scale = min(self.limits.recognition_dpi / _POINTS_PER_INCH, self.limits.max_picture_side / max(width, height))
        picture: Image = page.render(scale=scale).to_pil()
        page.close()
        lines = self.recogniser.lines(picture)
        return lines, page_lines(lines, picture.height, 1 / scale)


@dataclass(frozen=True, slots=True)
class _Reading:
    pages: list[list[PageLine]]
    warnings: tuple[str, ...] = ()
    by_machine: bool = False


_ONE_AT_A_TIME = threading.Lock()


def _is_drawn_on(document: pypdfium2.PdfDocument, index: int) -> bool:
    page = document[index]
    try:
        return next(iter(page.get_objects(max_depth=1)), None) is not None
    finally:
        page.close()


def _lines(page: pypdfium2.PdfPage) -> Iterator[PageLine]:
    content = page.get_textpage()
    position, last = 0, content.count_chars() - 1
    for text in content.get_text_range().replace("\r\n", "\n\n").split("\n"):
        # Characters outside the basic plane take two places in the text and one in PDFium, so the place may run a little ahead.
        shown = [min(position + offset, last) for offset, char in enumerate(text) if not char.isspace()]
        if shown:
            boxes = [content.get_charbox(shown[0], loose=True), content.get_charbox(shown[-1], loose=True)]
            yield PageLine(
                clean(text),
                boxes[0][0],
                boxes[1][2],
                max(right - left for left, _, right, _ in boxes),
                boxes[0][1],
                boxes[0][3] - boxes[0][1],
            )
        position += len(text) + 1
    content.close()
