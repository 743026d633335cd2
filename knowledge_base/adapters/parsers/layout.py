"""Plain-text layout shared by the parsers: clean characters, table rows, lines broken at a fixed width."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff\u200b\u2060]")
_BLANK_RUN = re.compile(r"\n{3,}")
_CELL_BREAK = re.compile(r"\s*\n\s*")
CELL_SEPARATOR = " | "
_NARROWEST, _WIDEST = 56, 120
_FULL_SHARE, _LONGER_SHARE, _ENDED_SHARE = 0.1, 0.05, 0.35
_SENTENCE_ENDS = ("。", "；", "！", "？", "：", ";", ":")


def clean(text: str) -> str:
    """One kind of line end, no control or invisible characters; everything else as it was."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    return _UNPRINTABLE.sub("", text)


def join_paragraphs(paragraphs: Iterable[str]) -> str:
    """One paragraph a line, trailing blanks removed, never more than one empty line in a row."""
    lines = "\n".join(line.rstrip() for paragraph in paragraphs for line in clean(paragraph).split("\n"))
    return _BLANK_RUN.sub("\n\n", lines).strip("\n")


def table_row(cells: Sequence[str]) -> str:
    """Cells side by side on one line; "" when all are empty."""
    flat = [_CELL_BREAK.sub(" ", clean(cell).strip()) for cell in cells]
    return CELL_SEPARATOR.join(flat) if any(flat) else ""


def unwrap(text: str) -> str:
    """Rejoin paragraphs that a converter broke at a fixed width; text not broken that way comes back as it was.

    A line as wide as the page, followed by one without indent, goes on in it. Only line ends disappear.
    """
    lines = text.split("\n")
    width = _page_width(lines)
    if width is None:
        return text
    joined: list[str] = []
    full = False
    for line in lines:
        if full and line.strip() and not line[0].isspace():
            joined[-1] += line
        else:
            joined.append(line)
        full = width - 3 <= _columns(line) <= width + 2
    return "\n".join(joined)


def _page_width(lines: Sequence[str]) -> int | None:
    widths = [_columns(line) for line in lines if line.strip()]
    near = Counter(width for width in widths if _NARROWEST <= width <= _WIDEST)
    if not near:
        return None
    width = max(near, key=lambda candidate: sum(near[candidate - step] for step in range(4)))
    full = [line for line in lines if width - 3 <= _columns(line) <= width + 2]
    longer = sum(1 for value in widths if value > width + 2)
    # A line cut by width stops in the middle of a sentence; lines an author ended stop at its end.
    ended = sum(1 for line in full if line.rstrip().endswith(_SENTENCE_ENDS))
    wrapped = len(full) >= max(4, _FULL_SHARE * len(widths)) and longer <= _LONGER_SHARE * len(widths)
    return width if wrapped and ended <= _ENDED_SHARE * len(full) else None


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line.rstrip())
