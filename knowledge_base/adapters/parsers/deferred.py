"""A parser that is loaded when the first file of its family comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from knowledge_base.models import ParsedText, RawDocument
from knowledge_base.ports import DocumentParser


class DeferredParser:
    """Stands for what `load` makes. `suffixes` repeats that parser's own, so that asking for them loads nothing (a test compares)."""

    def __init__(self, load: Callable[[], DocumentParser], suffixes: frozenset[str]) -> None:
        self._load, self.suffixes = load, suffixes

    @cached_property
    def parser(self) -> DocumentParser:
        return self._load()

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        return self.parser.parse(raw)
