"""One policy ready to be read: the edition asked for, its standing on a day, what ended it, the provision around a quote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.policy_listing import edition_shown
from knowledge_base.errors import UnknownDocument
from knowledge_base.models import ChangeKind, DocumentRevision, Edition, Provision, ProvisionLevel, ValidityStatus
from knowledge_base.ports import DocumentStore
from knowledge_base.released_documents import ReleasedDocuments
from knowledge_base.validity import document_status, edition_status, editions

_READ_WHOLE = frozenset({ProvisionLevel.ARTICLE, ProvisionLevel.HEADING, ProvisionLevel.ATTACHMENT})


CHANGE_LABELS = {
    ChangeKind.PUBLISH: "发布",
    ChangeKind.AMEND: "修改",
    ChangeKind.CORRECT: "更正",
    ChangeKind.REPEAL: "废止",
    ChangeKind.RESTORE: "恢复",
}


class UnknownEdition(UnknownDocument):
    """The policy exists, this edition of it does not."""


@dataclass(frozen=True, slots=True)
class Successor:
    """What ended a policy; `id` is None where it is known by title only."""

    id: str | None
    title: str


@dataclass(frozen=True, slots=True)
class PolicyReading:
    """`status` is the edition's on `day`; `document_status` that of the policy as a whole."""

    edition: Edition
    editions: tuple[Edition, ...]
    revisions: tuple[DocumentRevision, ...]
    day: date
    status: ValidityStatus
    document_status: ValidityStatus
    successor: Successor | None

    @property
    def latest(self) -> DocumentRevision:
        return self.revisions[-1]

    @property
    def text(self) -> str:
        return self.edition.revision.text

    @property
    def outline(self) -> Provision:
        return self.edition.revision.outline


def read_policy(documents: DocumentStore, document_id: str, day: date, edition_number: int | None = None) -> PolicyReading:
    """Raises UnknownDocument, or UnknownEdition where there is no such text."""
    revisions = documents.revisions(document_id)
    texts = editions(revisions)
    edition = next((text for text in texts if text.number == edition_number), None) if edition_number else edition_shown(texts, day)
    if edition is None:
        raise UnknownEdition(document_id)
    standing = edition_status(edition, day), document_status(revisions, day)
    return PolicyReading(edition, texts, revisions, day, *standing, _successor(documents, revisions[-1]))


def provision_around(outline: Provision, start: int, end: int) -> Provision:
    """The article (or heading) that holds [start, end); the smallest node that does where no article holds it whole."""
    node = outline
    while node.level not in _READ_WHOLE:
        inner = next((child for child in node.children if child.start <= start and end <= child.end), None)
        if inner is None:
            break
        node = inner
    return node


def _successor(documents: DocumentStore, latest: DocumentRevision) -> Successor | None:
    if not latest.repealed_by:
        return None
    try:
        return Successor(latest.repealed_by, documents.latest(latest.repealed_by).metadata.title)
    except UnknownDocument:
        waits = isinstance(documents, ReleasedDocuments) and documents.withholds(latest.repealed_by)
        return None if waits else Successor(None, latest.repealed_by)
