"""Reads a received file into drafts. May be cut off at any moment: read again, it gives the same drafts, once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC
from hashlib import blake2b
from pathlib import Path

from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.document_reader import read_with_evidence
from knowledge_base.errors import KnowledgeBaseError, StoreUnavailable, UnknownDocument, UnreadableDocument
from knowledge_base.intake.errors import FileRefused
from knowledge_base.intake.field_evidence import evidence_for, kept_from_before
from knowledge_base.intake.models import Draft, DraftFilter, DraftState, Upload, UploadState
from knowledge_base.intake.origin_facts import FactsOfSource, carried_over, completed, nothing_known
from knowledge_base.intake.ports import ArchiveReader, IntakeStore, OriginalFiles, SafeReader
from knowledge_base.intake.reception import Reception
from knowledge_base.models import ParsedDocument, ParsedText
from knowledge_base.ports import Clock
from knowledge_base.regions import RegionDirectory

_NOTE_PROGRESS_EVERY_S = 1.0
_MOST_WARNINGS = 200


@dataclass(frozen=True, slots=True)
class UploadReading:
    store: IntakeStore
    originals: OriginalFiles
    reader: SafeReader
    archives: ArchiveReader
    reception: Reception
    catalog: DocumentCatalog
    regions: RegionDirectory
    clock: Clock
    facts_of_source: FactsOfSource = nothing_known

    def read(self, upload_id: str) -> Upload:
        """The upload as READ or FAILED; one that is READ already stays as it is. Raises UnknownUpload, StoreUnavailable."""
        upload = self.store.upload(upload_id)
        if upload.state is UploadState.READ:
            return upload
        upload = replace(upload, state=UploadState.READING, reason="", done=0, total=0, warnings=())
        self.store.save_upload(upload)
        try:
            path = self.originals.path(upload.digest)
            if self.archives.is_archive(path, upload.name):
                return self._read_archive(upload, path)
            return self._read_file(upload, path)
        except StoreUnavailable:
            raise
        except UnreadableDocument as error:
            return self._failed(upload, error.reason)
        except Exception as error:
            # Whatever a library stumbles over is this file's failure, not the service's.
            return self._failed(upload, unexpected(error))

    def _read_file(self, upload: Upload, path: Path) -> Upload:
        note = _ProgressNotes(self.store, upload)
        texts = self.reader.read(path, upload.name, note)
        found = _Findings(self, upload, upload.document_id if len(texts) == 1 else "")
        if upload.document_id and len(texts) > 1:
            found.warnings.append("这个文件里有多份政策文件，不能整个作为一份文件的新文本，已按各自的标题和文号处理。")
        for done, parsed in enumerate(texts, 1):
            found.take(parsed)
            note(done, len(texts))
        if texts and not found.drafts and not found.unchanged:
            return self._failed(upload, found.warnings[0] if found.warnings else "文件里没有可以收录的内容。")
        return self._finish(upload, found.drafts, found.warnings, len(texts))

    def _read_archive(self, upload: Upload, path: Path) -> Upload:
        """Each file inside becomes an upload of its own, whose id follows from the archive's: a second reading finds it again."""
        members: list[Upload] = []
        warnings: list[str] = []
        note = _ProgressNotes(self.store, upload)
        for position, (inside, content) in enumerate(self.archives.members(path, upload.name)):
            try:
                members.append(self.read(self._member(upload, position, inside, content).id))
                warnings += [f"{inside}：{words}" for words in (members[-1].reason, *members[-1].warnings) if words]
            except FileRefused as error:
                warnings.append(f"{inside}：{error.reason}")
            note(position + 1, 0)
        if not any(member.state is UploadState.READ for member in members):
            return self._failed(upload, _nothing_inside(warnings), warnings)
        draft_ids = tuple(draft_id for member in members for draft_id in member.draft_ids)
        finished = self._closed(upload, UploadState.READ, warnings, len(members))
        self.store.save_upload(replace(finished, draft_ids=draft_ids))
        return replace(finished, draft_ids=draft_ids)

    def _member(self, upload: Upload, position: int, inside: str, content: Path) -> Upload:
        member_id = f"{upload.id}-{blake2b(f'{position} {inside}'.encode(), digest_size=6).hexdigest()}"
        known = [known for known in self._known(member_id) if known.state is not UploadState.FAILED]
        if known:
            return known[0]
        origin = f"{upload.origin or upload.name}/{inside}"
        with content.open("rb") as stream:
            return self.reception.receive(inside, stream, by=upload.by, origin=origin, source_id=upload.source_id, upload_id=member_id)

    def _known(self, upload_id: str) -> Iterator[Upload]:
        try:
            yield self.store.upload(upload_id)
        except StoreUnavailable:
            raise
        except KnowledgeBaseError:
            return

    def _finish(self, upload: Upload, drafts: list[Draft], warnings: list[str], total: int) -> Upload:
        finished = replace(self._closed(upload, UploadState.READ, warnings, total), draft_ids=tuple(draft.id for draft in drafts))
        self.store.finish_reading(finished, tuple(drafts))
        return finished

    def _failed(self, upload: Upload, reason: str, warnings: Iterable[str] = ()) -> Upload:
        failed = replace(self._closed(upload, UploadState.FAILED, list(warnings), 0), reason=reason)
        self.store.finish_reading(failed, ())
        return failed

    def _closed(self, upload: Upload, state: UploadState, warnings: list[str], total: int) -> Upload:
        shown = tuple(dict.fromkeys(warnings))
        if len(shown) > _MOST_WARNINGS:
            shown = (*shown[:_MOST_WARNINGS], f"还有{len(shown) - _MOST_WARNINGS}条同类提示没有列出。")
        return replace(upload, state=state, warnings=shown, done=total, total=total)


