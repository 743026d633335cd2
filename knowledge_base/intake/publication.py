"""From a reviewed draft to a revision. What the texts say of other documents' end is proposed, never carried out by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

from knowledge_base.china_time import china_day
from knowledge_base.document_catalog import DocumentCatalog, PublishOutcome
from knowledge_base.errors import ImpossibleChange, UnknownDocument
from knowledge_base.hand_corrections import stated_by_hand
from knowledge_base.intake.errors import ProposalDecided, UnknownProposal
from knowledge_base.intake.models import DraftState, ProposalState, RepealProposal
from knowledge_base.intake.ports import IntakeStore
from knowledge_base.intake.review import DraftReview
from knowledge_base.models import DocumentRevision, ParsedDocument
from knowledge_base.ports import Clock, DocumentStore
from knowledge_base.repeal_findings import Ending, find_endings, is_still_to_do
from knowledge_base.repeal_matching import titled


def proposal_id(ended: str, ending: str) -> str:
    """One per pair of documents, so that what was declined is not proposed again."""
    return "r-" + blake2b(f"{ended}\n{ending}".encode(), digest_size=8).hexdigest()


def left_to_people(store: IntakeStore) -> Callable[[str, str], bool]:
    """For DocumentCatalog: true for (ended, ending) that somebody is to decide on, or has decided against."""

    def is_left(ended: str, ending: str) -> bool:
        try:
            return store.proposal(proposal_id(ended, ending)).state is not ProposalState.CONFIRMED
        except UnknownProposal:
            return False

    return is_left


@dataclass(frozen=True, slots=True)
class Publication:
    store: IntakeStore
    review: DraftReview
    catalog: DocumentCatalog
    clock: Clock

    def publish(self, draft_id: str, version: int, by: str, reason: str, release_on: date | None = None) -> PublishOutcome:
        """A revision, visible at once or from `release_on`. Raises ImpossibleChange, RevisionConflict, and as DraftReview.waiting.

        Cut off half way and done again, it makes no second revision: the same content says nothing new.
        """
        draft = self.review.waiting(draft_id, version)
        document = self._released_on(draft.document, release_on)
        outcome = self.catalog.publish_reviewed(document, by, reason)
        warnings = self.propose(self._documents.revisions(document.document_id))
        self.review.decide(draft, DraftState.PUBLISHED, by, reason, outcome.revision.number)
        return replace(outcome, warnings=(*outcome.warnings, *warnings))

    def propose(self, history: tuple[DocumentRevision, ...]) -> tuple[str, ...]:
        """Notes every repeal between this document and the others that nobody has decided on; what is unclear comes back in words."""
        changed, unclear = history[-1], []
        for repealing in (history, *self._that_may_end(changed)):
            found = find_endings(repealing, self._documents)
            for ending in found.endings:
                if changed.document_id in {ending.target.document_id, repealing[-1].document_id}:
                    self._propose(ending, repealing[-1])
            if repealing is history:
                unclear = [
                    f"写明废止《{notice.title}》，但库中有{count}份文件可能是它。请在政策文件中找到后人工废止。"
                    for notice, count in found.unclear
                ]
        return tuple(unclear)

    def proposals(self) -> tuple[RepealProposal, ...]:
        """Those that wait for a decision; what has ended meanwhile needs none."""
        return tuple(proposal for proposal in self.store.proposals() if not self._is_done(proposal))

    def confirm(self, proposal_id: str, by: str) -> DocumentRevision:
        """Raises UnknownProposal, ProposalDecided, ImpossibleChange."""
        proposal = self._open(proposal_id)
        if self._is_done(proposal):
            revision = self._documents.latest(proposal.document_id)
        else:
            repealing = self._documents.latest(proposal.repealed_by)
            reason = f"{titled(repealing.metadata)}{'写明废止本文件' if proposal.evidence else '是同名的新文本'}，经人工确认。"
            revision = self.catalog.repeal(proposal.document_id, proposal.on, by, reason, proposal.repealed_by)
        self.store.save_proposal(replace(proposal, state=ProposalState.CONFIRMED, decided_by=by))
        return revision

    def decline(self, proposal_id: str, by: str, reason: str) -> None:
        """Not proposed again, and not settled by an import either. Raises UnknownProposal, ProposalDecided, ImpossibleChange."""
        proposal = self._open(proposal_id)
        if not reason.strip():
            raise ImpossibleChange(proposal.document_id, "没有写明不废止的理由。请补充后再提交。")
        self.store.save_proposal(replace(proposal, state=ProposalState.DECLINED, decided_by=by, decision_reason=reason))

    @property
    def _documents(self) -> DocumentStore:
        return self.catalog.store

    def _released_on(self, document: ParsedDocument, day: date | None) -> ParsedDocument:
        today = china_day(self.clock())
        later = day if day is not None and day > today else None
        if document.metadata.release_on == later:
            return document
        return stated_by_hand(document, replace(document, metadata=replace(document.metadata, release_on=later)))

    def _that_may_end(self, changed: DocumentRevision) -> Iterator[tuple[DocumentRevision, ...]]:
        metadata, store = changed.metadata, self._documents
        ids = {*store.find_repealing(metadata.title, metadata.document_number), *store.find_by_title(metadata.title)}
        for document_id in sorted(ids - {changed.document_id}):
            yield store.revisions(document_id)

    def _propose(self, ending: Ending, repealing: DocumentRevision) -> None:
        wanted = proposal_id(ending.target.document_id, repealing.document_id)
        if not is_still_to_do(ending, repealing, self._documents) or self._is_decided(wanted):
            return
        proposal = RepealProposal(
            id=wanted,
            document_id=ending.target.document_id,
            title=ending.target.metadata.title,
            repealed_by=repealing.document_id,
            repealed_by_title=repealing.metadata.title,
            evidence=ending.sentence,
            on=ending.day,
            state=ProposalState.OPEN,
        )
        self.store.save_proposal(proposal)

    def _is_decided(self, wanted: str) -> bool:
        try:
            return self.store.proposal(wanted).state is not ProposalState.OPEN
        except UnknownProposal:
            return False

    def _open(self, wanted: str) -> RepealProposal:
        proposal = self.store.proposal(wanted)
        if proposal.state is not ProposalState.OPEN:
            raise ProposalDecided(wanted)
        return proposal

    def _is_done(self, proposal: RepealProposal) -> bool:
        try:
            repealed_on = self._documents.latest(proposal.document_id).repealed_on
        except UnknownDocument:
            return True
        return repealed_on is not None and repealed_on <= proposal.on
