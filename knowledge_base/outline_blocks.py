"""Stretches of lines that are no provisions: the table of contents, the signature block, the title of a text printed inside another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge_base.outline_grammar import Candidate, Style
from knowledge_base.outline_lines import Line

_NUMERAL = "〇零○ＯO一二三四五六七八九十0-9０-９"
_DATE = rf"[{_NUMERAL}]{{4}}\s*年\s*[{_NUMERAL}]{{1,3}}\s*月\s*[{_NUMERAL}]{{1,3}}\s*日"
_DATE_LINE = re.compile(rf"(?:[^\s，。；：、（）]{{2,30}}[ \t\u3000]+)?{_DATE}$")
_CONTENTS = re.compile(r"目[ \t\u3000]*[录次]$")
_RULES_TITLE = re.compile(
    r"(?:办法|条例|规定|细则|方案|规则|意见|规程|规范|标准|预案|清单|制度|章程|准则|指南|计划|纲要|措施|目录|要点)(?:[（(].{1,14}[）)])?$"
)
_NOT_A_TITLE = re.compile(r"[（(\[|【]|抄送|抄报|联系|公开|主动公开|信息公开|分送|主送|印发|承办|附件|目录|各|第.{1,6}号|[\d一二〇]{4}年")
_LEADER = re.compile(r"[\s.·…．\-—–\d０-９()（）]+$")
_PAGE = re.compile(r"(?:[-—–]\s*\d{1,4}\s*[-—–]|[.．…·]{3,}\s*\d{1,4}|\t\d{1,4})$")
_PAGED_RUN = 4
_LONGEST_CONTENTS = 1000
_SIGNATURE_LINES = 6
_TITLE_LINES = 3
_SHORT = 40


@dataclass(frozen=True, slots=True)
class Blocks:
    """Indices of lines. `contents` and `closings` map a block's first line to the line after it, `inner_titles` the first to the last."""

    contents: Mapping[int, int]
    closings: Mapping[int, int]
    inner_titles: Mapping[int, int]


def find_blocks(lines: tuple[Line, ...], first: Mapping[int, Candidate]) -> Blocks:
    """`first` holds the candidate at the beginning of a line, by line index."""
    contents = _contents(lines, first)
    closings = _closings(lines, first)
    return Blocks(contents, closings, _inner_titles(lines, first, contents, closings))


def _contents(lines: tuple[Line, ...], first: Mapping[int, Candidate]) -> dict[int, int]:
    found: dict[int, int] = {}
    index = 0
    while index < len(lines):
        if paged := _paged_entries(lines, index):
            found[index] = index = paged
            continue
        announced = bool(_CONTENTS.match(lines[index].text))
        end = 0
        if announced or (index in first and first[index].style.is_structural):
            end = _contents_end(lines, first, index, index + announced)
        if end:
            found[index] = end
        index = max(end, index + 1)
    return found


def _paged_entries(lines: tuple[Line, ...], index: int) -> int:
    """The line after a run of lines that end in page numbers, 0 if there is none here."""
    end = index
    while end < len(lines) and _PAGE.search(lines[end].text[-20:]):
        end += 1
    return end if end - index >= _PAGED_RUN else 0


def _contents_end(lines: tuple[Line, ...], first: Mapping[int, Candidate], begin: int, entry: int) -> int:
    """The line after the contents that start with `entry`, 0 if these lines are real headings."""
    announced = entry > begin
    if entry >= len(lines):
        return 0
    opening = _entry_words(lines[entry])
    index = entry + 1
    while index < min(len(lines), entry + _LONGEST_CONTENTS):
        line = lines[index]
        if _entry_words(line) == opening:
            return index
        structural = index in first and first[index].style.is_structural
        if structural and entry in first and (first[index].style, first[index].number) == (first[entry].style, first[entry].number):
            return index if announced or _is_top(first[entry]) else 0
        if line.ends_sentence or (not announced and not structural) or (index in first and first[index].style is Style.ARTICLE):
            # Announced but not repeated: the entries end where something longer than an entry begins.
            return _before_body(lines, begin, index) if announced else 0
        index += 1
    return 0


def _before_body(lines: tuple[Line, ...], begin: int, index: int) -> int:
    return index if index - begin >= 3 else 0


def _is_top(candidate: Candidate) -> bool:
    return candidate.style in (Style.PART, Style.CHAPTER)


def _entry_words(line: Line) -> str:
    return "".join(_LEADER.sub("", line.text).split())


def _closings(lines: tuple[Line, ...], first: Mapping[int, Candidate]) -> dict[int, int]:
    found: dict[int, int] = {}
    for index, line in enumerate(lines):
        if not _DATE_LINE.match(line.text):
            continue
        begin = index
        while begin > 0 and index - begin < _SIGNATURE_LINES and _may_sign(lines[begin - 1], first.get(begin - 1)):
            begin -= 1
        if begin == 0 or begin in found or not (lines[begin - 1].ends_clause or (begin - 1) in first):
            continue
        end = index + 1
        while end < len(lines) and lines[end].text[0] in "（(" and len(lines[end].text) <= _SHORT and end not in first:
            end += 1
        found[begin] = end
    return found


def _may_sign(line: Line, candidate: Candidate | None) -> bool:
    return candidate is None and len(line.text) <= _SHORT and not line.ends_clause and not _DATE_LINE.match(line.text)


def _inner_titles(
    lines: tuple[Line, ...], first: Mapping[int, Candidate], contents: Mapping[int, int], closings: Mapping[int, int]
) -> dict[int, int]:
    found: dict[int, int] = {}
    for end in closings.values():
        last = end
        while last < len(lines) and last - end < _TITLE_LINES and _may_title(lines[last], first.get(last), last in contents):
            last += 1
        if last > end and any(index in first or index in contents for index in range(last, min(len(lines), last + 12))):
            found[end] = last - 1
    said_something = False
    for index, line in enumerate(lines):
        if said_something and index not in found and _may_title(line, first.get(index), False) and _RULES_TITLE.search(line.text):
            following = _after_brackets(lines, index + 1)
            near = next((n for n in range(following, min(len(lines), following + 4)) if n in first), following)
            near = near if lines[index - 1].ends_sentence and len(line.text) >= 8 else following
            if following in contents or (near in first and _opens(first[near])):
                found[index] = index
        said_something = said_something or line.ends_sentence
    return found


def _after_brackets(lines: tuple[Line, ...], index: int) -> int:
    while index < len(lines) and lines[index].text[0] in "（(" and len(lines[index].text) > 6:
        index += 1
    return index


def _opens(candidate: Candidate) -> bool:
    return candidate.number[0] == 1 and (candidate.style.is_structural or candidate.style in (Style.ARTICLE, Style.COMMA))


def _may_title(line: Line, candidate: Candidate | None, is_contents: bool) -> bool:
    return candidate is None and not is_contents and len(line.text) <= 50 and not line.ends_clause and not _NOT_A_TITLE.match(line.text)
