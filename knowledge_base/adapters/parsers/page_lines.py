"""Printed lines of a page to paragraphs: running heads, page numbers and wrapped lines are undone. For PDFs and scans alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

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
class PageLine:
    """One printed line; `left`, `right` from the left edge and `height` above the lower edge of the page, in points.

    `size` is the width of a full character, `tall` the height of its font.
    """

    text: str
    left: float
    right: float
    size: float
    height: float
    tall: float


def has_text(page: Sequence[PageLine]) -> bool:
    """True if more than a page number stands on it."""
    return sum(len(_READABLE.findall(line.text)) for line in page if not _PAGE_NUMBER.match(line.text)) >= _FEWEST_CHARACTERS_A_PAGE


def without_margins(pages: Sequence[Sequence[PageLine]]) -> list[list[PageLine]]:
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


def _furniture(inward: Sequence[PageLine], running: set[str], pitch: float) -> Sequence[PageLine]:
    """The outermost one or two lines, where a wider gap or smaller type sets them off from the rest."""
    for count in (2, 1):
        outer = inward[:count]
        marginal = all(_PAGE_NUMBER.match(line.text) or _without_digits(line) in running for line in outer)
        if len(outer) == count and marginal and (len(inward) == count or _set_off(outer[-1], inward[count], pitch)):
            return outer
    return [line for line in inward[:1] if _MARKED_NUMBER.match(line.text)]


def _set_off(outer: PageLine, inner: PageLine, pitch: float) -> bool:
    return abs(inner.height - outer.height) > 1.3 * pitch or outer.tall < 0.8 * inner.tall


def _line_pitch(pages: Sequence[Sequence[PageLine]]) -> float:
    """The usual distance between lines, in points."""
    gaps = [round(upper.height - lower.height) for page in pages for upper, lower in pairwise(page) if upper.height - lower.height > 1]
    return float(Counter(gaps).most_common(1)[0][0]) if gaps else 0.0


def _without_digits(line: PageLine) -> str:
    return _DIGITS.sub("#", line.text.strip())


def paragraphs(pages: Sequence[Sequence[PageLine]]) -> list[str]:
    """Lines broken at the edge of the page are rejoined, across pages too."""
    found: list[str] = []
    before: PageLine | None = None
    everything = [line for page in pages for line in page]
    for page in pages:
        # The edges of most lines are the edges of the text; a page of few lines goes by the whole document.
        measured = page if len(page) >= _LINES_THAT_TELL else everything
        left, right = _edge(line.left for line in measured), _edge(line.right for line in measured)
        for line in page:
            if before is not None and found and _runs_on(before, line, left, right):
                found[-1] += _seam(found[-1], line.text) + line.text.strip()
            else:
                found.append(line.text.rstrip())
            before = line
    return found


def _edge(values: Iterable[float]) -> float:
    rounded = Counter(round(value / 4) * 4 for value in values)
    return float(max(rounded, key=lambda value: rounded[value])) if rounded else 0.0


def _runs_on(before: PageLine, line: PageLine, left: float, right: float) -> bool:
    """A line that reaches the right edge goes on in the next, unless that one is indented or opens with a number of its own."""
    reaches_edge = before.right >= right - 2 * before.size
    indented = line.left > left + line.size
    return reaches_edge and not indented and not _STARTS_ANEW.match(line.text)


def _seam(before: str, after: str) -> str:
    latin = before[-1:].isascii() and before[-1:].isalnum() and after[:1].isascii() and after[:1].isalnum()
    return " " if latin else ""
