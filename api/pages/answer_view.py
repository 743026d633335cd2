"""An answer as its page shows it: citations with the whole provision around the quote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.container import Container
from api.links import with_quote
from api.policy_reading import provision_around
from assistant.models import AnswerBlock, AnswerRecord, BlockKind, Citation
from knowledge_base.errors import UnknownDocument
from knowledge_base.models import ProvisionLevel


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text that is or is not part of the quote."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class CitationNote:
    """One note under the answer: a quoted provision, or all quoted fields of one service guide. `number` counts the notes."""

    number: int
    citations: tuple[Citation, ...]
    passages: tuple[tuple[Stretch, ...], ...]
    link: str

    @property
    def citation(self) -> Citation:
        return self.citations[0]

    @property
    def is_guide(self) -> bool:
        return self.citation.edition == 0


@dataclass(frozen=True, slots=True)
class AnswerView:
    record: AnswerRecord
    notes: tuple[CitationNote, ...]

    @property
    def is_demonstration(self) -> bool:
        return any(note.citation.is_demonstration for note in self.notes)

    def pieces(self) -> Iterator[tuple[str, object]]:
        """What is streamed, in order: (template part, its subject)."""
        for block in self.record.answer.blocks:
            yield "block", block
        yield "closing", self

    def note_of(self, block: AnswerBlock) -> CitationNote | None:
        return next((note for note in self.notes if block.citation in {citation.number for citation in note.citations}), None)

    def notes_of_line(self, block: AnswerBlock, line: int) -> tuple[CitationNote, ...]:
        """Those a line of generated text rests on; `line` counts from 1."""
        numbers = set(block.line_citations[line - 1])
        return tuple(note for note in self.notes if numbers & {citation.number for citation in note.citations})

    def is_numbered(self, block: AnswerBlock) -> bool:
        """Steps of a procedure that carry no number of their own."""
        return block.kind is BlockKind.GUIDE and "流程" in block.heading and not any(line[:1].isdigit() for line in block.lines)


def view_answer(container: Container, record: AnswerRecord) -> AnswerView:
    groups: dict[tuple[str, int], list[Citation]] = {}
    for citation in record.answer.citations:
        own = 0 if citation.edition == 0 else citation.number
        groups.setdefault((citation.document_id, own), []).append(citation)
    return AnswerView(record, tuple(_note(container, number, tuple(group)) for number, group in enumerate(groups.values(), start=1)))


def _note(container: Container, number: int, citations: tuple[Citation, ...]) -> CitationNote:
    first = citations[0]
    link = first.link if first.edition == 0 else with_quote(first.link, first.start, first.end)
    return CitationNote(number, citations, tuple(_around(container, citation) for citation in citations), link)


def _around(container: Container, citation: Citation) -> tuple[Stretch, ...]:
    """The provision the quote stands in; the quote alone where the document holds no such text (guides)."""
    quote_only = (Stretch(citation.quote, quoted=True),)
    try:
        revisions = container.documents.revisions(citation.document_id)
    except UnknownDocument:
        return quote_only
    revision = next((r for r in reversed(revisions) if r.edition == citation.edition), None)
    if revision is None or revision.text[citation.start : citation.end] != citation.quote:
        return quote_only
    provision = provision_around(revision.outline, citation.start, citation.end)
    if provision.level is ProvisionLevel.DOCUMENT:
        return quote_only
    whole = revision.text[provision.start : provision.end]
    end = provision.start + len(whole.rstrip())
    return mark_quote(revision.text, provision.start, max(end, citation.end), (citation.start, citation.end))


def mark_quote(text: str, start: int, end: int, quote: tuple[int, int] | None) -> tuple[Stretch, ...]:
    """text[start:end] cut at the borders of the quote."""
    if quote is None or quote[1] <= start or end <= quote[0]:
        return (Stretch(text[start:end], quoted=False),) if start < end else ()
    first, last = max(start, quote[0]), min(end, quote[1])
    parts = (Stretch(text[start:first], quoted=False), Stretch(text[first:last], quoted=True), Stretch(text[last:end], quoted=False))
    return tuple(part for part in parts if part.text)
