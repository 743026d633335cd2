"""Decide which candidates start a provision, by their place in the numbering. One pass over the lines; no text is changed or lost."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

from knowledge_base.models import ProvisionLevel
from knowledge_base.outline_blocks import Blocks, find_blocks
from knowledge_base.outline_grammar import Candidate, Style, inner_candidates, line_candidate, quotation_depth, speaks_of_provision
from knowledge_base.outline_lines import is_wrapped, read_lines

_ARTICLE_RANK, _PARAGRAPH_RANK, _CLOSING_RANK, _ITEM_RANK = 20.0, 21.0, 0.5, 22.0
_FORWARD_GAP = 3
_HEADING_LENGTH = 50
_FLAT_LENGTH = 300
_STRUCTURE_LEVELS = {
    Style.ATTACHMENT: ProvisionLevel.ATTACHMENT,
    Style.PART: ProvisionLevel.PART,
    Style.SUBPART: ProvisionLevel.SUBPART,
    Style.CHAPTER: ProvisionLevel.CHAPTER,
    Style.SECTION: ProvisionLevel.SECTION,
    Style.ARTICLE: ProvisionLevel.ARTICLE,
}
_NO_HEADING = re.compile(r"[。；，：;,:]$|规定的|所[列称]|^的|^第.{1,6}[条节章]")
_INNER_TITLE_WORDS = re.compile(r"[ \t\u3000]*([^\s。；，]{1,30})(?=\s)")


@dataclass(frozen=True, slots=True)
class Mark:
    """The start of a provision. `level` ITEM or HEADING for lists is settled by the tree builder from depth and shape.

    `rank` orders nesting: a mark ends every open one of equal or higher rank. `body` is where the words after the number begin.
    """

    start: int
    body: int
    line_end: int
    level: ProvisionLevel
    rank: float
    label: str
    style: Style | None
    in_article: bool = False
    nested_inline: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Open:
    """A mark that is still open, with its number."""

    rank: float
    level: ProvisionLevel
    style: Style | None
    number: tuple[int, ...]
    line_start: bool


def find_marks(source: str) -> tuple[Mark, ...]:
    """Starts of provisions in source order. Linear in the length of the text, apart from sorting."""
    return _Sequence(source).marks()


class _Sequence:
    def __init__(self, source: str) -> None:
        self._source = source
        self._lines = read_lines(source)
        self._wrapped = is_wrapped(self._lines)
        first = self._first_candidates()
        self._blocks: Blocks = find_blocks(self._lines, first)
        self._first = first
        self._marks: list[Mark] = []
        self._stack: list[_Open] = []
        self._last_article: tuple[int, int] = (0, 0)
        self._in_listing = False
        self._last_number: dict[Style, int] = {}
        self._list_marks: dict[Style, tuple[int, int, tuple[_Open, ...]]] = {}

    def marks(self) -> tuple[Mark, ...]:
        index = 0
        while index < len(self._lines):
            self._in_listing = self._in_listing and index not in self._blocks.closings and index not in self._blocks.inner_titles
            if (end := self._blocks.contents.get(index)) is not None:
                self._push_text(index, "目录")
                index = end
                continue
            if (end := self._blocks.closings.get(index)) is not None:
                self._push_text(index, "落款")
                index = end
                continue
            if (last := self._blocks.inner_titles.get(index)) is not None:
                self._push_inner_title(index, last)
                index = last + 1
                continue
            self._read_line(index)
            index += 1
        return tuple(self._marks)

    def _first_candidates(self) -> dict[int, Candidate]:
        plain = [line_candidate(line, index, bare_digits=False) for index, line in enumerate(self._lines)]
        bare = any(c is not None and c.style is Style.DECIMAL and c.number == (1, 1) for c in plain)
        if bare:
            plain = [line_candidate(line, index, bare_digits=True) for index, line in enumerate(self._lines)]
        return {candidate.line: candidate for candidate in plain if candidate is not None}

    @cached_property
    def _inner(self) -> dict[int, list[Candidate]]:
        found = {index: list(inner_candidates(line, index, self._quoted[index])) for index, line in enumerate(self._lines)}
        return {index: candidates for index, candidates in found.items() if candidates}

    @cached_property
    def _quoted(self) -> tuple[int, ...]:
        """Quotation marks still open where each line begins. Only wrapped text carries them over; a new paragraph closes them."""
        depths: list[int] = []
        depth = 0
        for line in self._lines:
            if not self._wrapped or line.indented or line.after_blank:
                depth = 0
            depths.append(depth)
            depth = quotation_depth(line.text, depth)
        return tuple(depths)

    @cached_property
    def _by_style(self) -> dict[Style, tuple[list[int], list[Candidate]]]:
        """Per style, the starts and the candidates in source order: for looking one ahead."""
        grouped: dict[Style, list[Candidate]] = defaultdict(list)
        for index in range(len(self._lines)):
            for candidate in (self._first.get(index), *self._inner.get(index, ())):
                if candidate is not None and not (candidate.style is Style.ARTICLE and speaks_of_provision(self._source, candidate)):
                    grouped[candidate.style].append(candidate)
        return {style: ([c.start for c in found], found) for style, found in grouped.items()}

    def _is_continued(self, candidate: Candidate, *, same_line: bool = False) -> bool:
        """True if the next candidate of this style carries the next number."""
        starts, found = self._by_style.get(candidate.style, ([], []))
        position = bisect_right(starts, candidate.start)
        if position == len(found) or (same_line and found[position].line != candidate.line):
            return False
        return found[position].number in _successors(candidate.number)

    def _read_line(self, index: int) -> None:
        candidate = self._first.get(index)
        self._in_listing = self._in_listing and (candidate is None or candidate.style.is_list)
        if self._in_listing:
            return
        accepted = candidate is not None and self._accept(candidate)
        if not accepted:
            self._maybe_paragraph(index)
        if self._in_listing:
            return
        for inner in self._inner.get(index, ()):
            self._accept(inner)

    def _accept(self, candidate: Candidate) -> bool:
        if candidate.style is Style.ATTACHMENT:
            return self._accept_attachment(candidate)
        if candidate.style is Style.ARTICLE:
            return self._accept_article(candidate)
        if candidate.style.is_structural:
            return self._accept_structure(candidate)
        return self._accept_list(candidate)

    # 附件

    def _accept_attachment(self, candidate: Candidate) -> bool:
        line = self._lines[candidate.line]
        rest = self._source[candidate.label_end : line.end].strip()
        if rest and line.ends_sentence:
            return False
        if rest and self._lists_attachments(candidate, rest):
            self._push_text(candidate.line, "附件清单")
            self._in_listing = True
            return True
        if not rest and candidate.line + 1 >= len(self._lines):
            return False
        self._push(candidate, ProvisionLevel.ATTACHMENT, float(Style.ATTACHMENT))
        self._forget_articles()
        following = self._lines[candidate.line + 1] if candidate.line + 1 < len(self._lines) else None
        if not rest and following and len(following.text) <= _HEADING_LENGTH and candidate.line + 1 not in self._first:
            self._name_attachment("" if following.ends_clause else following.text)
        return True

    def _name_attachment(self, title: str) -> None:
        self._marks[-1] = replace(self._marks[-1], title="".join(title.split()))

    def _lists_attachments(self, candidate: Candidate, rest: str) -> bool:
        """The list of annexes printed above the signature ("附件：1.申请表") is text of the document."""
        if rest[0] in "1１一":
            return True
        closings = self._blocks.closings
        if closings and min(closings) < candidate.line:
            return False
        return bool(closings) or candidate.line + 2 >= len(self._lines)

    # 编 分编 章 节

    def _accept_structure(self, candidate: Candidate) -> bool:
        line = self._lines[candidate.line]
        rest = self._source[candidate.label_end : line.end].strip()
        if speaks_of_provision(self._source, candidate) and not candidate.spaced:
            return False
        if not candidate.line_start or len(rest) > _HEADING_LENGTH:
            if len(line.text) < _FLAT_LENGTH or not candidate.spaced or not _INNER_TITLE_WORDS.match(self._source, candidate.label_end):
                return False
            if not self._is_next_structure(candidate):
                return False
        elif _NO_HEADING.search(rest) or (self._runs_on(candidate) and not candidate.spaced):
            return False
        self._push(candidate, _STRUCTURE_LEVELS[candidate.style], float(candidate.style))
        return True

    def _is_next_structure(self, candidate: Candidate) -> bool:
        same = next((o for o in reversed(self._stack) if o.style is candidate.style), None)
        return candidate.number[0] == 1 if same is None else candidate.number in _successors(same.number)

    # 条

    def _accept_article(self, candidate: Candidate) -> bool:
        if speaks_of_provision(self._source, candidate):
            return False
        number = (candidate.number[0], candidate.number[1])
        expected = number in _successors(self._last_article)
        if not candidate.line_start:
            flat = len(self._lines[candidate.line].text) >= _FLAT_LENGTH
            chained = number[0] > 1 or self._is_continued(candidate, same_line=True)
            if not (flat and candidate.spaced and expected and chained):
                return False
        elif not self._is_plausible(candidate, number, expected):
            return False
        self._push(candidate, ProvisionLevel.ARTICLE, _ARTICLE_RANK)
        self._last_article = number
        self._forget_lists()
        return True

    def _is_plausible(self, candidate: Candidate, number: tuple[int, int], expected: bool) -> bool:
        runs_on = self._runs_on(candidate)
        if expected:
            return candidate.spaced or not runs_on or self._is_continued(candidate)
        if runs_on:
            return False
        if candidate.spaced:
            return True
        near = number[0] == 1 or 0 < number[0] - self._last_article[0] <= _FORWARD_GAP
        return near and self._is_continued(candidate)

    def _runs_on(self, candidate: Candidate) -> bool:
        """True if the line before stops in mid-sentence, so that this one may be its wrapped rest."""
        index = candidate.line
        if index == 0:
            return False
        before, line = self._lines[index - 1], self._lines[index]
        if self._quoted[index]:
            return True
        if before.ends_clause or line.after_blank or line.is_heading_markup or before.is_heading_markup:
            return False
        if self._wrapped:
            return not line.indented
        return len(before.text) >= _HEADING_LENGTH or before.text[-1] in "、，,的和与及或至"

    # 一、（一）1. 1.1（1）①

    def _accept_list(self, candidate: Candidate) -> bool:
        in_article = any(o.level is ProvisionLevel.ARTICLE for o in self._stack)
        if in_article and self._heads_articles(candidate):
            self._close(_ARTICLE_RANK)
            in_article = False
        sibling = self._sibling(candidate)
        if sibling is not None and not (candidate.line_start and self._runs_on(candidate) and self._wrapped):
            self._push_list(candidate, sibling.rank, in_article=sibling.rank >= _ARTICLE_RANK)
            return True
        if candidate.number[-1] == 1 and self._may_open(candidate):
            self._push_list(candidate, self._opening_rank(candidate, in_article), in_article=in_article)
            return True
        if self._continues_elsewhere(candidate):
            self._push_list(candidate, self._opening_rank(candidate, in_article), in_article=in_article)
            return True
        return candidate.line_start and self._resume_or_jump(candidate, in_article)

    def _continues_elsewhere(self, candidate: Candidate) -> bool:
        """Numbers that run on across headings: 一、1. 2. 二、3. 4."""
        if any(o.style is candidate.style for o in self._stack) or self._runs_on(candidate):
            return False
        return len(candidate.number) == 1 and self._last_number.get(candidate.style) == candidate.number[0] - 1

    def _heads_articles(self, candidate: Candidate) -> bool:
        """ "二、管辖" between articles is a heading above them, not an item of the article before."""
        line = self._lines[candidate.line]
        following = self._first.get(candidate.line + 1)
        if not candidate.line_start or following is None or following.style is not Style.ARTICLE:
            return False
        return len(line.text) <= 30 and not line.ends_clause and self._lines[candidate.line - 1].ends_sentence

    def _sibling(self, candidate: Candidate) -> _Open | None:
        fitting = [o for o in reversed(self._stack) if o.style is candidate.style and candidate.number in _successors(o.number)]
        return next((o for o in fitting if o.line_start == candidate.line_start), fitting[0] if fitting else None)

    def _may_open(self, candidate: Candidate) -> bool:
        if candidate.style is Style.DECIMAL and not self._has_parent_number(candidate):
            return False
        if candidate.line_start:
            return not self._runs_on(candidate) or self._is_continued(candidate)
        return self._is_continued(candidate)

    def _has_parent_number(self, candidate: Candidate) -> bool:
        above = candidate.number[:-1]
        return any(o.number[: len(above)] == above and o.style in (Style.DOT, Style.DECIMAL) for o in self._stack) or above == (1,)

    def _opening_rank(self, candidate: Candidate, in_article: bool) -> float:
        depth = float(candidate.style)
        if candidate.style is Style.DECIMAL:
            depth = float(Style.DOT) + 0.1 * (len(candidate.number) - 1)
        rank = depth + (_ITEM_RANK if in_article else 0.0)
        same = [o for o in self._stack if o.style is candidate.style]
        if candidate.line_start or not same or not same[0].line_start:
            return rank
        # A list inside the running text of an item numbered the same way: "（二）…应当提交：（一）…；（二）…".
        return same[1].rank if len(same) > 1 else self._stack[-1].rank + 0.5

    def _resume_or_jump(self, candidate: Candidate, in_article: bool) -> bool:
        if self._runs_on(candidate):
            return False
        earlier = self._list_marks.get(candidate.style) if in_article else None
        if earlier is not None and candidate.number == (earlier[1] + 1,):
            # Unnumbered lines between two items belong to the item, they are no 款.
            position, _, stack = earlier
            self._marks[position + 1 :] = [m for m in self._marks[position + 1 :] if m.level is not ProvisionLevel.PARAGRAPH]
            self._stack = list(stack)
            self._push_list(candidate, stack[-1].rank, in_article=True)
            return True
        open_list = next((o for o in reversed(self._stack) if o.style is candidate.style and len(o.number) == len(candidate.number)), None)
        gap = candidate.number[-1] - (open_list.number[-1] if open_list else 0)
        if not 0 < gap <= _FORWARD_GAP or not (self._is_continued(candidate) or open_list):
            return False
        if candidate.style is Style.DECIMAL and not self._has_parent_number(candidate):
            return False
        rank = open_list.rank if open_list else self._opening_rank(candidate, in_article)
        self._push_list(candidate, rank, in_article=in_article)
        return True

    # 款

    def _maybe_paragraph(self, index: int) -> None:
        """A new 款: a line of its own after a finished sentence, inside an article."""
        if index == 0 or not any(o.level is ProvisionLevel.ARTICLE for o in self._stack):
            return
        line, before = self._lines[index], self._lines[index - 1]
        if not before.ends_sentence or not line.has_words or line.text[0] == "|" or (self._wrapped and not line.indented):
            return
        self._close(_PARAGRAPH_RANK)
        self._stack.append(_Open(_PARAGRAPH_RANK, ProvisionLevel.PARAGRAPH, None, (), True))
        self._marks.append(Mark(line.start, line.start, line.end, ProvisionLevel.PARAGRAPH, _PARAGRAPH_RANK, "", None, in_article=True))

    # Bookkeeping

    def _push(self, candidate: Candidate, level: ProvisionLevel, rank: float) -> None:
        self._close(rank)
        self._stack.append(_Open(rank, level, candidate.style, candidate.number, candidate.line_start))
        end = self._lines[candidate.line].end
        self._marks.append(Mark(candidate.start, candidate.label_end, end, level, rank, candidate.label, candidate.style))

    def _push_list(self, candidate: Candidate, rank: float, *, in_article: bool) -> None:
        self._close(rank)
        level = ProvisionLevel.ITEM if in_article else ProvisionLevel.HEADING
        nested = not candidate.line_start and rank != float(candidate.style)
        self._stack.append(_Open(rank, level, candidate.style, candidate.number, candidate.line_start))
        end = self._lines[candidate.line].end
        mark = Mark(candidate.start, candidate.label_end, end, level, rank, candidate.label, candidate.style, in_article, nested)
        self._marks.append(mark)
        self._last_number[candidate.style] = candidate.number[-1]
        if in_article:
            self._list_marks[candidate.style] = (len(self._marks) - 1, candidate.number[-1], tuple(self._stack))

    def _push_text(self, index: int, label: str) -> None:
        self._close(_CLOSING_RANK)
        line = self._lines[index]
        self._stack.append(_Open(_CLOSING_RANK, ProvisionLevel.TEXT, None, (), True))
        self._marks.append(Mark(line.start, line.end, line.end, ProvisionLevel.TEXT, _CLOSING_RANK, label, None))
        if label == "落款":
            self._forget_articles()

    def _push_inner_title(self, first: int, last: int) -> None:
        title = "".join(line.text for line in self._lines[first : last + 1])
        if self._marks and self._marks[-1].style is Style.ATTACHMENT:
            self._name_attachment(title)
            return
        self._close(float(Style.ATTACHMENT))
        start, end = self._lines[first].start, self._lines[last].end
        self._stack.append(_Open(float(Style.ATTACHMENT), ProvisionLevel.ATTACHMENT, None, (), True))
        self._marks.append(Mark(start, start, end, ProvisionLevel.ATTACHMENT, float(Style.ATTACHMENT), "", None))
        self._name_attachment(title)
        self._forget_articles()

    def _forget_articles(self) -> None:
        self._last_article = (0, 0)
        self._forget_lists()

    def _forget_lists(self) -> None:
        self._list_marks = {}
        self._last_number = {}

    def _close(self, rank: float) -> None:
        while self._stack and (self._stack[-1].rank >= rank or self._stack[-1].level is ProvisionLevel.TEXT):
            self._stack.pop()


def _successors(number: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """第十七条 is followed by 第十八条 or 第十七条之一; 1.4 by 1.5."""
    following = (*number[:-1], number[-1] + 1)
    return (following, (number[0] + 1, 0)) if len(number) == 2 and number[-1] < 100 else (following,)
