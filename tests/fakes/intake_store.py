"""An IntakeStore in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from threading import RLock

from knowledge_base.intake.errors import DraftChanged, UnknownDraft, UnknownProposal, UnknownUpload
from knowledge_base.intake.models import Draft, DraftFilter, DraftState, ProposalState, RepealProposal, Upload, UploadState


class MemoryIntakeStore:
    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}
        self._drafts: dict[str, Draft] = {}
        self._ordinals: dict[str, int] = {}
        self._proposals: dict[str, RepealProposal] = {}
        self._lock = RLock()

    def save_upload(self, upload: Upload) -> None:
        with self._lock:
            self._uploads[upload.id] = upload

    def upload(self, upload_id: str) -> Upload:
        try:
            return self._uploads[upload_id]
        except KeyError:
            raise UnknownUpload(upload_id) from None

    def uploads(self, *, states: tuple[UploadState, ...] = (), source_id: str = "", limit: int = 50) -> tuple[Upload, ...]:
        with self._lock:
            newest = sorted(self._uploads.values(), key=lambda upload: (upload.at, upload.id), reverse=True)
        wanted = (u for u in newest if (not states or u.state in states) and source_id in {"", u.source_id})
        return tuple(wanted)[:limit]

    def finish_reading(self, upload: Upload, drafts_read: tuple[Draft, ...]) -> None:
        with self._lock:
            self._uploads[upload.id] = upload
            earlier = [d.id for d in self._drafts.values() if d.upload_id == upload.id and d.state is DraftState.WAITING]
            for draft_id in earlier:
                del self._drafts[draft_id]
            for draft in drafts_read:
                self._drafts.setdefault(draft.id, draft)
            self._ordinals.update({draft.id: ordinal for ordinal, draft in enumerate(drafts_read)})

    def save_draft(self, draft: Draft) -> None:
        with self._lock:
            if draft.id not in self._drafts or self._drafts[draft.id].version != draft.version - 1:
                raise DraftChanged(draft.id)
            self._drafts[draft.id] = draft

    def draft(self, draft_id: str) -> Draft:
        try:
            return self._drafts[draft_id]
        except KeyError:
            raise UnknownDraft(draft_id) from None

    def drafts(self, wanted: DraftFilter) -> tuple[Draft, ...]:
        return self._matching(wanted)[wanted.offset : wanted.offset + wanted.limit]

    def count_drafts(self, wanted: DraftFilter) -> int:
        return len(self._matching(wanted))

    def save_proposal(self, proposal: RepealProposal) -> None:
        with self._lock:
            self._proposals[proposal.id] = proposal

    def proposals(self, *, open_only: bool = True) -> tuple[RepealProposal, ...]:
        with self._lock:
            found = [p for p in self._proposals.values() if not open_only or p.state is ProposalState.OPEN]
        return tuple(sorted(found, key=lambda proposal: (proposal.on, proposal.id)))

    def proposal(self, proposal_id: str) -> RepealProposal:
        try:
            return self._proposals[proposal_id]
        except KeyError:
            raise UnknownProposal(proposal_id) from None

    def _matching(self, wanted: DraftFilter) -> tuple[Draft, ...]:
        with self._lock:
            in_file = sorted(self._drafts.values(), key=lambda draft: self._ordinals[draft.id])
            newest = sorted(in_file, key=lambda draft: (self._uploads[draft.upload_id].at, draft.upload_id), reverse=True)
        return tuple(draft for draft in newest if _fits(draft, wanted))


def _fits(draft: Draft, wanted: DraftFilter) -> bool:
    metadata = draft.metadata
    words = "\n".join((metadata.title, metadata.document_number or "", *metadata.issuing_authorities)).casefold()
    return (
        wanted.state in {None, draft.state}
        and wanted.upload_id in {"", draft.upload_id}
        and wanted.document_id in {"", draft.document.document_id}
        and wanted.words.casefold() in words
    )
