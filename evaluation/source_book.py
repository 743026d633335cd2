"""Everything an answer may draw on, read straight from the catalogue: what the assistant says is judged by it, not by its own citations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from api.container import Container
from assistant.departments import card_of
from assistant.models import Citation, DepartmentCard
from assistant.wording import Wording
from knowledge_base.models import Edition, Provision, ServiceGuide
from knowledge_base.regions import RegionDirectory
from knowledge_base.validity import editions, in_force_on


@dataclass(frozen=True, slots=True)
class SourceBook:
    """`editions` by (document id, edition number), `guides` and `departments` by id. `wording`: every fixed sentence."""

    editions: Mapping[tuple[str, int], Edition]
    guides: Mapping[str, ServiceGuide]
    departments: Mapping[str, DepartmentCard]
    regions: RegionDirectory
    wording: str

    def edition(self, citation: Citation) -> Edition | None:
        return self.editions.get((citation.document_id, citation.edition))

    def guide(self, citation: Citation) -> ServiceGuide | None:
        return self.guides.get(citation.document_id) if citation.edition == 0 else None

    def provision(self, citation: Citation, path: str) -> Provision | None:
        """The provision of that path in the edition cited, None where it has none."""
        edition = self.edition(citation)
        return provision_at(edition, path) if edition else None

    def binds(self, citation: Citation, day: date) -> bool:
        """True if what is cited exists and is in force on `day`; a guide carries no dates."""
        edition = self.edition(citation)
        return self.guide(citation) is not None if edition is None else in_force_on(edition, day)

    def named_in(self, text: str) -> tuple[Edition, ...]:
        """Editions of documents whose title stands in the text between book-title marks."""
        return tuple(edition for edition in self.editions.values() if f"《{edition.revision.metadata.title}》" in text)

    def cards_named_in(self, text: str) -> tuple[str, ...]:
        """What the directory says of departments whose full name stands in the text."""
        named = (card for card in self.departments.values() if card.name in text)
        return tuple("\n".join((card.name, card.phone, card.hours, card.address)) for card in named)


def provision_at(edition: Edition, path: str) -> Provision | None:
    return next((node for node in edition.revision.outline.walk() if node.path == path), None)


def read_sources(container: Container) -> SourceBook:
    """Reads the whole catalogue: for the demonstration place that is a few hundred pages."""
    assistant = container.assistant()
    known = [edition for history in container.documents.histories() for edition in editions(history)]
    cards = (*map(card_of, container.departments.all()), assistant.wording.hotline)
    return SourceBook(
        editions={(edition.document_id, edition.number): edition for edition in known},
        guides={guide.id: guide for guide in container.guides.all()},
        departments={card.id: card for card in cards},
        regions=container.regions,
        wording=f"{sentences_of(assistant.wording)}\n{assistant.safety.rules.max_characters}",
    )


def sentences_of(wording: Wording) -> str:
    lines = [line for reply in wording.replies.values() for line in (*reply.lines, *reply.next_steps)]
    lines += [*wording.facet_headings.values(), *wording.facet_questions.values(), *wording.phrases.values()]
    return "\n".join(lines)


def text_of_edition(edition: Edition) -> str:
    """Its text and what the catalogue says of it: title, 文号, authorities, how each provision is cited, from when until when it binds."""
    metadata = edition.revision.metadata
    said = (
        metadata.title,
        metadata.document_number or "",
        *metadata.issuing_authorities,
        _day(edition.effective_on),
        _day(edition.ends_on),
    )
    provisions = (node.citation for node in edition.revision.outline.walk())
    return "\n".join((edition.revision.text, *said, *provisions))


def text_of_guide(guide: ServiceGuide) -> str:
    """Every field, one below another."""
    values = (getattr(guide, field.name) for field in fields(guide))
    return "\n".join(line for value in values for line in (value if isinstance(value, tuple) else (str(value),)))


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
