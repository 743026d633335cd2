"""Cut a verbatim text into units that may be quoted: whole sentences, with what must be read together. Offsets only, never new text."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A sentence ends at 。！？； or a line end; closing quotes and brackets belong to it.
_SENTENCE = re.compile(r"[^。！？；;\n]*(?:[。！？；;]+[”’」』）)】]*|\n+|$)")
# Exceptions and continuations that change the meaning of the sentence before them.
_CONTINUES = re.compile(r"\s*(?:但|但是|不过|然而|除外|前款|前项|其中|有下列情形之一|同时|并且|逾期|上述)")
_LIST_ITEM = re.compile(r"\s*(?:（[一二三四五六七八九十]+）|\([一二三四五六七八九十]+\)|[0-9０-９]+[.、．]|[①-⑳]|[（(][0-9]+[)）])")


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open [start, end) in characters of the text it was cut from."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


def sentences(text: str) -> tuple[Span, ...]:
    """Non-blank sentences in order, white space at either end left out."""
    found = []
    for match in _SENTENCE.finditer(text):
        stripped = match.group().strip()
        if stripped:
            start = match.start() + match.group().index(stripped)
            found.append(Span(start, start + len(stripped)))
    return tuple(found)


def is_continuation(text: str, span: Span) -> bool:
    """True if the sentence limits or carries on the one before (但书, 其中, 前款…) and must not be quoted without it."""
    return bool(_CONTINUES.match(text, span.start))


def is_list_item(text: str, span: Span) -> bool:
    return bool(_LIST_ITEM.match(text, span.start))


def leads_a_list(text: str, span: Span) -> bool:
    """True for the 款 before a list ("应当符合下列条件：")."""
    return text[span.start : span.end].rstrip().endswith(("：", ":"))
