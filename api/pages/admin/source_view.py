"""The source text of a draft with its outline, and the words marked on which the metadata rests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge_base.intake.models import MetadataEvidence
from knowledge_base.models import Provision, ProvisionLevel, RepealNotice

_LINKED = frozenset(ProvisionLevel) - {ProvisionLevel.DOCUMENT, ProvisionLevel.PARAGRAPH, ProvisionLevel.TEXT}
REPEALS = "repeals"


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters [start, end) on which the field `field` rests."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MarkedStretch:
    """Text under the same marks throughout. `begins` are the fields whose mark begins here: a page puts their anchors in front."""

    text: str
    fields: tuple[str, ...]
    begins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """The own text of a provision, without the white space around it; `path` "" where nothing links to it."""

    level: ProvisionLevel
    path: str
    stretches: tuple[MarkedStretch, ...]


def marks_of(evidence: Sequence[MetadataEvidence], repeals: Sequence[RepealNotice], length: int) -> tuple[Mark, ...]:
    """One mark for each field at most, and one for each repeal ("repeals-0"). A place outside of the text is left out."""
    found: dict[str, Mark] = {}
    for item in evidence:
        if item.field != REPEALS and item.start is not None and item.end is not None:
            found.setdefault(item.field, Mark(item.field, item.start, item.end))
    for number, notice in enumerate(repeals):
        found[f"{REPEALS}-{number}"] = Mark(f"{REPEALS}-{number}", notice.start, notice.end)
    return tuple(mark for mark in found.values() if 0 <= mark.start < mark.end <= length)


def source_blocks(outline: Provision, text: str, marks: Sequence[Mark]) -> Iterator[SourceBlock]:
    """Down the outline, in the order of the text; what holds white space only is left out."""
    for node in outline.walk():
        own = node.own_text(text)
        start, end = node.start + len(own) - len(own.lstrip()), node.start + len(own.rstrip())
        if start < end:
            near = [mark for mark in marks if mark.start < end and start < mark.end]
            yield SourceBlock(node.level, node.path if node.level in _LINKED else "", tuple(_stretches(text, start, end, near)))


def _stretches(text: str, start: int, end: int, marks: Sequence[Mark]) -> Iterator[MarkedStretch]:
    edges = sorted({start, end, *(at for mark in marks for at in (mark.start, mark.end) if start < at < end)})
    for begin, finish in pairwise(edges):
        over = [mark for mark in marks if mark.start <= begin and finish <= mark.end]
        # A mark that reaches over from the provision before has its anchor there.
        begins = tuple(mark.field for mark in over if mark.start == begin or (begin == start and not text[mark.start : start].strip()))
        yield MarkedStretch(text[begin:finish], tuple(mark.field for mark in over), begins)
