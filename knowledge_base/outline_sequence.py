"""Decide which candidates start a provision, by their place in the numbering. One pass over the lines; no text is changed or lost."""

from __future__ import annotations

import re

from knowledge_base.models import ProvisionLevel
from knowledge_base.outline_candidates import NumberedLines, successors
from knowledge_base.outline_grammar import Candidate, Style
from knowledge_base.outline_lists import accept_list
from knowledge_base.outline_marks import Mark, OutlineMarks

_FORWARD_GAP = 3
_HEADING_LENGTH = 50
_FLAT_LENGTH = 300
_STRUCTURE_LEVELS = {
    Style.PART: ProvisionLevel.PART,
    Style.SUBPART: ProvisionLevel.SUBPART,
    Style.CHAPTER: ProvisionLevel.CHAPTER,
    Style.SECTION: ProvisionLevel.SECTION,
}
_NO_HEADING = re.compile(r"[。；，：;,:]$|规定的|所[列称]|^的|^第.{1,6}[条节章]")
_INNER_TITLE_WORDS = re.compile(r"[ \t\u3000]*([^\s。；，]{1,30})(?=\s)")


def find_marks(source: str) -> tuple[Mark, ...]:
    """Starts of provisions in source order. Linear in the length of the text, apart from sorting."""
    return _Sequence(NumberedLines(source)).marks()


class _Sequence:
    def __init__(self, text: NumberedLines) -> None:
        self._text = text
        self._outline = OutlineMarks()
        self._in_listing = False

    def marks(self) -> tuple[Mark, ...]:
        index = 0
        while index < len(self._text.lines):
            index = self._read_block(index) or self._read_line(index)
        return tuple(self._outline.marks)

    def _read_block(self, index: int) -> int:
        """Takes in contents, a signature or an inner title; the line after it, 0 where none begins."""
        blocks, lines = self._text.blocks, self._text.lines
        if end := blocks.contents.get(index, 0):
            self._outline.add_text(lines[index], "目录")
        elif end := blocks.closings.get(index, 0):
            self._outline.add_text(lines[index], "落款")
            self._outline.sign()
        elif (last := blocks.inner_titles.get(index)) is not None:
            title = "".join(line.text for line in lines[index : last + 1])
            self._outline.add_inner_title(lines[index], lines[last], title)
            end = last + 1
        self._in_listing = self._in_listing and not end
        return end

    def _read_line(self, index: int) -> int:
        candidate = self._text.first.get(index)
        self._in_listing = self._in_listing and (candidate is None or candidate.style.is_list)
        if self._in_listing:
            return index + 1
        if candidate is None or not self._accept(candidate):
            self._maybe_paragraph(index)
        if not self._in_listing:
            for inner in self._text.inner(index):
                self._accept(inner)
        return index + 1

    def _accept(self, candidate: Candidate) -> bool:
        if candidate.style is Style.ATTACHMENT:
            return self._accept_attachment(candidate)
        if candidate.style is Style.ARTICLE:
            return self._accept_article(candidate)
        if candidate.style.is_structural:
            return self._accept_structure(candidate)
        return accept_list(self._text, self._outline, candidate)

    # 附件

    def _accept_attachment(self, candidate: Candidate) -> bool:
        line, rest = self._text.line_of(candidate), self._text.rest_of_line(candidate)
        following = self._text.lines[candidate.line + 1] if candidate.line + 1 < len(self._text.lines) else None
        if rest and line.ends_sentence:
            return False
        if rest and self._lists_attachments(candidate, rest):
            self._outline.add_text(line, "附件清单")
            self._in_listing = True
            return True
        if not rest and following is None:
            return False
        self._outline.add_attachment(candidate, line)
        if not rest and following and len(following.text) <= _HEADING_LENGTH and candidate.line + 1 not in self._text.first:
            self._outline.name_last("" if following.ends_clause else following.text)
        return True

    def _lists_attachments(self, candidate: Candidate, rest: str) -> bool:
        """The list of annexes printed above the signature ("附件：1.申请表") is text of the document."""
        if rest[0] in "1１一":
            return True
        closings = self._text.blocks.closings
        if closings and min(closings) < candidate.line:
            return False
        return bool(closings) or candidate.line + 2 >= len(self._text.lines)

    # 编 分编 章 节

    def _accept_structure(self, candidate: Candidate) -> bool:
        line, rest = self._text.line_of(candidate), self._text.rest_of_line(candidate)
        if self._text.is_reference(candidate) and not candidate.spaced:
            return False
        if not candidate.line_start or len(rest) > _HEADING_LENGTH:
            titled = candidate.spaced and _INNER_TITLE_WORDS.match(self._text.source, candidate.label_end)
            if len(line.text) < _FLAT_LENGTH or not titled or not self._is_next_structure(candidate):
                return False
        elif _NO_HEADING.search(rest) or (self._text.runs_on(candidate) and not candidate.spaced):
            return False
        self._outline.add(candidate, line, _STRUCTURE_LEVELS[candidate.style], float(candidate.style))
        return True

    def _is_next_structure(self, candidate: Candidate) -> bool:
        same = self._outline.open_of(candidate.style)
        return candidate.number in successors(same[0].number) if same else candidate.number[0] == 1

    # 条

    def _accept_article(self, candidate: Candidate) -> bool:
        if self._text.is_reference(candidate):
            return False
        expected = candidate.number in successors(self._outline.last_article)
        if not candidate.line_start:
            flat = len(self._text.line_of(candidate).text) >= _FLAT_LENGTH
            chained = candidate.number[0] > 1 or self._text.is_continued(candidate, same_line=True)
            if not (flat and candidate.spaced and expected and chained):
                return False
        elif not self._is_plausible(candidate, expected=expected):
            return False
        self._outline.add_article(candidate, self._text.line_of(candidate))
        return True

    def _is_plausible(self, candidate: Candidate, *, expected: bool) -> bool:
        """Judges a number at the start of a line that may be the wrapped rest of a sentence."""
        runs_on = self._text.runs_on(candidate)
        if expected:
            return candidate.spaced or not runs_on or self._text.is_continued(candidate)
        if runs_on or candidate.spaced:
            return not runs_on
        gap = candidate.number[0] - self._outline.last_article[0]
        return (candidate.number[0] == 1 or 0 < gap <= _FORWARD_GAP) and self._text.is_continued(candidate)

    # 款

    def _maybe_paragraph(self, index: int) -> None:
        """A new 款: a line of its own after a finished sentence, inside an article."""
        if index == 0 or not self._outline.in_article:
            return
        line, before = self._text.lines[index], self._text.lines[index - 1]
        begins = line.indented or not self._text.wrapped
        if before.ends_sentence and begins and line.has_words and line.text[0] != "|":
            self._outline.add_paragraph(line)
