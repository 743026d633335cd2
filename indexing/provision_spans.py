"""Choose which provisions of an outline make one passage. Works on spans; knows nothing of dates or search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from indexing.sentence_windows import content_length, trimmed, window_spans
from indexing.tuning import PassageTuning
from knowledge_base.models import Provision, ProvisionLevel

_HEADED = frozenset(
    {
        ProvisionLevel.ATTACHMENT,
        ProvisionLevel.PART,
        ProvisionLevel.SUBPART,
        ProvisionLevel.CHAPTER,
        ProvisionLevel.SECTION,
        ProvisionLevel.HEADING,
    }
)
_CONTAINERS = (_HEADED | {ProvisionLevel.DOCUMENT}) - {ProvisionLevel.HEADING}
_RUNNING = frozenset({ProvisionLevel.DOCUMENT, ProvisionLevel.TEXT, ProvisionLevel.PARAGRAPH})
_NOT_WORDS = re.compile(r"[\s#*　]+")


@dataclass(frozen=True, slots=True)
class ProvisionSpan:
    """A span [start, end) of the source, the provisions it covers in order, the headings above them, and the path that names it."""

    start: int
    end: int
    nodes: tuple[Provision, ...]
    headings: tuple[str, ...]
    anchor: str


def provision_spans(outline: Provision, source: str, sizes: PassageTuning) -> tuple[ProvisionSpan, ...]:
    """Spans in source order, without overlap and without white space at their edges."""
    chosen = _Splitter(source, sizes).container(outline, ())
    return tuple(replace(span, start=start, end=end) for span in chosen for start, end in [trimmed(source, span.start, span.end)])


class _Splitter:
    def __init__(self, source: str, sizes: PassageTuning) -> None:
        self._source, self._sizes = source, sizes

    def container(self, node: Provision, headings: tuple[str, ...]) -> list[ProvisionSpan]:
        """A document, annex or chapter: its articles one by one, everything between them in runs."""
        if self._is_short_whole(node):
            return [ProvisionSpan(node.start, node.end, (node,), headings, node.path)]
        below = (*headings, heading_words(node)) if node.level in _HEADED else headings
        spans: list[ProvisionSpan] = []
        for kind, children in groupby(node.children, key=_kind_of_run):
            if kind == "container":
                spans += [span for child in children for span in self.container(child, below)]
            elif kind == "article":
                spans += [span for child in children for span in self._article(child, below)]
            else:
                spans += self._run(children, below)
        return self._with_lead(self._own(node, below, has_body=bool(spans)), spans)

    def _is_short_whole(self, node: Provision) -> bool:
        """A text without articles or sections that is no longer than an article reads as one, with its list and what introduces it."""
        if node.level is not ProvisionLevel.DOCUMENT or any(_is_section(child) for child in node.children):
            return False
        return 0 < content_length(self._source, node.start, node.end) <= self._sizes.article_chars

    def _with_lead(self, own: list[ProvisionSpan], spans: list[ProvisionSpan]) -> list[ProvisionSpan]:
        """Words that announce a list ("有下列情形之一的：") are read with its beginning."""
        if not own or not spans or not self._source[own[-1].start : own[-1].end].rstrip().endswith(("：", ":")):
            return [*own, *spans]
        lead, first = own[-1], spans[0]
        # "现就有关事项通知如下：" announces the whole notice, not its first section.
        if _is_section(first.nodes[0]) or content_length(self._source, lead.start, first.end) > self._sizes.article_chars:
            return [*own, *spans]
        return [*own[:-1], _joined(lead, first), *spans[1:]]

    def _article(self, node: Provision, headings: tuple[str, ...]) -> list[ProvisionSpan]:
        below = (*headings, heading_words(node))
        parts = self._parts(node, below, self._sizes.article_chars)
        return [replace(part, anchor=node.path) for part in parts]

    def _run(self, nodes: Iterable[Provision], headings: tuple[str, ...]) -> list[ProvisionSpan]:
        """Neighbours outside any article: text packs up to a window, a heading joins its neighbour only while one of them is very short."""
        spans: list[ProvisionSpan] = []
        for node in nodes:
            limit = self._sizes.window_chars if node.level in _RUNNING else self._sizes.piece_chars
            for span in self._parts(node, headings, limit):
                if spans and self._joins(spans[-1], span):
                    spans[-1] = _joined(spans[-1], span)
                else:
                    spans.append(span)
        return spans

    def _joins(self, left: ProvisionSpan, right: ProvisionSpan) -> bool:
        if left.headings != right.headings or content_length(self._source, left.start, right.end) > self._sizes.window_chars:
            return False
        if ProvisionLevel.HEADING not in (left.nodes[-1].level, right.nodes[0].level):
            return True
        return min(content_length(self._source, span.start, span.end) for span in (left, right)) < self._sizes.short_chars

    def _parts(self, node: Provision, headings: tuple[str, ...], limit: int) -> list[ProvisionSpan]:
        """One span where the node fits; else its own text and its children, split where needed and packed again from below."""
        length = content_length(self._source, node.start, node.end)
        if length == 0:
            return []
        if length <= limit:
            return [ProvisionSpan(node.start, node.end, (node,), headings, node.path)]
        below = (*headings, heading_words(node)) if node.level is ProvisionLevel.HEADING else headings
        children = [part for child in node.children for part in self._parts(child, below, self._sizes.piece_chars)]
        if children and node.level not in _HEADED and _is_pure_heading(node, self._source):
            # "第十条" alone on its line belongs to the first 款.
            children[0] = replace(children[0], start=node.start)
            return self._packed(children)
        return self._packed([*self._own(node, below, has_body=bool(children)), *children])

    def _own(self, node: Provision, headings: tuple[str, ...], *, has_body: bool) -> list[ProvisionSpan]:
        """What stands before the first child. A pure heading is carried by the passages below it, if there are any."""
        end = node.children[0].start if node.children else node.end
        if content_length(self._source, node.start, end) == 0:
            return []
        if has_body and node.level in _HEADED and _is_pure_heading(node, self._source):
            return []
        size = self._sizes.window_chars if node.level in _RUNNING else self._sizes.piece_chars
        windows = window_spans(self._source, node.start, end, size, self._sizes.sentence_chars)
        return [
            ProvisionSpan(first, last, (node,), headings, node.path) for first, last in windows if content_length(self._source, first, last)
        ]

    def _packed(self, spans: list[ProvisionSpan]) -> list[ProvisionSpan]:
        packed: list[ProvisionSpan] = []
        for span in spans:
            fits = packed and content_length(self._source, packed[-1].start, span.end) <= self._sizes.piece_chars
            if fits and packed[-1].headings == span.headings:
                packed[-1] = _joined(packed[-1], span)
            else:
                packed.append(span)
        return packed


def heading_words(node: Provision) -> str:
    """ "第二章 申领条件"; the number alone where the heading has no words of its own."""
    return f"{node.label} {node.title}".strip()


def _is_pure_heading(node: Provision, source: str) -> bool:
    return _NOT_WORDS.sub("", node.own_text(source)) == _NOT_WORDS.sub("", node.label + node.title)


def _kind_of_run(node: Provision) -> str:
    if node.level in _CONTAINERS or (node.level is ProvisionLevel.HEADING and _holds_articles(node)):
        return "container"
    return "article" if node.level is ProvisionLevel.ARTICLE else "run"


def _is_section(node: Provision) -> bool:
    """True for what is cited by itself: containers, articles, and the 一、二、 of a notice; （一） and 1. are items of a list."""
    return _kind_of_run(node) != "run" or (node.level is ProvisionLevel.HEADING and node.label.endswith("、"))


def _holds_articles(node: Provision) -> bool:
    return any(below.level is ProvisionLevel.ARTICLE for below in node.walk())


def _joined(left: ProvisionSpan, right: ProvisionSpan) -> ProvisionSpan:
    nodes = (*left.nodes, *(node for node in right.nodes if node is not left.nodes[-1]))
    return replace(left, end=right.end, nodes=nodes)
