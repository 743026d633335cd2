"""Keeps "A repeals B" and "B is repealed" in agreement, whichever was taken in first: by A's words, or as a newer version of B."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from knowledge_base.models import ChangeKind, DocumentRevision, RepealNotice, RevisionChange
from knowledge_base.ports import DocumentStore
from knowledge_base.repeal_findings import AUTOMATIC, Ending, find_endings, is_still_to_do
from knowledge_base.repeal_matching import named_documents, titled

# A chain (A ends B, which leaves C as the only one D can mean) settles in two rounds; more would mean contradictory texts.
_MOST_VISITS = 3


@dataclass(slots=True)
class RepealSettlement:
    """One settlement: made for one change, thrown away after. `repealed` and `warnings` fill as it goes."""

    store: DocumentStore
    by: str
    at: datetime
    left_to_people: Callable[[str, str], bool] = lambda _ended, _ending: False
    repealed: list[DocumentRevision] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def settle(self, history: tuple[DocumentRevision, ...]) -> None:
        """Applies what the document with this history says of others and what others say of it."""
        changed = history[-1]
        same_title = self.store.find_by_title(changed.metadata.title)
        waiting = deque(dict.fromkeys([changed.document_id, *same_title, *self._repealing(changed)]))
        visits: Counter[str] = Counter()
        while waiting:
            document_id = waiting.popleft()
            visits[document_id] += 1
            if visits[document_id] <= _MOST_VISITS:
                known = history if document_id == changed.document_id else self.store.revisions(document_id)
                for ended in self._settle_one(known):
                    waiting.extend(other for other in self._repealing(ended) if other != document_id)

    def _settle_one(self, history: tuple[DocumentRevision, ...]) -> tuple[DocumentRevision, ...]:
        wanted = self._wanted(history)
        made = [self._repeal(ending, history[-1]) for ending in wanted]
        kept = {ending.target.document_id for ending in wanted}
        dropped = (target for target in self._ended_by(history) if target.document_id not in kept)
        made.extend(self._take_back(target, history[-1]) for target in dropped)
        return tuple(revision for revision in made if revision is not None)

    def _wanted(self, history: tuple[DocumentRevision, ...]) -> tuple[Ending, ...]:
        found = find_endings(history, self.store)
        for notice, count in found.unclear:
            self._warn(history[-1], notice, count)
        return found.endings

    def _repeal(self, ending: Ending, repealing: DocumentRevision) -> DocumentRevision | None:
        target = ending.target
        if self.left_to_people(target.document_id, repealing.document_id) or not is_still_to_do(ending, repealing, self.store):
            return None
        reason = f"{AUTOMATIC}被{titled(repealing.metadata)}{ending.how}。"
        revision = self._add(target, ChangeKind.REPEAL, reason, ending.day, repealing.document_id)
        self.repealed.append(revision)
        return revision

    def _take_back(self, target: DocumentRevision, repealing: DocumentRevision) -> DocumentRevision:
        reason = f"{AUTOMATIC}{titled(repealing.metadata)}没有写明废止本文件，或所指文件不止一份。"
        return self._add(target, ChangeKind.RESTORE, reason, None, None)

    def _add(self, target: DocumentRevision, kind: ChangeKind, reason: str, day: date | None, by_document: str | None) -> DocumentRevision:
        change = RevisionChange(kind, self.by, self.at, reason)
        revision = replace(target, number=target.number + 1, change=change, repealed_on=day, repealed_by=by_document)
        self.store.add(revision)
        return revision

    def _ended_by(self, history: tuple[DocumentRevision, ...]) -> tuple[DocumentRevision, ...]:
        """Documents that stand as ended by this one through an automatic repeal, named now or in an earlier reading of it."""
        notices = {notice for revision in history for notice in revision.metadata.repeals}
        if not notices:
            return ()
        return tuple(
            target
            for target in named_documents(notices, self.store)
            if target.repealed_by == history[-1].document_id and self._last_repeal_was_automatic(target)
        )

    def _last_repeal_was_automatic(self, target: DocumentRevision) -> bool:
        repeals = [revision for revision in self.store.revisions(target.document_id) if revision.change.kind is ChangeKind.REPEAL]
        return bool(repeals) and repeals[-1].change.reason.startswith(AUTOMATIC)

    def _repealing(self, revision: DocumentRevision) -> tuple[str, ...]:
        metadata = revision.metadata
        return self.store.find_repealing(metadata.title, metadata.document_number)

    def _warn(self, repealing: DocumentRevision, notice: RepealNotice, count: int) -> None:
        warning = f"{titled(repealing.metadata)}写明废止《{notice.title}》，但库中有{count}份文件可能是它，没有自动登记。请人工确认后废止。"
        if warning not in self.warnings:
            self.warnings.append(warning)
