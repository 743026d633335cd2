"""What is known of a document from where it came, used only where the document itself says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from knowledge_base.models import NATION_CODE, DocumentMetadata, ParsedDocument


@dataclass(frozen=True, slots=True)
class OriginFacts:
    """Of everything from one source, as an administrator entered it."""

    jurisdiction: str = NATION_CODE
    topics: tuple[str, ...] = ()


FactsOfSource = Callable[[str], OriginFacts]
"""By the id of a source; nothing is known of one that is not there."""


def nothing_known(_source_id: str) -> OriginFacts:
    return OriginFacts()


def completed(document: ParsedDocument, origin: str, facts: OriginFacts) -> ParsedDocument:
    """With the address it came from, and region and topics of its source. A region that an authority in the text stands for remains."""
    known = document.metadata
    is_silent = known.jurisdiction == NATION_CODE and not known.issuing_authorities
    metadata = replace(
        known,
        jurisdiction=facts.jurisdiction if is_silent else known.jurisdiction,
        topics=known.topics or facts.topics,
        source_url=known.source_url or (origin if origin.startswith(("http://", "https://")) else None),
    )
    return document if metadata == known else replace(document, metadata=metadata)


def carried_over(document: ParsedDocument, present: DocumentMetadata) -> ParsedDocument:
    """A new text for a document that is known: what only an administrator or a source could say of it stays where the text is silent."""
    known = document.metadata
    metadata = replace(
        known,
        topics=known.topics or present.topics,
        source_url=known.source_url or present.source_url,
        is_demonstration=known.is_demonstration or present.is_demonstration,
    )
    return replace(document, metadata=metadata)
