"""Where a numbered heading could stand: 第N编…条, 一、（一）1. 1.1（1）①, 附件N. Whether it does is decided by outline_sequence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from knowledge_base.chinese_numbers import NUMERALS, read_number
from knowledge_base.outline_lines import Line


class Style(IntEnum):
    """Ways of numbering, outermost first. The order is the nesting order."""

    ATTACHMENT = 0
    PART = 1
    SUBPART = 2
    CHAPTER = 3
    SECTION = 4
    COMMA = 5
    BRACKET = 6
    DOT = 7
    DECIMAL = 8
    DIGIT_BRACKET = 9
    CIRCLE = 10
    ARTICLE = 11

    @property
    def is_structural(self) -> bool:
        return Style.PART <= self <= Style.SECTION

    @property
    def is_list(self) -> bool:
        return Style.COMMA <= self <= Style.CIRCLE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that looks like the start of a provision. `number` is (17, 1) for 第十七条之一 and (1, 4, 2) for 1.4.2.

    `spaced` is true where white space or the line's end follows the number; `line` the index of its line; `line_start` false inside a line.
    """

    style: Style
    number: tuple[int, ...]
    start: int
    label_end: int
    label: str
    spaced: bool
    line_start: bool
    line: int


_D = "0-9０-９"
_SPACE = " \t\u3000\xa0\u2002\u2003"
_STRUCTURE = (
    rf"第[{_SPACE}]{{0,2}}(?P<number>(?:[{NUMERALS}{_D}][{_SPACE}]{{0,2}}){{1,9}})"
    rf"(?P<unit>分编|编|章|节|条)(?:之(?P<sub>[一二三四五六七八九十]{{1,3}}))?"
)
_LISTS = (
    rf"(?P<comma>[一二三四五六七八九十百]{{1,4}})[{_SPACE}]?[、．]"
    rf"|[（(][{_SPACE}]?(?P<bracket>[一二三四五六七八九十百]{{1,4}})[{_SPACE}]?[）)]、?"
    rf"|(?P<decimal>[{_D}]{{1,2}}(?:[.．][{_D}]{{1,2}}){{1,3}})(?![{_D}%％])[.．、]?"
    rf"|(?P<dot>[{_D}]{{1,3}})[{_SPACE}]?[.．、](?![{_D}])"
    rf"|[（(][{_SPACE}]?(?P<digit>[{_D}]{{1,3}})[{_SPACE}]?[）)]"
    r"|(?P<circle>[\u2460-\u2473\u3251-\u325f])"
)
_AT_LINE_START = re.compile(rf"(?:{_STRUCTURE})|(?:{_LISTS})")
_BARE_DIGIT = re.compile(rf"(?P<dot>[{_D}]{{1,2}})[{_SPACE}]+(?=[\u3400-\u9fff])")
_INSIDE_LINE = re.compile(rf"(?<=[{_SPACE}。；：！？;:”）)])(?:(?:{_STRUCTURE})|(?:{_LISTS}))")
_ATTACHMENT = re.compile(
    rf"附[{_SPACE}]{{0,4}}(?:件|表|录)?[{_SPACE}]{{0,2}}(?P<number>[{NUMERALS}{_D}]{{0,3}})(?P<colon>[{_SPACE}]*[:：])?"
)
_PREFACE = re.compile(rf"(?:序|前)[{_SPACE}]*言$")
_SEVERAL = re.compile(r"[一二三四五六七八九十百]{1,4}[、条款项章节]")

# What follows the number when a sentence merely speaks of a provision.
_REFERENCE_UNSPACED = re.compile(
    rf"第[{NUMERALS}{_D}]|规定|所列|所称|所述|所指|中[的所规]|的|之|[、，,。；;）)》”]|和第|或|及|与|至|以及|以外|以下|情形|修改|删去|作为|增加|改为"
)
_REFERENCE_SPACED = re.compile(rf"[{_SPACE}]*(?:第[{NUMERALS}{_D}]+[款项]|规定的|规定[，,]|的规定|所列|[、和至或]第)")
_UNITS = {"编": Style.PART, "分编": Style.SUBPART, "章": Style.CHAPTER, "节": Style.SECTION, "条": Style.ARTICLE}


def line_candidate(line: Line, index: int, *, bare_digits: bool) -> Candidate | None:
    """The candidate at the beginning of a line. `bare_digits` admits "1 总则" (documents numbered 1, 1.1, 1.1.1)."""
    if match := _AT_LINE_START.match(line.text):
        return _candidate(match, line, index, line_start=True)
    if bare_digits and (match := _BARE_DIGIT.match(line.text)):
        return _candidate(match, line, index, line_start=True)
    if _PREFACE.match(line.text):
        return Candidate(Style.CHAPTER, (0,), line.start, line.end, line.text, True, True, index)
    match = _ATTACHMENT.match(line.text)
    if match and (match["colon"] or line.text[match.end() : match.end() + 1].strip() == "") and len(line.text) <= 60:
        number = (read_number(match["number"]) or 0) if match["number"] else 0
        end = line.body + match.end()
        label = match.group().rstrip(_SPACE + ":：")
        return Candidate(Style.ATTACHMENT, (number,), line.start, end, label, match.end() == len(line.text), True, index)
    return None


def inner_candidates(line: Line, index: int, quoted: int) -> Iterator[Candidate]:
    """Candidates inside a line, after a space or the end of a clause, outside quotation marks. `quoted`: how many are open before it."""
    last = 0
    for match in _INSIDE_LINE.finditer(line.text, 1):
        between = line.text[last : match.start()]
        quoted = quotation_depth(between, quoted)
        last = match.start()
        if quoted == 0 and (candidate := _candidate(match, line, index, line_start=False)):
            yield candidate


def quotation_depth(words: str, before: int) -> int:
    """Quotation marks open after `words`, `before` of them open already."""
    return max(0, before + words.count("“") - words.count("”"))


def speaks_of_provision(source: str, candidate: Candidate) -> bool:
    """True where the words after the number show a reference ("第五条规定的…") rather than the provision itself."""
    pattern = _REFERENCE_SPACED if candidate.spaced else _REFERENCE_UNSPACED
    return bool(pattern.match(source, candidate.label_end))


def _candidate(match: re.Match[str], line: Line, index: int, *, line_start: bool) -> Candidate | None:
    groups = match.groupdict()
    words: tuple[str, ...]
    if groups.get("unit"):
        style, words = _UNITS[groups["unit"]], (groups["number"], groups["sub"] or "0")
    else:
        found = next(((style, groups[name]) for name, style in _LIST_GROUPS if groups.get(name)), None)
        if found is None or (found[0] is Style.COMMA and _SEVERAL.match(line.text, match.end())):
            return None
        style, words = found[0], tuple(re.split(r"[.．]", found[1]))
    numbers = tuple(read_number(word) for word in words)
    if any(number is None for number in numbers) or max(n or 0 for n in numbers) > 9999:
        return None
    end = match.end()
    spaced = end == len(line.text) or line.text[end] in _SPACE
    start = line.start if line_start else line.body + match.start()
    values = tuple(number or 0 for number in numbers)
    return Candidate(style, values, start, line.body + end, match.group().strip(_SPACE), spaced, line_start, index)


_LIST_GROUPS = (
    ("comma", Style.COMMA),
    ("bracket", Style.BRACKET),
    ("decimal", Style.DECIMAL),
    ("dot", Style.DOT),
    ("digit", Style.DIGIT_BRACKET),
    ("circle", Style.CIRCLE),
)
