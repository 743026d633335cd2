"""What intake needs from outside: stores, and a reader that bad files cannot hurt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from knowledge_base.intake.models import Draft, DraftFilter, RepealProposal, Upload, UploadState
from knowledge_base.models import ParsedText

ReadProgress = Callable[[int, int], None]
"""Called with (done, total) documents or pages; total 0 while it is not known."""


class OriginalFiles(Protocol):
    """The files as they were received, by the SHA-256 of their content in hex."""

    def keep_stream(self, name: str, stream: BinaryIO, max_bytes: int) -> tuple[str, int]:
        """Durable on return: (digest, bytes). Raises FileRefused (empty, larger than `max_bytes`), StoreUnavailable (disk full)."""

    def path(self, digest: str) -> Path:
        """Where the file lies, to be read only. Raises UnreadableDocument where it is gone."""


class SafeReader(Protocol):
    """Reads a file that nobody has looked at yet, in a process of its own with limits on time, memory, pages and unpacked size."""

    @property
    def suffixes(self) -> frozenset[str]:
        """Of the files it reads, lower-case with the dot; the content decides how."""

    def read(self, path: Path, name: str, progress: ReadProgress | None = None) -> tuple[ParsedText, ...]:
        """Raises UnreadableDocument with the reason in Chinese: broken, not what its name says, a limit reached, the process killed."""


class ArchiveReader(Protocol):
    """Unpacks archives that nobody has looked at yet, under the same protection as SafeReader."""

    def is_archive(self, path: Path, name: str) -> bool:
        """True for a .zip that holds files, by its content; a .docx, .xlsx or other document in a zip is none. Never raises."""

    def members(self, path: Path, name: str) -> Iterator[tuple[str, Path]]:
        """Each file inside, also inside archives within, as (name with its folders, where its content lies until the next is asked for).

        Left out: folders, hidden files, what macOS and Office leave behind. All is unpacked and checked before the first is given.
        Raises UnreadableDocument: damaged, locked, too many or too large files, archives in archives in archives, names that lead
        outside; StoreUnavailable (disk full).
        """


class IntakeStore(Protocol):
    """Uploads, drafts and proposals. Durable on return; raises StoreUnavailable."""

    def save_upload(self, upload: Upload) -> None:
        """Adds it, or replaces the one with this id."""

    def upload(self, upload_id: str) -> Upload:
        """Raises UnknownUpload."""

    def uploads(self, *, states: tuple[UploadState, ...] = (), source_id: str = "", limit: int = 50) -> tuple[Upload, ...]:
        """Newest first."""

    def finish_reading(self, upload: Upload, drafts_read: tuple[Draft, ...]) -> None:
        """The upload and all its drafts in one transaction; drafts of an earlier, interrupted reading that still wait are replaced."""

    def save_draft(self, draft: Draft) -> None:
        """Raises DraftChanged unless the stored version is `draft.version - 1`."""

    def draft(self, draft_id: str) -> Draft:
        """Raises UnknownDraft."""

    def drafts(self, wanted: DraftFilter) -> tuple[Draft, ...]:
        """Newest upload first, in the order of the file."""

    def count_drafts(self, wanted: DraftFilter) -> int: ...

    def save_proposal(self, proposal: RepealProposal) -> None:
        """Adds it, or replaces the one with this id."""

    def proposals(self, *, open_only: bool = True) -> tuple[RepealProposal, ...]:
        """In order of the day from which the repeal counts, then of id."""

    def proposal(self, proposal_id: str) -> RepealProposal:
        """Raises UnknownProposal."""