@dataclass(slots=True)
class _Findings:
    """What one file gave, filled document by document; `document_id` where a person says which document it is."""

    desk: UploadReading
    upload: Upload
    document_id: str
    drafts: list[Draft] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unchanged: int = 0

    def take(self, parsed: ParsedText) -> None:
        try:
            self._take(parsed)
        except StoreUnavailable:
            raise
        except UnreadableDocument as error:
            self.warnings.append(f"{parsed.title or parsed.document_id or self.upload.name}：{error.reason}")
        except Exception as error:
            # One document of a file must not stop the others in it.
            self.warnings.append(f"{parsed.title or parsed.document_id or self.upload.name}：{unexpected(error)}")

    def _take(self, parsed: ParsedText) -> None:
        read, found = read_with_evidence(parsed, self.desk.regions)
        read = completed(read, self.upload.origin, self.desk.facts_of_source(self.upload.source_id))
        document = self.desk.catalog.with_corrections(self._meant(read))
        title = f"《{document.metadata.title}》"
        if self.desk.catalog.kind_of_change(document) is None:
            self.unchanged += 1
            self.warnings.append(f"{title}与库中现有文件相同，内容没有变化，没有建立草稿。")
            return
        for other, name in self._others(document.document_id):
            if _squeezed(other.document.text) == _squeezed(document.text):
                self.unchanged += 1
                self.warnings.append(f"{title}与“{name}”中待审核的是同一份文件，内容相同，没有重复建立草稿。")
                return
            self.warnings.append(f"{title}在“{name}”中也有待审核的草稿，但正文不完全相同。请比较后再决定发布哪一份。")
        evidence = kept_from_before(evidence_for(parsed, read.metadata, found), document.metadata)
        self.drafts.append(
            Draft(
                id=f"{self.upload.id}-{len(self.drafts) + 1}",
                version=1,
                upload_id=self.upload.id,
                document=document,
                evidence=evidence,
                state=DraftState.WAITING,
                by=self.upload.by,
                at=self.desk.clock().astimezone(UTC),
                read_by_machine=parsed.read_by_machine,
            )
        )

    def _meant(self, read: ParsedDocument) -> ParsedDocument:
        """As a new text of the document that a person named, where one is named."""
        if not self.document_id:
            return read
        meant = replace(read, document_id=self.document_id)
        try:
            return carried_over(meant, self.desk.catalog.store.latest(self.document_id).metadata)
        except UnknownDocument:
            return meant

    def _others(self, document_id: str) -> Iterator[tuple[Draft, str]]:
        """Drafts of the same document that wait already, with the name of their file."""
        for draft in self.drafts:
            if draft.document.document_id == document_id:
                yield draft, self.upload.name
        for draft in self.desk.store.drafts(DraftFilter(state=DraftState.WAITING, document_id=document_id)):
            if draft.upload_id != self.upload.id:
                yield draft, self.desk.store.upload(draft.upload_id).name


@dataclass(slots=True)
class _ProgressNotes:
    """Notes progress on the upload, at most once in a while: every note is a write."""

    store: IntakeStore
    upload: Upload
    noted_at: float = 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self.noted_at >= _NOTE_PROGRESS_EVERY_S:
            self.noted_at = time.monotonic()
            self.store.save_upload(replace(self.upload, done=done, total=total))


def unexpected(error: Exception) -> str:
    """For what no parser has words for."""
    return f"读取时出现意外错误（{type(error).__name__}）。请把文件另存为其他格式（如 .docx 或 .txt）后重试，仍不行请联系技术人员。"


def _nothing_inside(warnings: list[str]) -> str:
    return f"压缩包里没有能读取的文件。{warnings[0]}" if warnings else "压缩包里没有文件。请检查后重新上传。"


def _squeezed(text: str) -> str:
    return "".join(text.split())
