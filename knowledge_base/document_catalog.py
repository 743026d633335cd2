"""The catalogue of policy documents: every change is a new revision that says who made it, when and why. Old revisions stay."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from knowledge_base.change_rules import (
    is_later,
    refuse_hiding_what_is_shown,
    refuse_impossible_amendment,
    refuse_impossible_correction,
    refuse_unusable,
    says_nothing_new,
)
from knowledge_base.china_time import china_day
from knowledge_base.errors import ImpossibleChange, UnknownDocument
from knowledge_base.hand_corrections import stated_by_hand, with_corrections_kept
from knowledge_base.models import ChangeKind, DocumentMetadata, DocumentRevision, ParsedDocument, RevisionChange
from knowledge_base.ports import Clock, DocumentStore
from knowledge_base.repeal_settlement import RepealSettlement

_YEAR = re.compile(r"〔((?:19|20)\d{2})〕")


def digest_text(text: str) -> str:
    """BLAKE2b of the text in UTF-8, 128 bits in hex."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """`revision` is the document's newest by this change; `changed` is false where nothing new was said.

    `repealed` are revisions of documents that this publication ended, or of this document where one already known ends it.
    """

    revision: DocumentRevision
    changed: bool
    repealed: tuple[DocumentRevision, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentCatalog:
    """Changes documents in `store`. Two changes to one document at the same moment: the second raises RevisionConflict.

    `left_to_people`, asked with the ids of a document and of one that ends it, is true where a person decides and nothing is settled here.
    """

    store: DocumentStore
    clock: Clock
    left_to_people: Callable[[str, str], bool] = lambda _ended, _ending: False

    def publish(self, document: ParsedDocument, by: str, reason: str, *, settle: bool = True) -> PublishOutcome:
        """Takes in what a file says: a new document, a new edition (changed text that takes effect later), a correction, or nothing new.

        What a person corrected stays, even if the file says otherwise once more. `settle`: repeals that the texts name are registered.
        Raises ImpossibleChange.
        """
        return self._publish(self.with_corrections(document), by, reason, settle)

    def publish_reviewed(self, document: ParsedDocument, by: str, reason: str) -> PublishOutcome:
        """As `publish`, but exactly as a person has seen it; repeals are left to people. Raises ImpossibleChange."""
        return self._publish(document, by, reason, settle=False)

    def amend(self, document: ParsedDocument, by: str, reason: str) -> PublishOutcome:
        """A new edition: another text that takes effect later. Raises UnknownDocument, ImpossibleChange."""
        return self._take_in(document, ChangeKind.AMEND, by, reason, self.store.revisions(document.document_id))

    def correct(self, document: ParsedDocument, by: str, reason: str) -> PublishOutcome:
        """The present edition, as a person puts it right. Raises UnknownDocument, ImpossibleChange."""
        history = self.store.revisions(document.document_id)
        return self._take_in(stated_by_hand(history[-1], document), ChangeKind.CORRECT, by, reason, history)

    def kind_of_change(self, document: ParsedDocument) -> ChangeKind | None:
        """What publishing this would be: PUBLISH, AMEND or CORRECT; None where it says nothing new."""
        history = self._history(document.document_id)
        if not history:
            return ChangeKind.PUBLISH
        dated = self._dated(document, history[-1].metadata)
        if says_nothing_new(dated, history):
            return None
        later = is_later(dated.metadata.effective_on, history[-1].metadata.effective_on)
        return ChangeKind.AMEND if document.text != history[-1].text and later else ChangeKind.CORRECT

    def with_corrections(self, document: ParsedDocument) -> ParsedDocument:
        """With what people have corrected in the document before; with a day of taking effect where there was one."""
        history = self._history(document.document_id)
        return with_corrections_kept(self._dated(document, history[-1].metadata), history) if history else document

    def as_published(self, document: ParsedDocument) -> ParsedDocument:
        """With the day of taking effect that publishing would give it."""
        history = self._history(document.document_id)
        return self._dated(document, history[-1].metadata if history else None)

    def repeal(self, document_id: str, on: date, by: str, reason: str, replaced_by: str | None = None) -> DocumentRevision:
        """Ends the document: `on` is the first day it no longer binds. Raises UnknownDocument, ImpossibleChange."""
        history = self.store.revisions(document_id)
        latest, first = history[-1], history[0].metadata
        if latest.repealed_on is not None:
            raise ImpossibleChange(document_id, f"它已于{latest.repealed_on.isoformat()}废止。如日期有误，请先恢复再重新废止。")
        if replaced_by == document_id:
            raise ImpossibleChange(document_id, "文件不能由它自己废止，请填写另一份文件的编号。")
        if first.effective_on is not None and not first.effective_on_inferred and on < first.effective_on:
            raise ImpossibleChange(document_id, f"废止日期{on.isoformat()}早于施行日期{first.effective_on.isoformat()}，请核对日期。")
        return self._next(latest, self._change(ChangeKind.REPEAL, by, reason, document_id), on, replaced_by)

    def restore(self, document_id: str, by: str, reason: str) -> DocumentRevision:
        """Takes a repeal back. Raises UnknownDocument, ImpossibleChange."""
        latest = self.store.latest(document_id)
        if latest.repealed_on is None:
            raise ImpossibleChange(document_id, "它没有被废止，不需要恢复。")
        return self._next(latest, self._change(ChangeKind.RESTORE, by, reason, document_id), None, None)

    def _publish(self, document: ParsedDocument, by: str, reason: str, settle: bool) -> PublishOutcome:
        kind, history = self.kind_of_change(document), self._history(document.document_id)
        if kind is None:
            return self._settled(history, False, by, settle)
        return self._take_in(document, kind, by, reason, history, settle)

    def _take_in(  # noqa: PLR0913, PLR0917 - a change is told by who, why, what and how
        self,
        document: ParsedDocument,
        kind: ChangeKind,
        by: str,
        reason: str,
        history: tuple[DocumentRevision, ...],
        settle: bool = True,
    ) -> PublishOutcome:
        latest = history[-1] if history else None
        document = self._dated(document, latest.metadata if latest else None)
        refuse_unusable(document)
        if kind is ChangeKind.AMEND:
            refuse_impossible_amendment(document, history[-1])
        elif kind is ChangeKind.CORRECT:
            refuse_impossible_correction(document, history)
            refuse_hiding_what_is_shown(document, history[-1], china_day(self._now()))
        revision = DocumentRevision(
            document_id=document.document_id,
            number=latest.number + 1 if latest else 1,
            edition=latest.edition + (kind is ChangeKind.AMEND) if latest else 1,
            text=document.text,
            text_digest=digest_text(document.text),
            outline=document.outline,
            metadata=document.metadata,
            change=self._change(kind, by, reason, document.document_id),
            repealed_on=latest.repealed_on if latest else None,
            repealed_by=latest.repealed_by if latest else None,
        )
        self.store.add(revision)
        return self._settled((*history, revision), True, by, settle)

    def _settled(self, history: tuple[DocumentRevision, ...], changed: bool, by: str, settle: bool) -> PublishOutcome:
        if not settle:
            return PublishOutcome(history[-1], changed)
        # Also where nothing changed: an import killed between a document and the repeals it names is completed by the next run.
        settlement = RepealSettlement(self.store, by, self._now(), self.left_to_people)
        settlement.settle(history)
        return PublishOutcome(history[-1], changed, tuple(settlement.repealed), tuple(settlement.warnings))

    def _next(
        self, latest: DocumentRevision, change: RevisionChange, repealed_on: date | None, repealed_by: str | None
    ) -> DocumentRevision:
        revision = replace(latest, number=latest.number + 1, change=change, repealed_on=repealed_on, repealed_by=repealed_by)
        self.store.add(revision)
        return revision

    def _change(self, kind: ChangeKind, by: str, reason: str, document_id: str) -> RevisionChange:
        if not by.strip() or not reason.strip():
            raise ImpossibleChange(document_id, "没有写明操作人或理由。请补充后再提交。")
        return RevisionChange(kind, by, self._now(), reason)

    def _history(self, document_id: str) -> tuple[DocumentRevision, ...]:
        try:
            return self.store.revisions(document_id)
        except UnknownDocument:
            return ()

    def _now(self) -> datetime:
        return self.clock().astimezone(UTC)

    def _dated(self, document: ParsedDocument, present: DocumentMetadata | None) -> ParsedDocument:
        """With a day of taking effect: as stated, else published, else signed, else as known before, else the last it can have been."""
        metadata = document.metadata
        if metadata.effective_on is not None:
            return document
        stated = metadata.published_on or metadata.signed_on
        if stated is None and present is not None:
            dated = replace(metadata, effective_on=present.effective_on, effective_on_inferred=present.effective_on_inferred)
        else:
            dated = replace(metadata, effective_on=stated or self._issued_by(metadata), effective_on_inferred=True)
        return replace(document, metadata=dated)

    def _issued_by(self, metadata: DocumentMetadata) -> date:
        """An undated document was there at the end of the year in its 文号, else today, when it is first seen."""
        today = china_day(self._now())
        year = _YEAR.search(metadata.document_number or "")
        return min(today, date(int(year[1]), 12, 31)) if year else today
