"""What a person may do with a draft before it is published: correct it, confirm its text, put it aside."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC

from knowledge_base.change_rules import refuse_unusable
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.document_numbers import normalise_document_number
from knowledge_base.document_reader import document_id_for
from knowledge_base.document_titles import clean_title
from knowledge_base.errors import ImpossibleChange, UnknownRegion
from knowledge_base.hand_corrections import stated_by_hand
from knowledge_base.intake.errors import DraftChanged, DraftDecided
from knowledge_base.intake.field_evidence import by_person
from knowledge_base.intake.models import Draft, DraftState
from knowledge_base.intake.ports import IntakeStore
from knowledge_base.models import ChangeKind, DocumentMetadata, ParsedDocument
from knowledge_base.ports import Clock
from knowledge_base.regions import RegionDirectory


@dataclass(frozen=True, slots=True)
class DraftReview:
    store: IntakeStore
    catalog: DocumentCatalog
    regions: RegionDirectory
    clock: Clock

    def waiting(self, draft_id: str, version: int) -> Draft:
        """The draft as this person has seen it. Raises UnknownDraft, DraftDecided, DraftChanged."""
        draft = self.store.draft(draft_id)
        if draft.state is not DraftState.WAITING:
            raise DraftDecided(draft_id, draft.state.label)
        if draft.version != version:
            raise DraftChanged(draft_id)
        return draft

    def correct(self, draft_id: str, version: int, metadata: DocumentMetadata, by: str) -> Draft:
        """With this metadata. Raises ImpossibleChange (no title, days that contradict each other), UnknownRegion, and as `waiting`."""
        draft = self.waiting(draft_id, version)
        stated = self._in_normal_form(metadata, draft.metadata)
        document = stated_by_hand(draft.document, replace(draft.document, metadata=stated))
        refuse_unusable(document)
        changed = [field.name for field in fields(stated) if getattr(stated, field.name) != getattr(draft.metadata, field.name)]
        if not changed:
            return draft
        evidence = by_person(draft.evidence, changed, stated, f"{by}填写")
        return self._save(replace(draft, document=self._under_its_name(draft.document, document), evidence=evidence))

    def confirm_text(self, draft_id: str, version: int, by: str) -> Draft:
        """Somebody has compared the text that a machine read with the pages. Raises as `waiting`."""
        draft = self.waiting(draft_id, version)
        document = replace(draft.document, metadata=replace(draft.metadata, read_by_machine=False))
        return self._save(replace(draft, document=stated_by_hand(draft.document, document), text_confirmed_by=by))

    def discard(self, draft_id: str, version: int, by: str, reason: str) -> Draft:
        """Raises ImpossibleChange without a reason, and as `waiting`."""
        draft = self.waiting(draft_id, version)
        if not reason.strip():
            raise ImpossibleChange(draft.document.document_id, "没有写明放弃的理由。请补充后再提交。")
        return self.decide(draft, DraftState.DISCARDED, by, reason)

    def decide(self, draft: Draft, state: DraftState, by: str, reason: str, revision_number: int | None = None) -> Draft:
        now = self.clock().astimezone(UTC)
        decided = replace(draft, state=state, decided_by=by, decided_at=now, decision_reason=reason, revision_number=revision_number)
        return self._save(decided)

    def _save(self, draft: Draft) -> Draft:
        changed = replace(draft, version=draft.version + 1)
        self.store.save_draft(changed)
        return changed

    def _in_normal_form(self, metadata: DocumentMetadata, before: DocumentMetadata) -> DocumentMetadata:
        region = self.regions.resolve(metadata.jurisdiction)
        if region is None:
            raise UnknownRegion(metadata.jurisdiction)
        number = (metadata.document_number or "").strip()
        return replace(
            metadata,
            title=clean_title(metadata.title),
            document_number=normalise_document_number(number) or number or None,
            jurisdiction=region.code,
            effective_on_inferred=metadata.effective_on_inferred and metadata.effective_on == before.effective_on,
            set_by_hand=before.set_by_hand,
        )

    def _under_its_name(self, before: ParsedDocument, after: ParsedDocument) -> ParsedDocument:
        """An id made from title and 文号 follows them, unless it already names a document of the base."""
        was, now = before.metadata, after.metadata
        made = before.document_id == document_id_for(was.title, was.document_number)
        if not made or self.catalog.kind_of_change(before) is not ChangeKind.PUBLISH:
            return after
        return replace(after, document_id=document_id_for(now.title, now.document_number))
