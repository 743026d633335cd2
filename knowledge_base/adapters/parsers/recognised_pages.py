"""Recognised lines as printed lines, so that scans are laid out like any other page."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from knowledge_base.adapters.parsers.layout import clean
from knowledge_base.adapters.parsers.page_lines import PageLine
from knowledge_base.adapters.parsers.page_recognition import RecognisedLine

if TYPE_CHECKING:
    from PIL.Image import Image


def page_lines(lines: Sequence[RecognisedLine], picture_height: int, points_per_pixel: float) -> list[PageLine]:
    """`picture_height` in pixels; the result is measured from the lower edge of the page, as PDF does."""
    scale = points_per_pixel
    return [
        PageLine(
            clean(line.text),
            line.left * scale,
            line.right * scale,
            (line.right - line.left) * scale / max(_full_characters(line.text), 1.0),
            (picture_height - line.bottom) * scale,
            (line.bottom - line.top) * scale,
        )
        for line in lines
        if line.text.strip()
    ]


def shrunk(picture: Image, longest_side: int) -> Image:
    """The picture itself where it is small enough."""
    share = longest_side / max(picture.size)
    return picture if share >= 1 else picture.resize((max(round(picture.width * share), 1), max(round(picture.height * share), 1)))


def _full_characters(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.5 for char in text)
