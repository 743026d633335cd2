"""Build citations: a verbatim quote, exactly where it stands, and how it binds on the day asked about."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote as url_quote

from assistant.models import AcceptedPassage, Citation
from assistant.quotation import Span
from knowledge_base.models import Edition, Provision, ProvisionLevel, ServiceGuide, ValidityStatus
from knowledge_base.validity import edition_status


def cite_policy(number: int, item: AcceptedPassage, edition: Edition, span: Span, as_of: date) -> Citation:
    """`span` is within the edition's text."""
    passage, metadata, text = item.ranked.passage, edition.revision.metadata, edition.revision.text
    start, end = span.start, span.end
    provision = deepest_provision(edition.revision.outline, start, end)
    path = provision.path if provision else passage.paths[0] if passage.paths else ""
    return Citation(
        number=number,
        title=metadata.title,
        document_number=metadata.document_number,
        provision=provision.citation if provision and provision.citation else passage.citation,
        quote=text[start:end],
        start=start,
        end=end,
        document_id=edition.document_id,
        edition=edition.number,
        passage_id=passage.id,
        effective_on=edition.effective_on,
        ends_on=edition.ends_on,
        validity=edition_status(edition, as_of),
        issuing_authorities=metadata.issuing_authorities,
        jurisdiction=metadata.jurisdiction,
        link=f"/policies/{url_quote(edition.document_id)}?edition={edition.number}#{url_quote(path)}",
        is_demonstration=metadata.is_demonstration,
    )


def cite_guide(number: int, item: AcceptedPassage, guide: ServiceGuide, provision: str, span: Span) -> Citation:
    """`span` is within the guide passage's text."""
    passage = item.ranked.passage
    return Citation(
        number=number,
        title=guide.title,
        document_number=None,
        provision=provision,
        quote=passage.text[span.start : span.end],
        start=span.start,
        end=span.end,
        document_id=guide.id,
        edition=0,
        passage_id=passage.id,
        effective_on=None,
        ends_on=None,
        validity=ValidityStatus.IN_FORCE,
        issuing_authorities=(),
        jurisdiction=guide.jurisdiction,
        link=f"/guides/{url_quote(guide.id)}",
        is_demonstration=guide.is_demonstration,
    )


def deepest_provision(outline: Provision, start: int, end: int) -> Provision | None:
    """The smallest provision that holds [start, end), None where only the whole document does."""
    node, found = outline, None
    while True:
        inner = next((child for child in node.children if child.start <= start and end <= child.end), None)
        if inner is None:
            return found
        node = inner
        if inner.level is not ProvisionLevel.TEXT:
            found = inner


def read_together(outline: Provision, start: int, end: int) -> Provision | None:
    """The 条 (or, in a notice, the heading) that holds [start, end): its 款 and 项 are read together. None where there is neither."""
    node, found = outline, None
    while True:
        inner = next((child for child in node.children if child.start <= start and end <= child.end), None)
        if inner is None:
            return found
        node = inner
        if inner.level in (ProvisionLevel.ARTICLE, ProvisionLevel.HEADING):
            found = inner
