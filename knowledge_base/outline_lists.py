"""Which list numbers count: 一、（一）1. 1.1（1）①, by their place in the numbering."""

from __future__ import annotations

from knowledge_base.outline_candidates import NumberedLines, successors
from knowledge_base.outline_grammar import Candidate, Style
from knowledge_base.outline_marks import ARTICLE_RANK, ITEM_RANK, OpenProvision, OutlineMarks

_FORWARD_GAP = 3
_SHORT_HEADING = 30


def accept_list(text: NumberedLines, outline: OutlineMarks, candidate: Candidate) -> bool:
    """Adds the candidate to the outline if it goes on with an open list, opens one, or plausibly skips a number."""
    if outline.in_article and _heads_articles(text, candidate):
        outline.close(ARTICLE_RANK)
    sibling = _sibling(outline, candidate)
    line = text.line_of(candidate)
    if sibling is not None and not (candidate.line_start and text.wrapped and text.runs_on(candidate)):
        outline.add_list(candidate, line, sibling.rank, in_article=sibling.rank >= ARTICLE_RANK)
        return True
    opens = candidate.number[-1] == 1 and _may_open(text, outline, candidate)
    if opens or (not outline.in_article and _continues_elsewhere(text, outline, candidate)):
        outline.add_list(candidate, line, _opening_rank(outline, candidate), in_article=outline.in_article)
        return True
    return candidate.line_start and not text.runs_on(candidate) and _resume_or_skip(text, outline, candidate)


def _heads_articles(text: NumberedLines, candidate: Candidate) -> bool:
    """ "二、管辖" between articles is a heading above them, not an item of the article before."""
    following = text.first.get(candidate.line + 1)
    if not candidate.line_start or following is None or following.style is not Style.ARTICLE:
        return False
    line, before = text.line_of(candidate), text.lines[candidate.line - 1]
    return len(line.text) <= _SHORT_HEADING and not line.ends_clause and before.ends_sentence


def _sibling(outline: OutlineMarks, candidate: Candidate) -> OpenProvision | None:
    """The item before this one: innermost first, lists of the same kind (at line starts, in running text) before others."""
    fitting = [o for o in outline.open_of(candidate.style) if candidate.number in successors(o.number)]
    return next((o for o in fitting if o.line_start == candidate.line_start), fitting[0] if fitting else None)


def _may_open(text: NumberedLines, outline: OutlineMarks, candidate: Candidate) -> bool:
    if candidate.style is Style.DECIMAL and not _has_parent_number(outline, candidate):
        return False
    return text.is_continued(candidate) or (candidate.line_start and not text.runs_on(candidate))


def _continues_elsewhere(text: NumberedLines, outline: OutlineMarks, candidate: Candidate) -> bool:
    """Numbers that run on across headings: 一、1. 2. 二、3. 4."""
    if outline.open_of(candidate.style) or text.runs_on(candidate):
        return False
    return len(candidate.number) == 1 and outline.last_number.get(candidate.style) == candidate.number[0] - 1


def _has_parent_number(outline: OutlineMarks, candidate: Candidate) -> bool:
    """1.4.2 needs an open 1.4; the first 1.1 may stand without its 1."""
    above = candidate.number[:-1]
    figures = (*outline.open_of(Style.DOT), *outline.open_of(Style.DECIMAL))
    return above == (1,) or any(o.number[: len(above)] == above for o in figures)


def _opening_rank(outline: OutlineMarks, candidate: Candidate) -> float:
    rank = float(candidate.style)
    if candidate.style is Style.DECIMAL:
        rank = float(Style.DOT) + 0.1 * (len(candidate.number) - 1)
    same = outline.open_of(candidate.style)
    if candidate.line_start or not same or not same[-1].line_start:
        return rank + (ITEM_RANK if outline.in_article else 0.0)
    # A list inside the running text of an item numbered the same way: "（二）…应当提交：（一）…；（二）…".
    return same[-2].rank if len(same) > 1 else outline.open[-1].rank + 0.5


def _resume_or_skip(text: NumberedLines, outline: OutlineMarks, candidate: Candidate) -> bool:
    """A list that goes on after unnumbered lines, or with a number or two missing."""
    line = text.line_of(candidate)
    if outline.in_article and outline.resume_list(candidate, line):
        return True
    same = next((o for o in outline.open_of(candidate.style) if len(o.number) == len(candidate.number)), None)
    gap = candidate.number[-1] - (same.number[-1] if same else 0)
    if not 0 < gap <= _FORWARD_GAP or not (same or text.is_continued(candidate)):
        return False
    if candidate.style is Style.DECIMAL and not _has_parent_number(outline, candidate):
        return False
    rank = same.rank if same else _opening_rank(outline, candidate)
    outline.add_list(candidate, line, rank, in_article=rank >= ARTICLE_RANK)
    return True
