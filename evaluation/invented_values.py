"""Look for what no source says: numbers, dates, 文号, phone numbers, links and quotes. Independent of the assistant's own last check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote as url_quote

from assistant.models import Answer, AnswerBlock, BlockKind, Citation, Facet
from assistant.steps.guide_composer import guide_field
from evaluation.source_book import SourceBook, text_of_edition, text_of_guide
from evaluation.stated_values import DOCUMENT_NUMBER, NUMBER, StatedValue, stated_values

QUOTE, CARD = "引文", "部门"


@dataclass(frozen=True, slots=True)
class InventedValue:
    """`kind`: 网址, 文号, 电话, 日期, 数字, 引文 or 部门; `where`: the part of the answer it stands in."""

    kind: str
    text: str
    where: str


def invented_in(answer: Answer, asked: str, sources: SourceBook) -> tuple[InventedValue, ...]:
    """What the answer states and nothing it rests on says; () is what every answer must give.

    Text of the policy base, and whatever a model wrote, may only say what is cited; fixed wording may also repeat what was `asked` and
    state what the catalogue says of a document it names.
    """
    return tuple(
        dict.fromkeys(
            (
                *(fault for citation in answer.citations for fault in _citation_faults(citation, sources)),
                *(fault for block in answer.blocks for fault in _block_faults(block, answer, asked, sources)),
                *_loose_text_faults(answer, asked, sources),
                *_card_faults(answer, sources),
            )
        )
    )


def _citation_faults(citation: Citation, sources: SourceBook) -> Iterator[InventedValue]:
    where, edition, guide = f"依据 {citation.number}", sources.edition(citation), sources.guide(citation)
    if edition is None and guide is None:
        yield InventedValue(QUOTE, citation.document_id, where)
        return
    if url_quote(citation.document_id) not in citation.link:
        yield InventedValue("网址", citation.link, where)
    if edition is not None:
        metadata = edition.revision.metadata
        if edition.revision.text[citation.start : citation.end] != citation.quote:
            yield InventedValue(QUOTE, citation.quote, where)
        if (citation.title, citation.document_number) != (metadata.title, metadata.document_number):
            yield InventedValue("文号", f"《{citation.title}》{citation.document_number or ''}", where)
        yield from _unsaid(citation.provision, text_of_edition(edition), where)
    elif guide is not None:
        yield from _unsaid(citation.quote, text_of_guide(guide), where)


def _block_faults(block: AnswerBlock, answer: Answer, asked: str, sources: SourceBook) -> Iterator[InventedValue]:
    text = "\n".join((block.heading, *block.lines))
    if block.kind in (BlockKind.WORDING, BlockKind.SECTION):
        yield from _unsaid(text, _everything(text, answer, asked, sources), "固定用语")
        return
    if block.kind is BlockKind.GENERATED:
        yield from _generated_faults(block, answer, sources)
        return
    own = tuple(citation for citation in answer.citations if block.citation in (None, citation.number))
    where = f"正文（依据 {block.citation}）" if block.citation else "正文"
    yield from _unsaid(text, f"{_cited_text(own, sources)}\n{sources.wording}\n{_places(text, sources)}", where)
    yield from (InventedValue(QUOTE, line, where) for line in block.lines if not _is_word_for_word(line, block, own, sources))


def _generated_faults(block: AnswerBlock, answer: Answer, sources: SourceBook) -> Iterator[InventedValue]:
    """Every sentence may only say what the provisions it names say; one that names none may state nothing."""
    for place, line in enumerate(block.lines):
        numbers = block.line_citations[place] if place < len(block.line_citations) else ()
        own = tuple(citation for citation in answer.citations if citation.number in numbers)
        yield from _unsaid(line, _cited_text(own, sources), f"模型写的第 {place + 1} 句")


def _is_word_for_word(line: str, block: AnswerBlock, own: tuple[Citation, ...], sources: SourceBook) -> bool:
    """Quotes and fields of guides must be; what a model wrote is judged by its values."""
    if block.kind is BlockKind.QUOTE:
        return any(line in citation.quote for citation in own)
    if block.kind is BlockKind.GUIDE:
        guides = (sources.guide(citation) for citation in own)
        return any(line in guide_field(guide, facet) for guide in guides if guide for facet in Facet)
    return True


def _loose_text_faults(answer: Answer, asked: str, sources: SourceBook) -> Iterator[InventedValue]:
    shown = {line for block in answer.blocks for line in (block.heading, *block.lines)}
    loose = "\n".join(line for line in answer.text.split("\n") if line not in shown)
    yield from _unsaid(loose, _everything(loose, answer, asked, sources), "正文")
    for line in (*answer.next_steps, *answer.next_questions):
        usual = "\n".join(text for guide in sources.guides.values() for text in (guide.title, *guide.usual_questions))
        yield from _unsaid(line, f"{_everything(line, answer, asked, sources)}\n{usual}", "后续提示")


def _card_faults(answer: Answer, sources: SourceBook) -> Iterator[InventedValue]:
    """The department shown is word for word the one of the directory."""
    card = answer.department
    if card is not None and sources.departments.get(card.id) != card:
        yield InventedValue(CARD, f"{card.name} {card.phone}", "部门")


def _everything(text: str, answer: Answer, asked: str, sources: SourceBook) -> str:
    """What fixed wording may say: itself, what is cited, the facts of a document or department it names, what the person wrote."""
    named = "\n".join((*map(text_of_edition, sources.named_in(text)), *sources.cards_named_in(text)))
    guides = "\n".join(guide.title for guide in sources.guides.values())
    # "您输入的内容有 2,134 个字": the length of what was written is no invention.
    return "\n".join(
        (sources.wording, _cited_text(answer.citations, sources), named, guides, _places(text, sources), asked, str(len(asked)))
    )


def _cited_text(citations: tuple[Citation, ...], sources: SourceBook) -> str:
    editions = (sources.edition(citation) for citation in citations)
    guides = (sources.guide(citation) for citation in citations)
    return "\n".join((*(text_of_edition(one) for one in editions if one), *(text_of_guide(one) for one in guides if one)))


def _places(text: str, sources: SourceBook) -> str:
    return "\n".join(sources.regions.full_name(region.code) for region in sources.regions.find_in_text(text))


def _unsaid(text: str, source: str, where: str) -> Iterator[InventedValue]:
    stated = tuple(stated_values(text))
    if not stated:
        return
    said = [value for line in source.split("\n") for value in _values_of(line)]
    meanings = {(value.kind, value.meaning, value.unit) for value in said}
    for value in stated:
        if (value.kind, value.meaning, value.unit) not in meanings and not any(_means_the_same(value, other) for other in said):
            yield InventedValue(value.kind, value.text, where)


# The same documents are cited again and again.
@lru_cache(maxsize=100_000)
def _values_of(line: str) -> tuple[StatedValue, ...]:
    return tuple(stated_values(line))


def _means_the_same(value: StatedValue, said: StatedValue) -> bool:
    """A table says the unit once, in its head; a 文号 follows other words in a sentence than in the catalogue."""
    if value.kind != said.kind:
        return False
    if value.kind == DOCUMENT_NUMBER:
        return value.meaning.endswith(said.meaning) or said.meaning.endswith(value.meaning)
    return value.kind == NUMBER and value.meaning == said.meaning and not said.unit
