"""Cut a stretch of text into spans at sentence ends. Spans are contiguous and lose no character."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]
"""[start, end) in characters of the source."""

# A closing quote or bracket after the full stop still belongs to the sentence.
_SENTENCE = re.compile(r"[^。；！？\r\n]*(?:[。；！？\r\n]+[”’」』）》]*[^\S\r\n]*|$)")
_CLAUSE_END = re.compile(r"[，、：,\s]")


def sentence_spans(source: str, start: int, end: int, longest: int) -> Iterator[Span]:
    """Sentences of source[start:end] in order; one longer than `longest` characters is cut at a comma or space, at worst in mid-word."""
    for found in _SENTENCE.finditer(source, start, end):
        if found.start() < found.end():
            yield from _clauses(source, found.start(), found.end(), longest)


def window_spans(source: str, start: int, end: int, size: int, longest: int) -> list[Span]:
    """Whole sentences packed into windows of at most `size` characters; a single longer sentence is a window of its own."""
    windows: list[Span] = []
    for first, last in sentence_spans(source, start, end, longest):
        if windows and content_length(source, windows[-1][0], last) <= size:
            windows[-1] = (windows[-1][0], last)
        else:
            windows.append((first, last))
    return windows


def content_length(source: str, start: int, end: int) -> int:
    """Characters of source[start:end] without white space at its edges."""
    return len(source[start:end].strip())


def trimmed(source: str, start: int, end: int) -> Span:
    """The span without white space at its edges; empty at `start` if there is nothing else."""
    stretch = source[start:end]
    content = stretch.strip()
    if not content:
        return start, start
    left = start + len(stretch) - len(stretch.lstrip())
    return left, left + len(content)


def _clauses(source: str, start: int, end: int, longest: int) -> Iterator[Span]:
    while content_length(source, start, end) > longest:
        breaks = [found.end() for found in _CLAUSE_END.finditer(source, start + longest // 2, start + longest)]
        cut = breaks[-1] if breaks else start + longest
        yield start, cut
        start = cut
    yield start, end
