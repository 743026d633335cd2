"""What surrounds the body of a document: the head above the first provision, the signature, labelled fields, the history of a law."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge_base.document_dates import DATE, find_dates, read_date
from knowledge_base.outline_blocks import find_blocks
from knowledge_base.outline_grammar import Candidate, Style, line_candidate
from knowledge_base.outline_lines import Line, read_lines

_HEAD_LIMIT = 4000
_LABELS = {
    "发文字号": "document_number",
    "文号": "document_number",
    "发文机关": "issuing_authorities",
    "发布机构": "issuing_authorities",
    "制定机关": "issuing_authorities",
    "成文日期": "signed_on",
    "发文日期": "signed_on",
    "发布日期": "published_on",
    "公布日期": "published_on",
    "印发日期": "published_on",
    "施行日期": "effective_on",
    "实施日期": "effective_on",
    "生效日期": "effective_on",
    "失效日期": "expires_on",
    "废止日期": "expires_on",
}
_FIELD = re.compile(
    rf"(?:^|[|\s\u3000])(?P<label>{'|'.join(_LABELS)})[ \t\u3000]*[:：][ \t\u3000]*(?P<value>{DATE}|[^|\s\u3000，。；]{{2,60}})", re.M
)
_EVENT_LINE = re.compile(rf"^[（(]?(?:根据|经)?[ \u3000]*(?={DATE})|^[（(](?=.{{0,30}}{DATE})")
_EVENT = re.compile(
    rf"(?P<date>{DATE})(?P<who>(?:(?!{DATE})[^。；;]){{0,160}}?)(?P<kind>通过|批准|公布|发布|颁布|修正|修订|修改(?=[^〉》]|$))"
)
_PRINTED = re.compile(rf"(?P<date>{DATE})[ \t\u3000]*印发[ \t\u3000]*$", re.M)
_FLAT_SIGNATURE = re.compile(
    r"(?<=[。；！？ \u3000）”])[ \u3000]*"
    rf"(?P<signature>(?:[\u3400-\u9fff]{{3,30}}[ \u3000]+){{1,4}}{DATE})[ \u3000]*(?:（[^（）]{{2,30}}）)?\s*$"
)
_KINDS = {"通过": "adopted", "批准": "approved", "公布": "published", "发布": "published", "颁布": "published"}


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """A dated step in a law's life from its preamble: adopted, approved, published or amended."""

    kind: str
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DocumentFrame:
    """`head_end` is where the first provision begins; `signature` the span of the first signature block, None without one."""

    head_end: int
    signature: tuple[int, int] | None
    head_lines: tuple[Line, ...]


def read_frame(text: str) -> DocumentFrame:
    lines = read_lines(text)
    found = [line_candidate(line, index, bare_digits=False) for index, line in enumerate(lines)]
    first = {candidate.line: candidate for candidate in found if candidate is not None}
    opening = next((lines[index].start for index in sorted(first) if _opens_body(first[index])), len(text))
    head_end = min(opening, _HEAD_LIMIT)
    closings = find_blocks(lines, first).closings
    begin = min(closings, default=None)
    signature = (lines[begin].start, lines[closings[begin] - 1].end) if begin is not None else _signature_in_flat_text(text)
    return DocumentFrame(head_end, signature, tuple(line for line in lines if line.start < head_end))


def labelled_fields(text: str) -> Iterator[tuple[str, str, int, int]]:
    """(field of DocumentMetadata, value, start, end) of lines such as "发文字号：示政发〔2024〕12号"."""
    for match in _FIELD.finditer(text[:_HEAD_LIMIT]):
        yield _LABELS[match["label"]], match["value"], match.start("label"), match.end("value")


def history(text: str, frame: DocumentFrame) -> tuple[HistoryEvent, ...]:
    """Events of the preamble in order; sentences of the body that merely mention a date are left out."""
    events: list[HistoryEvent] = []
    for line in frame.head_lines:
        if line.end > frame.head_end + len(line.text) or not _EVENT_LINE.match(line.text) or line.text.endswith("。"):
            continue
        for match in _EVENT.finditer(line.text):
            kind = _KINDS.get(match["kind"], "amended")
            if kind != "amended" and re.search(r"修[正订改]", match["who"].split("》")[-1]):
                kind = "amended"
            events.append(HistoryEvent(kind, match["date"], line.body + match.start(), line.body + match.end()))
    return tuple(event for event in events if read_date(event.words))


def printed_on(text: str) -> tuple[str, int, int] | None:
    """The "2024年1月10日印发" of the last page."""
    found = list(_PRINTED.finditer(text))
    return (found[-1]["date"], found[-1].start(), found[-1].end()) if found else None


def signature_date(text: str, frame: DocumentFrame) -> tuple[str, int, int] | None:
    if frame.signature is None:
        return None
    found = list(find_dates(text, *frame.signature))
    return (text[found[-1].start : found[-1].end], found[-1].start, found[-1].end) if found else None


def _signature_in_flat_text(text: str) -> tuple[int, int] | None:
    """ "…。 示范市民政局 2024年3月1日" at the end of a text that was flattened to one line."""
    match = _FLAT_SIGNATURE.search(text, max(0, len(text) - 200))
    return match.span("signature") if match else None


def _opens_body(candidate: Candidate) -> bool:
    opening = candidate.style.is_structural or candidate.style in (Style.ARTICLE, Style.COMMA, Style.BRACKET)
    return opening and candidate.number[0] <= 1
