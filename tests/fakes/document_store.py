"""A DocumentStore in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from knowledge_base.errors import RevisionConflict, UnknownDocument
from knowledge_base.models import DocumentRevision, Provision, ProvisionLevel


class MemoryDocumentStore:
    def __init__(self) -> None:
        self._histories: dict[str, dict[int, DocumentRevision]] = {}

    def add(self, revision: DocumentRevision) -> None:
        history = self._histories.setdefault(revision.document_id, {})
        if revision.number in history:
            raise RevisionConflict(revision.document_id, revision.number)
        history[revision.number] = revision

    def revisions(self, document_id: str) -> tuple[DocumentRevision, ...]:
        if document_id not in self._histories:
            raise UnknownDocument(document_id)
        history = self._histories[document_id]
        return tuple(history[number] for number in sorted(history))

    def latest(self, document_id: str) -> DocumentRevision:
        return self.revisions(document_id)[-1]

    def all_latest(self) -> Iterator[DocumentRevision]:
        for document_id in sorted(self._histories):
            yield self.latest(document_id)

    def histories(self) -> Iterator[tuple[DocumentRevision, ...]]:
        for document_id in sorted(self._histories):
            yield self.revisions(document_id)

    def histories_without_text(self) -> Iterator[tuple[DocumentRevision, ...]]:
        empty = Provision(ProvisionLevel.DOCUMENT, "", "", "", "", 0, 0)
        for history in self.histories():
            yield tuple(replace(revision, text="", outline=empty) for revision in history)

    def find_by_number(self, document_number: str) -> tuple[str, ...]:
        return self._where(lambda revision: revision.metadata.document_number == document_number)

    def find_by_title(self, title: str) -> tuple[str, ...]:
        return self._where(lambda revision: revision.metadata.title == title)

    def find_repealing(self, title: str, document_number: str | None) -> tuple[str, ...]:
        def names_it(revision: DocumentRevision) -> bool:
            notices = revision.metadata.repeals
            same_number = document_number is not None and any(notice.document_number == document_number for notice in notices)
            return same_number or any(notice.title == title for notice in notices)

        return self._where(names_it)

    def count(self) -> int:
        return len(self._histories)

    def revision_count(self) -> int:
        return sum(len(history) for history in self._histories.values())

    def _where(self, fits: Callable[[DocumentRevision], bool]) -> tuple[str, ...]:
        return tuple(revision.document_id for revision in self.all_latest() if fits(revision))
