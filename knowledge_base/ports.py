"""What the policy base needs from outside: stores and parsers. One contract suite per port in tests/contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from knowledge_base.models import Department, DocumentRevision, ParsedText, RawDocument, ServiceGuide

Clock = Callable[[], datetime]
"""Returns the present moment, timezone-aware."""
Progress = Callable[[str, int, int], None]
"""Called with (what is being done in Chinese, done, total)."""


def silent(step: str, done: int, total: int) -> None:
    """A Progress that nobody listens to."""


class DocumentStore(Protocol):
    """Append-only revisions. A revision, once added, never changes."""

    def add(self, revision: DocumentRevision) -> None:
        """Durable on return. Raises RevisionConflict if (document_id, number) exists."""

    def revisions(self, document_id: str) -> tuple[DocumentRevision, ...]:
        """Oldest first. Raises UnknownDocument."""

    def latest(self, document_id: str) -> DocumentRevision:
        """Raises UnknownDocument."""

    def all_latest(self) -> Iterator[DocumentRevision]:
        """The newest revision of every document, ordered by document id, streamed."""

    def histories(self) -> Iterator[tuple[DocumentRevision, ...]]:
        """All revisions of every document, oldest first, ordered by document id, streamed."""

    def histories_without_text(self) -> Iterator[tuple[DocumentRevision, ...]]:
        """As `histories`, but with text "" and an empty outline: for lists, many times quicker."""

    def find_by_number(self, document_number: str) -> tuple[str, ...]:
        """Ids of documents whose newest revision carries this 文号 (normal form)."""

    def find_by_title(self, title: str) -> tuple[str, ...]:
        """Ids of documents whose newest revision carries exactly this title."""

    def find_repealing(self, title: str, document_number: str | None) -> tuple[str, ...]:
        """Ids of documents whose newest revision says that it repeals this title or this 文号; empty if none."""

    def count(self) -> int:
        """Documents."""

    def revision_count(self) -> int:
        """Revisions of all documents; as none is ever taken away, an equal count means that nothing has changed."""


class OriginalStore(Protocol):
    """The files as they were received, by content."""

    def keep(self, raw: RawDocument) -> str:
        """Durable on return; keeping the same bytes again changes nothing. Returns the SHA-256 of the bytes in hex.

        Raises StoreUnavailable.
        """


class ObjectFolder(Protocol):
    """Files by name outside this machine. Whatever goes wrong is StorageUnavailable."""

    @property
    def address(self) -> str:
        """For people: "s3://bucket/folder"."""

    def put(self, name: str, path: Path) -> None:
        """On return the whole file is there and has been read back; no part of a file ever stands under a name."""

    def fetch(self, name: str, path: Path) -> bool:
        """The whole file into `path`, or nothing. False where there is none of this name."""

    def names(self, beginning: str = "") -> tuple[str, ...]:
        """In order; those that begin so."""

    def remove(self, name: str) -> None:
        """What is not there is removed, too."""


class GuideStore(Protocol):
    """Service guides by id; saving an id again replaces the guide."""

    def save(self, guides: Iterable[ServiceGuide]) -> None: ...

    def all(self) -> tuple[ServiceGuide, ...]: ...

    def get(self, guide_id: str) -> ServiceGuide | None: ...


class DepartmentStore(Protocol):
    """The department directory by id; saving an id again replaces the entry."""

    def save(self, departments: Iterable[Department]) -> None: ...

    def all(self) -> tuple[Department, ...]: ...

    def get(self, department_id: str) -> Department | None: ...


class DocumentParser(Protocol):
    """Reads one family of file formats."""

    @property
    def suffixes(self) -> frozenset[str]:
        """Lower-case, with the dot; ".jsonl.gz" counts as one."""

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        """One or more texts (a table or a JSON Lines file holds many). Raises UnreadableDocument with the reason in Chinese."""
