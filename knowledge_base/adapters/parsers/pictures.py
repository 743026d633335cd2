"""Read .png, .jpg and .tif by character recognition. A TIFF may hold many pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge_base.adapters.parsers.layout import join_paragraphs
from knowledge_base.adapters.parsers.limits import ReadingLimits, require_length
from knowledge_base.adapters.parsers.page_lines import paragraphs, without_margins
from knowledge_base.adapters.parsers.page_recognition import (
    PageRecogniser,
    RecognisedLine,
    RecognitionUnavailable,
    recognition_warnings,
)
from knowledge_base.adapters.parsers.recognised_pages import page_lines, shrunk
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText, RawDocument

if TYPE_CHECKING:
    from PIL.Image import Image

_DAMAGED = "图片已损坏，或不是 PNG、JPEG、TIFF 格式。请另存为 PNG 或 PDF 后重新上传。"
_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class PictureParser:
    """One text a file, always `read_by_machine`. `on_page` is told (pages read, pages)."""

    limits: ReadingLimits
    recogniser: PageRecogniser
    on_page: Callable[[int, int], None]
    suffixes: frozenset[str] = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        try:
            from PIL import Image  # noqa: PLC0415 - comes with the extra `ocr`
        except ImportError:
            RecognitionUnavailable().begin(raw.name, 1)
        try:
            with Image.open(io.BytesIO(raw.content), formats=("PNG", "JPEG", "TIFF")) as opened:
                pages = list(self._pages(raw.name, opened))
        except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
            raise UnreadableDocument(raw.name, _DAMAGED) from error
        return (self._text(raw.name, pages),)

    def _pages(self, name: str, opened: Image) -> Iterator[tuple[tuple[RecognisedLine, ...], int]]:
        """Lines and height in pixels of each page."""
        total: int = getattr(opened, "n_frames", 1)
        self.recogniser.begin(name, total)
        for index in range(total):
            opened.seek(index)
            if opened.width * opened.height > self.limits.max_picture_pixels:
                most = self.limits.max_picture_pixels // 10000
                raise UnreadableDocument(name, f"图片大小是{opened.width}×{opened.height}，超过{most}万像素的上限。请缩小后重新上传。")
            picture = shrunk(opened.convert("RGB"), self.limits.max_picture_side)
            yield self.recogniser.lines(picture), picture.height
            self.on_page(index + 1, total)

    def _text(self, name: str, pages: list[tuple[tuple[RecognisedLine, ...], int]]) -> ParsedText:
        scale = _POINTS_PER_INCH / self.limits.recognition_dpi
        text = join_paragraphs(paragraphs(without_margins([page_lines(lines, height, scale) for lines, height in pages])))
        if not text.strip():
            raise UnreadableDocument(name, "图片里没有认出文字。请核对文件，换一份更清晰的，或提供文字版。")
        require_length(name, text, self.limits)
        found = [line for lines, _ in pages for line in lines]
        return ParsedText(text, warnings=recognition_warnings(range(1, len(pages) + 1), found), read_by_machine=True)
