"""What the parsers ask of character recognition (OCR): lines of text from the picture of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from knowledge_base.errors import MissingReader

if TYPE_CHECKING:
    from PIL.Image import Image

_UNSURE_BELOW = 0.8
_SHOWN_PAGES = 20


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """One stretch of text; edges in pixels from the left and the top of the picture, `score` 0 to 1."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    score: float


class PageRecogniser(Protocol):
    def begin(self, name: str, pages: int) -> None:
        """Called once a file before its first page. Raises MissingReader, or UnreadableDocument where the pages are too many."""

    def lines(self, picture: Image) -> tuple[RecognisedLine, ...]:
        """In reading order, one a printed line: what stands on the same height is joined by blanks. Empty for an empty page."""


class RecognitionUnavailable:
    """The recogniser of an installation without the extra: says how to install it."""

    def begin(self, name: str, pages: int) -> None:
        raise MissingReader(
            name,
            f"有{pages}页是扫描件或图片，没有文字。读取它们需要文字识别（OCR）组件：请管理员运行 pip install 'zhengwen[ocr]'，"
            "重启服务后重新上传；也可以改为提供文字版。",
        )

    def lines(self, picture: Image) -> tuple[RecognisedLine, ...]:
        raise AssertionError("begin() refuses every file")


def recognition_warnings(pages: Sequence[int], lines: Sequence[RecognisedLine]) -> tuple[str, ...]:
    """For a person who compares the text with the scan. `pages` are counted from 1."""
    shown = "、".join(map(str, pages[:_SHOWN_PAGES])) + ("等" if len(pages) > _SHOWN_PAGES else "")
    unsure = sum(line.score < _UNSURE_BELOW for line in lines)
    added = f"其中{unsure}行不够清楚，" if unsure else ""
    return (f"第{shown}页（共{len(pages)}页）是扫描件，文字由机器识别，可能有错字，{added}请对照原件核对。",)


def in_rows(lines: Sequence[RecognisedLine]) -> tuple[RecognisedLine, ...]:
    """Joins pieces that stand side by side; rows from top to bottom."""
    rows: list[list[RecognisedLine]] = []
    for line in sorted(lines, key=lambda line: (line.top + line.bottom) / 2):
        if rows and _on_one_height(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(_joined(sorted(row, key=lambda line: line.left)) for row in rows)


def _on_one_height(first: RecognisedLine, second: RecognisedLine) -> bool:
    middle = (second.top + second.bottom) / 2
    apart = second.left >= first.right or first.left >= second.right
    return apart and first.top < middle < first.bottom


def _joined(row: Sequence[RecognisedLine]) -> RecognisedLine:
    return RecognisedLine(
        "  ".join(line.text for line in row),
        row[0].left,
        min(line.top for line in row),
        row[-1].right,
        max(line.bottom for line in row),
        min(line.score for line in row),
    )
