"""The intake desk: files are received, read into drafts, reviewed and published. The one door for the console and for sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from knowledge_base.document_catalog import DocumentCatalog, PublishOutcome
from knowledge_base.document_reader import read_with_evidence
from knowledge_base.errors import UnknownDocument
from knowledge_base.intake.comparison import ComparedText, compare_texts
from knowledge_base.intake.field_evidence import by_person, evidence_for
from knowledge_base.intake.models import Comparison, Draft, DraftFilter, DraftState, MetadataEvidence, RepealProposal, Upload, UploadState
from knowledge_base.intake.ports import IntakeStore
from knowledge_base.intake.publication import Publication
from knowledge_base.intake.reading import UploadReading
from knowledge_base.intake.reception import Reception
from knowledge_base.intake.review import DraftReview
from knowledge_base.models import DocumentMetadata, DocumentRevision, ParsedDocument, ParsedText
from knowledge_base.regions import RegionDirectory

_UNFINISHED = (UploadState.WAITING, UploadState.READING)
_MOST_UNFINISHED = 10_000


@dataclass(frozen=True, slots=True)
class IntakeDesk:
    """Made by `assembly.assemble_intake`."""

    store: IntakeStore
    reception: Reception
    reading: UploadReading
    review: DraftReview
    publication: Publication
    catalog: DocumentCatalog
    regions: RegionDirectory

    @property
    def suffixes(self) -> frozenset[str]:
        """Of the files that are taken, lower-case with the dot."""
        return self.reception.suffixes

    def receive(  # noqa: PLR0913 - what is known of a file when it arrives
        self, name: str, stream: BinaryIO, *, by: str, origin: str = "", source_id: str = "", document_id: str = ""
    ) -> Upload:
        """Keeps the file; `read` does the rest. `document_id`: the document that a person brings a new text for, "" to let the file decide.

        Raises FileRefused, StoreUnavailable.
        """
        return self.reception.receive(name, stream, by=by, origin=origin, source_id=source_id, document_id=document_id)

    def read(self, upload_id: str) -> Upload:
        """Into drafts. A bad file ends FAILED with the reason. Raises UnknownUpload, StoreUnavailable."""
        return self.reading.read(upload_id)

    def upload(self, upload_id: str) -> Upload:
        """Raises UnknownUpload."""
        return self.store.upload(upload_id)

    def original(self, upload_id: str) -> Path:
        """The file as it was received, to be read only. Raises UnknownUpload, UnreadableDocument where it is gone."""
        return self.reception.originals.path(self.store.upload(upload_id).digest)

    def uploads(self, *, states: tuple[UploadState, ...] = (), source_id: str = "", limit: int = 50) -> tuple[Upload, ...]:
        """Newest first; what came out of an archive stands beside it."""
        return self.store.uploads(states=states, source_id=source_id, limit=limit)

    def unfinished(self) -> tuple[Upload, ...]:
        """Oldest first: to be handed to the queue again after a restart. A file in an archive is read with its archive."""
        found = self.store.uploads(states=_UNFINISHED, limit=_MOST_UNFINISHED)
        ids = {upload.id for upload in found}
        return tuple(upload for upload in reversed(found) if upload.id.rpartition("-")[0] not in ids)

    def draft(self, draft_id: str) -> Draft:
        """Raises UnknownDraft."""
        return self.store.draft(draft_id)

    def drafts(self, wanted: DraftFilter) -> tuple[Draft, ...]:
        """Newest upload first, in the order of the file."""
        return self.store.drafts(wanted)

    def count_drafts(self, wanted: DraftFilter) -> int:
        return self.store.count_drafts(wanted)

    def correct(self, draft_id: str, version: int, metadata: DocumentMetadata, by: str) -> Draft:
        """Raises UnknownDraft, DraftDecided, DraftChanged, ImpossibleChange, UnknownRegion."""
        return self.review.correct(draft_id, version, metadata, by)

    def confirm_text(self, draft_id: str, version: int, by: str) -> Draft:
        """Raises UnknownDraft, DraftDecided, DraftChanged."""
        return self.review.confirm_text(draft_id, version, by)

    def discard(self, draft_id: str, version: int, by: str, reason: str) -> Draft:
        """Raises UnknownDraft, DraftDecided, DraftChanged, ImpossibleChange (no reason)."""
        return self.review.discard(draft_id, version, by, reason)

    def compare(self, draft_id: str) -> Comparison:
        """With the newest revision of the same document; a new document is all added. Raises UnknownDraft."""
        document = self.catalog.as_published(self.store.draft(draft_id).document)
        before = self._known(document.document_id)
        return compare_texts(_side(before[-1]) if before else None, _side(document), self.regions)

    def compare_revisions(self, document_id: str, number: int) -> Comparison:
        """Revision `number` with the one before. Raises UnknownDocument, also where there is no such revision."""
        history = {revision.number: revision for revision in self.catalog.store.revisions(document_id)}
        if number not in history:
            raise UnknownDocument(document_id)
        before = history.get(number - 1)
        return compare_texts(_side(before) if before else None, _side(history[number]), self.regions)

    def publish(self, draft_id: str, version: int, by: str, reason: str, *, release_on: date | None = None) -> PublishOutcome:
        """Repeals nothing: what the text ends becomes proposals. `release_on`: first day on which citizens see it, None for at once.

        Raises UnknownDraft, DraftDecided, DraftChanged, ImpossibleChange, RevisionConflict.
        """
        return self.publication.publish(draft_id, version, by, reason, release_on)

    def proposals(self) -> tuple[RepealProposal, ...]:
        """Repeals that wait for a person, earliest day first."""
        return self.publication.proposals()

    def confirm_repeal(self, proposal_id: str, by: str) -> DocumentRevision:
        """Raises UnknownProposal, ProposalDecided, ImpossibleChange."""
        return self.publication.confirm(proposal_id, by)

    def decline_repeal(self, proposal_id: str, by: str, reason: str) -> None:
        """Never proposed again. Raises UnknownProposal, ProposalDecided, ImpossibleChange (no reason)."""
        self.publication.decline(proposal_id, by, reason)

    def evidence_of(self, document_id: str) -> tuple[MetadataEvidence, ...]:
        """For the newest revision: as it was when its draft was published, else found in its text once more. Raises UnknownDocument."""
        latest = self.catalog.store.latest(document_id)
        for draft in self.store.drafts(DraftFilter(state=DraftState.PUBLISHED, document_id=document_id)):
            if draft.document.text == latest.text and draft.metadata.effective_on in {latest.metadata.effective_on, None}:
                return by_person(draft.evidence, latest.metadata.set_by_hand, latest.metadata, "人工更正")
        parsed = ParsedText(latest.text, latest.metadata.title)
        found = read_with_evidence(parsed, self.regions)[1]
        evidence = evidence_for(parsed, latest.metadata, found)
        return by_person(evidence, latest.metadata.set_by_hand, latest.metadata, "人工更正")

    def _known(self, document_id: str) -> tuple[DocumentRevision, ...]:
        try:
            return self.catalog.store.revisions(document_id)
        except UnknownDocument:
            return ()


def _side(state: DocumentRevision | ParsedDocument) -> ComparedText:
    return ComparedText(state.text, state.outline, state.metadata)
