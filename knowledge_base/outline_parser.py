"""Outline of a public document: 编 分编 章 节 条 款 项 目, or 一、（一）1.（1）①, with annexes, contents and signature. Loses no character.

Read in this order: outline_lines (lines), outline_grammar (what a number looks like), outline_blocks (contents, signature, inner titles),
outline_sequence (which numbers count), and here the tree with paths and citations.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from knowledge_base.chinese_numbers import write_ordinal
from knowledge_base.models import Provision, ProvisionLevel
from knowledge_base.outline_grammar import Style
from knowledge_base.outline_marks import Mark
from knowledge_base.outline_sequence import find_marks

_BLANK = re.compile(r"[\s\u3000*]+")
_ARTICLE_TITLE = re.compile(r"[ \u3000]*【([^】\n]{1,40})】")
_FIRST_SENTENCE = re.compile(r"([^。；：:，\n]{2,20}(?:，[^。；：:，\n]{2,15})?)(?:。(?=.)|[：:](?=.))", re.S)
_UP_TO_SPACE = re.compile(r"([^\s。；]{2,40})(?=\s)")
_CLAUSE_MARK = re.compile(r"[。；;，,]|[：:]$")
_FIGURES = (Style.DOT, Style.DECIMAL)
_LISTING = (ProvisionLevel.ITEM, ProvisionLevel.SUBITEM)
_TITLE_LENGTH = 60
_LABEL_WIDTH = str.maketrans("()．０１２３４５６７８９", "（）.0123456789")


def parse_outline(text: str) -> Provision:
    """The outline of `text`; the root is the DOCUMENT with path "". Takes any text; one without numbering is a single node.

    Paths start anew in each annex ("附件1/第三条"). A path met again gets "~2", "~3". Time grows linearly with the text.
    """
    marks = _with_first_paragraphs(text, find_marks(text))
    return _Tree(text, marks).build()


def _with_first_paragraphs(text: str, marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Where an article has a later 款, its first 款 becomes a mark too; an article of one 款 carries its text itself."""
    result: list[Mark] = []
    article: int | None = None
    for mark in marks:
        if mark.level is ProvisionLevel.PARAGRAPH and article is not None:
            owner = result[article]
            start = _first_visible(text, owner.body)
            result.insert(article + 1, replace(mark, start=start, body=start, line_end=owner.line_end))
            article = None
        if mark.level is ProvisionLevel.ARTICLE:
            article = len(result)
        elif mark.rank < mark_rank_of_articles(mark):
            article = None
        result.append(mark)
    return tuple(result)


def mark_rank_of_articles(mark: Mark) -> float:
    """Rank that everything inside an article exceeds."""
    return 0.0 if mark.in_article else 100.0


def _first_visible(text: str, position: int) -> int:
    title = _ARTICLE_TITLE.match(text, position)
    blank = _BLANK.match(text, title.end() if title else position)
    return blank.end() if blank else (title.end() if title else position)


@dataclass(slots=True)
class _Node:
    mark: Mark
    level: ProvisionLevel
    path: str
    citation: str
    scope: str
    scope_citation: str
    title: str
    figures_base: tuple[str, str]
    children: list[Provision] = field(default_factory=list)
    paragraphs: int = 0


