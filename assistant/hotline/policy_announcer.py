"""Tells subscribers of changed policies, but not before citizens may see them: what waits for its day of release waits here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assistant.hotline.webhook_events import EventMessage, policy_event
from knowledge_base.errors import UnknownDocument
from knowledge_base.models import DocumentRevision
from knowledge_base.ports import DocumentStore
from knowledge_base.released_documents import ReleasedDocuments

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A revision that was added, noted in the same transaction."""

    ordinal: int
    document_id: str
    number: int


class PolicyChangeStore(Protocol):
    """Changes that nobody has been told of yet. Shared by all processes."""

    def waiting(self, after: int, limit: int) -> tuple[PolicyChange, ...]:
        """Those with a greater ordinal, in order."""

    def settle(self, change: PolicyChange, message: EventMessage | None) -> bool:
        """Puts the message into the outbox of all who want it and forgets the change, both or neither; None: nobody is told.

        False, and nothing done, where another process has settled it.
        """


@dataclass(frozen=True, slots=True)
class PolicyAnnouncer:
    changes: PolicyChangeStore
    documents: ReleasedDocuments

    def announce_due(self) -> int:
        """Returns how many changes were told of."""
        told, after = 0, 0
        while waiting := self.changes.waiting(after, _AT_ONCE):
            told += sum(self._announce(change) for change in waiting)
            after = waiting[-1].ordinal
        return told

    def _announce(self, change: PolicyChange) -> bool:
        # As citizens see it: a repeal counts for the text that is shown, whatever waits to come after it.
        shown = _revision(self.documents, change)
        if shown is not None:
            return self.changes.settle(change, policy_event(shown))
        if _revision(self.documents.store, change) is None:
            return self.changes.settle(change, None)
        return False


def _revision(documents: DocumentStore, change: PolicyChange) -> DocumentRevision | None:
    try:
        revisions = documents.revisions(change.document_id)
    except UnknownDocument:
        return None
    return next((revision for revision in revisions if revision.number == change.number), None)
