"""Frozen values of intake: files received, drafts waiting for review, repeals proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from knowledge_base.models import DocumentMetadata, ParsedDocument


class UploadState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return _UPLOAD_LABELS[self]


_UPLOAD_LABELS = {
    UploadState.WAITING: "等待读取",
    UploadState.READING: "正在读取",
    UploadState.READ: "已读取",
    UploadState.FAILED: "读取失败",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file received, by hand or from a source. `name` is the last part of what it was called; `size` in bytes.

    `digest` is the SHA-256 of the original that is kept; `origin` the path or address it came from, "" for one uploaded by a person;
    `source_id` the source it belongs to, "" for none. While READING `done` of `total` documents or pages are read (0 of 0: not known).
    `reason` says in Chinese why reading FAILED and what to do. `document_id` is the document that a person brings a new text for, "" where
    the file itself decides.
    """

    id: str
    name: str
    size: int
    digest: str
    origin: str
    source_id: str
    by: str
    at: datetime
    state: UploadState
    reason: str = ""
    done: int = 0
    total: int = 0
    draft_ids: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    document_id: str = ""


class EvidenceKind(StrEnum):
    """Where a value of the metadata comes from."""

    TEXT = "text"
    FILE = "file"
    INFERRED = "inferred"
    PERSON = "person"

    @property
    def label(self) -> str:
        return _EVIDENCE_LABELS[self]


_EVIDENCE_LABELS = {
    EvidenceKind.TEXT: "正文",
    EvidenceKind.FILE: "文件自带",
    EvidenceKind.INFERRED: "推断",
    EvidenceKind.PERSON: "人工填写",
}


@dataclass(frozen=True, slots=True)
class MetadataEvidence:
    """Why a field of DocumentMetadata has its value. `start`/`end` are characters of the document's text where it stands there, else None.

    `note` is a Chinese sentence for what no place in the text shows ("没有写明施行日期，按发布日期推断").
    """

    field: str
    kind: EvidenceKind
    start: int | None = None
    end: int | None = None
    note: str = ""


class DraftState(StrEnum):
    WAITING = "waiting"
    PUBLISHED = "published"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        return {"waiting": "待审核", "published": "已发布", "discarded": "已放弃"}[self.value]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document read from a file, waiting for a person's decision. `version` grows with every change (optimistic locking).

    `read_by_machine`: the text comes from a scan; `text_confirmed_by` names who has compared it, "" for nobody yet.
    `revision_number` is the revision it became once PUBLISHED.
    """

    id: str
    version: int
    upload_id: str
    document: ParsedDocument
    evidence: tuple[MetadataEvidence, ...]
    state: DraftState
    by: str
    at: datetime
    read_by_machine: bool = False
    text_confirmed_by: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""
    revision_number: int | None = None

    @property
    def metadata(self) -> DocumentMetadata:
        return self.document.metadata


@dataclass(frozen=True, slots=True)
class DraftFilter:
    """`words` is looked for in title, 文号 and authorities; `document_id` finds the drafts of one document."""

    state: DraftState | None = None
    upload_id: str = ""
    words: str = ""
    document_id: str = ""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of the metadata before and after, as a person reads it ("" for nothing)."""

    field: str
    label: str
    before: str
    after: str


class TextChangeKind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TextChange:
    """A stretch of text (whole lines) that stayed, came or went, in reading order; `citation` the provision it lies in, "" outside any."""

    kind: TextChangeKind
    text: str
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What separates a text from the revision before; both empty where nothing differs."""

    fields: tuple[FieldChange, ...]
    text: tuple[TextChange, ...]


class ProposalState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class RepealProposal:
    """ "《…》同时废止" as found in a published document, waiting for one click. `evidence` is the sentence, verbatim.

    `evidence` is "" where no sentence says so: the repealing document is a newer text under the same title. `on` is the first day the
    repealed document no longer binds: the day on which the repealing one takes effect for everybody.
    """

    id: str
    document_id: str
    title: str
    repealed_by: str
    repealed_by_title: str
    evidence: str
    on: date
    state: ProposalState
    decided_by: str = ""
    decision_reason: str = ""
