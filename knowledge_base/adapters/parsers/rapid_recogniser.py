"""Character recognition by RapidOCR, whose wheel carries the Chinese models. Loaded when the first scanned page comes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from knowledge_base.adapters.parsers.limits import ReadingLimits
from knowledge_base.adapters.parsers.page_recognition import PageRecogniser, RecognisedLine, RecognitionUnavailable, in_rows
from knowledge_base.errors import UnreadableDocument

if TYPE_CHECKING:
    from PIL.Image import Image

_THREADS = 2


def usable_recogniser(limits: ReadingLimits, on_begin: Callable[[int], None] = lambda _pages: None) -> PageRecogniser:
    """RapidOCR where the extra `ocr` is installed. `on_begin` is told how many pages are going to be recognised."""
    return RapidRecogniser(limits, on_begin) if find_spec("rapidocr") else RecognitionUnavailable()


class RapidRecogniser:
    def __init__(self, limits: ReadingLimits, on_begin: Callable[[int], None]) -> None:
        self._limits, self._on_begin = limits, on_begin

    def begin(self, name: str, pages: int) -> None:
        most = self._limits.max_recognised_pages
        if pages > most:
            raise UnreadableDocument(name, f"有{pages}页是扫描件，超过一次识别{most}页的上限。请拆成几个文件后重新上传，或提供文字版。")
        self._on_begin(pages)

    def lines(self, picture: Image) -> tuple[RecognisedLine, ...]:
        import numpy  # noqa: PLC0415 - needed for scans only

        found = self._engine(numpy.asarray(picture.convert("RGB"))[:, :, ::-1])
        if found.boxes is None:
            return ()
        pieces = []
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
            across, down = [float(x) for x, _ in box], [float(y) for _, y in box]
            pieces.append(RecognisedLine(text, min(across), min(down), max(across), max(down), float(score)))
        return in_rows(pieces)

    @cached_property
    def _engine(self) -> Any:
        from rapidocr import RapidOCR  # noqa: PLC0415 - an extra, and seconds to load

        return RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS})
