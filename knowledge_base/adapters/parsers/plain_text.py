"""Read .txt in any Chinese encoding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge_base.adapters.parsers.layout import clean, join_paragraphs, unwrap
from knowledge_base.adapters.parsers.limits import ReadingLimits, require_length
from knowledge_base.adapters.parsers.text_decoding import decode_chinese
from knowledge_base.models import ParsedText, RawDocument


@dataclass(frozen=True, slots=True)
class PlainTextParser:
    """Lines stay lines; text broken at a fixed width by a converter is rejoined."""

    limits: ReadingLimits
    suffixes: frozenset[str] = frozenset({".txt", ".text"})

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        decoded = decode_chinese(raw.name, raw.content)
        text = join_paragraphs([unwrap(clean(decoded.text))])
        require_length(raw.name, text, self.limits)
        return (ParsedText(text, warnings=decoded.warnings),)
