"""The policy base as citizens may see it now: without documents and texts whose day of release has not come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from knowledge_base.china_time import china_day
from knowledge_base.errors import UnknownDocument
from knowledge_base.models import DocumentRevision
from knowledge_base.ports import Clock, DocumentStore
from knowledge_base.validity import released


@dataclass(frozen=True, slots=True)
class ReleasedDocuments:
    """A DocumentStore for reading. The day is that of `clock` at each call, not one that is asked about; nothing has to run at midnight."""

    store: DocumentStore
    clock: Clock

    def add(self, revision: DocumentRevision) -> None:
        self.store.add(revision)

    def revisions(self, document_id: str) -> tuple[DocumentRevision, ...]:
        shown = released(self.store.revisions(document_id), self._today())
        if not shown:
            raise UnknownDocument(document_id)
        return shown

    def latest(self, document_id: str) -> DocumentRevision:
        return self.revisions(document_id)[-1]

    def all_latest(self) -> Iterator[DocumentRevision]:
        return (history[-1] for history in self.histories())

    def histories(self) -> Iterator[tuple[DocumentRevision, ...]]:
        return self._shown(self.store.histories())

    def histories_without_text(self) -> Iterator[tuple[DocumentRevision, ...]]:
        return self._shown(self.store.histories_without_text())

    def find_by_number(self, document_number: str) -> tuple[str, ...]:
        return self._known(self.store.find_by_number(document_number))

    def find_by_title(self, title: str) -> tuple[str, ...]:
        return self._known(self.store.find_by_title(title))

    def find_repealing(self, title: str, document_number: str | None) -> tuple[str, ...]:
        return self._known(self.store.find_repealing(title, document_number))

    def count(self) -> int:
        return sum(1 for _ in self.histories_without_text())

    def revision_count(self) -> int:
        return sum(len(history) for history in self.histories_without_text())

    def hides(self, document_id: str, edition: int) -> bool:
        """True where this text of a document waits for its day of release."""
        try:
            known = self.store.revisions(document_id)
        except UnknownDocument:
            return False
        return not any(revision.edition == edition for revision in released(known, self._today()))

    def withholds(self, document_id: str) -> bool:
        """True where the document is there and nothing of it may be seen yet."""
        try:
            return not released(self.store.revisions(document_id), self._today())
        except UnknownDocument:
            return False

    def _shown(self, histories: Iterable[tuple[DocumentRevision, ...]]) -> Iterator[tuple[DocumentRevision, ...]]:
        today = self._today()
        return (shown for history in histories if (shown := released(history, today)))

    def _known(self, ids: Iterable[str]) -> tuple[str, ...]:
        today = self._today()
        return tuple(document_id for document_id in ids if released(self.store.revisions(document_id), today))

    def _today(self) -> date:
        return china_day(self.clock())
