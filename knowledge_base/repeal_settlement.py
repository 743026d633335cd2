"""Keeps "A repeals B" and "B is repealed" in agreement, whichever was taken in first: by A's words, or as a newer version of B."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from knowledge_base.models import ChangeKind, DocumentRevision, RepealNotice, RevisionChange
from knowledge_base.ports import DocumentStore
from knowledge_base.repeal_matching import documents_meant, named_documents, titled
from knowledge_base.superseded_versions import earlier_versions

AUTOMATIC = "据文件原文自动登记："
"""Begins the reason of every revision made here; a revision without it was a person's decision and is never undone."""

# A chain (A ends B, which leaves C as the only one D can mean) settles in two rounds; more would mean contradictory texts.
_MOST_VISITS = 3


@dataclass(frozen=True, slots=True)
class _Ending:
    """`day` is the first on which `target` no longer binds; `how` completes "被《…》…"."""

    target: DocumentRevision
    day: date
    how: str


@dataclass(slots=True)
class RepealSettlement:
    """One settlement: made for one change, thrown away after. `repealed` and `warnings` fill as it goes."""

    store: DocumentStore
    by: str
    at: datetime
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

    def _wanted(self, history: tuple[DocumentRevision, ...]) -> tuple[_Ending, ...]:
        """What the document ends, each once: what it names goes before what it merely follows."""
        wanted: dict[str, _Ending] = {}
        for notice, day in _standing_notices(history):
            meant = documents_meant(notice, history[-1], day, self.store)
            if len(meant) == 1:
                wanted.setdefault(meant[0].document_id, _Ending(meant[0], day, "废止"))
            elif meant:
                self._warn(history[-1], notice, len(meant))
        for older, day in earlier_versions(history[-1], self.store):
            wanted.setdefault(older.document_id, _Ending(older, day, "这份同名的新文本取代"))
        return tuple(wanted.values())

    def _repeal(self, ending: _Ending, repealing: DocumentRevision) -> DocumentRevision | None:
        target, day = ending.target, ending.day
        by_same = target.repealed_by == repealing.document_id
        if target.repealed_on is not None and (target.repealed_on == day if by_same else target.repealed_on <= day):
            return None
        if self._was_taken_back(target, repealing):
            return None
        reason = f"{AUTOMATIC}被{titled(repealing.metadata)}{ending.how}。"
        revision = self._add(target, ChangeKind.REPEAL, reason, day, repealing.document_id)
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

    def _was_taken_back(self, target: DocumentRevision, repealing: DocumentRevision) -> bool:
        """A person restored it after this very document had ended it: that decision stands."""
        history = self.store.revisions(target.document_id)
        ended = [revision.number for revision in history if revision.repealed_by == repealing.document_id]
        return bool(ended) and any(
            revision.number > ended[-1] and revision.change.kind is ChangeKind.RESTORE and not revision.change.reason.startswith(AUTOMATIC)
            for revision in history
        )

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


def _standing_notices(history: tuple[DocumentRevision, ...]) -> Iterable[tuple[RepealNotice, date]]:
    """What the last reading of each edition says it ends, from the day on which the first edition saying so took effect."""
    editions = {revision.edition: revision for revision in history}
    seen: set[tuple[str, str | None]] = set()
    for _, revision in sorted(editions.items()):
        for notice in revision.metadata.repeals:
            named = (notice.title, notice.document_number)
            if named not in seen and revision.metadata.effective_on is not None:
                seen.add(named)
                yield notice, revision.metadata.effective_on
