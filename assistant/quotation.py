"""Cut a verbatim text into units that may be quoted: whole sentences, with what must be read together. Offsets only, never new text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# A sentence ends at 。！？； or a line end; closing quotes and brackets belong to it.
_SENTENCE = re.compile(r"[^。！？；;\n]*(?:[。！？；;]+[”’」』）)】]*|\n+|$)")
# Exceptions and continuations that change the meaning of the sentence before them.
_CONTINUES = re.compile(
    r"\s*(?:但|不过|然而|除外|前款|前项|其中|有下列情形之一|同时(?:应当|须|需|具备|符合|满足|提供|提交)|并且|逾期|上述|以上(?:情形|规定|条件)|符合前|不适用|法律、(?:行政)?法规另有规定)"
)
# 款 and sentences that speak of the 款 before them without opening with it.
_LIMITS = re.compile(r"(?:不受(?:前款|上述|以上)|按照?前款|依照前款|前款(?:规定|所列|所称)|前两款|前述|除外[。；]?$)")
_LIST_ITEM = re.compile(r"\s*(?:（[一二三四五六七八九十]+）|\([一二三四五六七八九十]+\)|[0-9０-９]+[.、．]|[①-⑳]|[（(][0-9]+[)）])")


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open [start, end) in characters of the text it was cut from."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def shifted(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)


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
    return bool(_CONTINUES.match(text, span.start) or _LIMITS.search(text, span.start, span.end))


def is_list_item(text: str, span: Span) -> bool:
    return bool(_LIST_ITEM.match(text, span.start))


def leads_a_list(text: str, span: Span) -> bool:
    """True for the 款 before a list ("应当符合下列条件：")."""
    return text[span.start : span.end].rstrip().endswith(("：", ":"))


@dataclass(frozen=True, slots=True)
class ListOfItems:
    """Indexes of sentences: the 款 that introduces the list, and its last sentence; `items` is how many 项 it has."""

    lead: int
    last: int
    items: int


def list_around(text: str, spans: Sequence[Span], index: int) -> ListOfItems | None:
    """The list that a sentence introduces or belongs to; None where it stands in no list."""
    lead = index
    if not leads_a_list(text, spans[index]) or not _item_follows(text, spans, index):
        if not is_list_item(text, spans[index]) and not _in_the_same_line(text, spans, index):
            return None
        lead = next((place for place in range(index - 1, -1, -1) if _opens(text, spans, place)), -1)
    if lead < 0:
        return None
    last = lead
    while last + 1 < len(spans) and (is_list_item(text, spans[last + 1]) or (last > lead and _in_the_same_line(text, spans, last + 1))):
        last += 1
    if not lead <= index <= last:
        return None
    return ListOfItems(lead, last, sum(is_list_item(text, span) for span in spans[lead + 1 : last + 1]))


def _opens(text: str, spans: Sequence[Span], place: int) -> bool:
    return leads_a_list(text, spans[place]) and _item_follows(text, spans, place)


def _item_follows(text: str, spans: Sequence[Span], place: int) -> bool:
    return place + 1 < len(spans) and is_list_item(text, spans[place + 1])


def _in_the_same_line(text: str, spans: Sequence[Span], place: int) -> bool:
    """True if no line ends between the sentence and the one before."""
    return place > 0 and "\n" not in text[spans[place - 1].end : spans[place].start]
