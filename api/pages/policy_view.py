"""A policy as its page shows it: the outline as nested sections with anchors, and a quote marked in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from api.pages.answer_view import Stretch, mark_quote
from knowledge_base.models import Provision, ProvisionLevel

_HEADINGS = frozenset(
    {ProvisionLevel.ATTACHMENT, ProvisionLevel.PART, ProvisionLevel.SUBPART, ProvisionLevel.CHAPTER, ProvisionLevel.SECTION}
)
_LISTED = _HEADINGS | {ProvisionLevel.ARTICLE, ProvisionLevel.HEADING}
_QUOTED_WORDS = 24


@dataclass(frozen=True, slots=True)
class SectionView:
    """A provision on the page. `label` is set in bold where the text begins with it; `stretches` are the rest of its own text."""

    provision: Provision
    label: str
    stretches: tuple[Stretch, ...]
    children: tuple[SectionView, ...]

    @property
    def is_heading(self) -> bool:
        return self.provision.level in _HEADINGS

    @property
    def is_linked(self) -> bool:
        return self.provision.level in _LISTED


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A line of the table of contents."""

    path: str
    text: str
    depth: int


def view_section(node: Provision, text: str, quote: tuple[int, int] | None) -> SectionView:
    """Only white space at the ends of a node's own text is dropped; it is laid out by the page instead."""
    own = node.own_text(text)
    start = node.start + len(own) - len(own.lstrip())
    end = node.start + len(own.rstrip())
    label = node.label if node.level in _LISTED and node.label and text.startswith(node.label, start) else ""
    stretches = mark_quote(text, start + len(label), max(end, start + len(label)), quote)
    children = tuple(view_section(child, text, quote) for child in node.children)
    if label and not stretches and children and not children[0].label and node.level not in _HEADINGS:
        # 第十条 stands on one line with its first 款.
        label, children = "", (replace(children[0], label=label), *children[1:])
    return SectionView(node, label, stretches, children)


def outline_entries(node: Provision, text: str, depth: int = 0) -> Iterator[OutlineEntry]:
    """Headings, and articles with their first words, down the tree."""
    for child in node.children:
        if child.level in _LISTED:
            yield OutlineEntry(child.path, _entry_text(child, text), depth)
        yield from outline_entries(child, text, depth + 1)


def _entry_text(node: Provision, text: str) -> str:
    if node.title:
        return f"{node.label} {node.title}".strip()
    words = node.text(text).strip().removeprefix(node.label).strip().split("\n")[0]
    return f"{node.label} {words[:_QUOTED_WORDS]}{'…' if len(words) > _QUOTED_WORDS else ''}".strip()


def parse_span(text: str, length: int) -> tuple[int, int] | None:
    """ "120-180" → (120, 180); None where it is no span of a text of that length."""
    first, _, last = text.partition("-")
    if not (first.isdecimal() and last.isdecimal() and len(text) < 20):
        return None
    start, end = int(first), int(last)
    return (start, end) if start < end <= length else None