class _Tree:
    """Builds bottom-up with an explicit stack, so that depth is not bounded by the interpreter."""

    def __init__(self, text: str, marks: tuple[Mark, ...]) -> None:
        self._text, self._marks = text, marks
        self._seen: Counter[str] = Counter()
        inner_titles = sum(1 for mark in marks if mark.level is ProvisionLevel.ATTACHMENT and mark.style is None)
        self._names_inner = inner_titles > 1

    def build(self) -> Provision:
        root = _Node(Mark(0, 0, 0, ProvisionLevel.DOCUMENT, -1.0, "", None), ProvisionLevel.DOCUMENT, "", "", "", "", "", ("", ""))
        stack = [root]
        for index, mark in enumerate(self._marks):
            while stack[-1].mark.rank >= mark.rank or stack[-1].level is ProvisionLevel.TEXT:
                self._finish(stack, mark.start)
            stack.append(self._open(stack[-1], mark, self._next_start(index)))
        while len(stack) > 1:
            self._finish(stack, len(self._text))
        return Provision(ProvisionLevel.DOCUMENT, "", "", "", "", 0, len(self._text), tuple(root.children))

    def _next_start(self, index: int) -> int:
        return self._marks[index + 1].start if index + 1 < len(self._marks) else len(self._text)

    def _finish(self, stack: list[_Node], end: int) -> None:
        node = stack.pop()
        label = node.mark.label if node.level is not ProvisionLevel.TEXT else ""
        stack[-1].children.append(
            Provision(node.level, label, node.path, node.citation, node.title, node.mark.start, end, tuple(node.children))
        )

    def _open(self, parent: _Node, mark: Mark, next_start: int) -> _Node:
        level = self._level(parent, mark, next_start)
        title = self._title(mark, level, next_start)
        path, citation = self._names(parent, mark, level, title)
        path = self._unique(path)
        scope, scope_citation = (path, citation) if level is ProvisionLevel.ATTACHMENT else (parent.scope, parent.scope_citation)
        if level is ProvisionLevel.ATTACHMENT and mark.style is None and not self._names_inner:
            scope, scope_citation = parent.scope, parent.scope_citation
        in_figures = mark.style in _FIGURES and not mark.in_article
        base = self._base(parent, mark) if in_figures else (path, citation)
        return _Node(mark, level, path, citation, scope, scope_citation, title, base)

    def _base(self, parent: _Node, mark: Mark) -> tuple[str, str]:
        """What a list's own number is added to. 1.1.2 says all of 1 and 1.1 itself."""
        if parent.level is ProvisionLevel.ATTACHMENT:
            return parent.scope, parent.scope_citation
        if mark.style is Style.DECIMAL and parent.mark.style in _FIGURES:
            return parent.figures_base
        return parent.path, parent.citation

    def _unique(self, path: str) -> str:
        """第三条, then 第三条~2, 第三条~3."""
        self._seen[path] += 1
        if self._seen[path] == 1:
            return path
        again = f"{path}~{self._seen[path]}"
        return again if again not in self._seen and not self._seen.update((again,)) else self._unique(path)

    def _level(self, parent: _Node, mark: Mark, next_start: int) -> ProvisionLevel:
        """Items lie right below a 款, 条 or heading, sub-items below items. A short line with text of its own below it is a heading."""
        if mark.level not in (ProvisionLevel.ITEM, ProvisionLevel.HEADING):
            return mark.level
        if mark.level is ProvisionLevel.HEADING and not mark.nested_inline:
            outer = mark.style in (Style.COMMA, Style.BRACKET, Style.DECIMAL)
            if (outer and parent.level not in _LISTING) or (parent.level not in _LISTING and self._is_heading_line(mark, next_start)):
                return ProvisionLevel.HEADING
        return ProvisionLevel.SUBITEM if parent.level in _LISTING else ProvisionLevel.ITEM

    def _is_heading_line(self, mark: Mark, next_start: int) -> bool:
        words = self._text[mark.body : mark.line_end].strip()
        if not 0 < len(words) <= 30 or _CLAUSE_MARK.search(words):
            return False
        below = self._text[mark.line_end : next_start].strip()
        return bool(below) or (next_start > mark.line_end and self._goes_deeper(mark, next_start))

    def _goes_deeper(self, mark: Mark, next_start: int) -> bool:
        following = self._mark_at.get(next_start)
        return following is not None and following.rank > mark.rank

    @property
    def _mark_at(self) -> dict[int, Mark]:
        if not hasattr(self, "_by_start"):
            self._by_start = {mark.start: mark for mark in self._marks}
        return self._by_start

    def _title(self, mark: Mark, level: ProvisionLevel, next_start: int) -> str:
        if level is ProvisionLevel.ARTICLE:
            match = _ARTICLE_TITLE.match(self._text, mark.body)
            return match[1].strip() if match else ""
        if level is ProvisionLevel.ATTACHMENT and mark.style is None:
            return mark.title
        if level in (ProvisionLevel.TEXT, ProvisionLevel.PARAGRAPH, *_LISTING):
            return ""
        if mark.title:
            return mark.title
        words = self._text[mark.body : min(mark.line_end, next_start)].strip(" \t\u3000\xa0:：；;#*")
        if len(words) <= _TITLE_LENGTH and "。" not in words:
            return words
        words = self._text[mark.body : next_start].strip(" \t\u3000\xa0#*")[:120]
        match = _FIRST_SENTENCE.match(words) if level is ProvisionLevel.HEADING else None
        match = match or _UP_TO_SPACE.match(words[: mark.line_end - mark.body])
        return match[1].strip() if match else ""

    def _names(self, parent: _Node, mark: Mark, level: ProvisionLevel, title: str) -> tuple[str, str]:
        """(path, citation)"""
        label = _BLANK.sub("", mark.label)
        name = label.translate(_LABEL_WIDTH)
        if level is ProvisionLevel.ATTACHMENT:
            return (name, label) if mark.style is not None else (title, f"《{title}》")
        if level is ProvisionLevel.ARTICLE:
            return _join(parent.scope, name), parent.scope_citation + label
        if level is ProvisionLevel.TEXT:
            return _join(parent.scope, name), parent.scope_citation + label
        if level is ProvisionLevel.PARAGRAPH:
            parent.paragraphs += 1
            ordinal = f"第{write_ordinal(parent.paragraphs)}款"
            return _join(parent.path, ordinal), parent.citation + ordinal
        if not mark.in_article:
            base, base_citation = self._base(parent, mark)
            return _join(base, name), base_citation + label
        unit = "项" if level is ProvisionLevel.ITEM else "目"
        return _join(parent.path, name), f"{parent.citation}第{label.rstrip('、.．')}{unit}"


def _join(base: str, name: str) -> str:
    return f"{base}/{name}" if base else name
