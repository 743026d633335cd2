"""What a document ends, by its own words or as a newer version of the same. Reads the store, changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from knowledge_base.models import ChangeKind, DocumentRevision, RepealNotice
from knowledge_base.ports import DocumentStore
from knowledge_base.repeal_matching import documents_meant
from knowledge_base.superseded_versions import earlier_versions

AUTOMATIC = "据文件原文自动登记："
"""Begins the reason of every repeal and restoration that no person made; a revision without it is a person's decision."""


@dataclass(frozen=True, slots=True)
class Ending:
    """`day` is the first on which `target` no longer binds; `how` completes "被《…》…"; `sentence` says so verbatim, "" where none does."""

    target: DocumentRevision
    day: date
    how: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Findings:
    """`endings`: each document once, what is named before what merely follows. `unclear`: notices that may mean several, with how many."""

    endings: tuple[Ending, ...]
    unclear: tuple[tuple[RepealNotice, int], ...]


def find_endings(history: tuple[DocumentRevision, ...], store: DocumentStore) -> Findings:
    """`history`: that of the ending document, oldest first."""
    wanted: dict[str, Ending] = {}
    unclear: list[tuple[RepealNotice, int]] = []
    for notice, sentence, day in _standing_notices(history):
        meant = documents_meant(notice, history[-1], day, store)
        if len(meant) == 1:
            wanted.setdefault(meant[0].document_id, Ending(meant[0], day, "废止", sentence))
        elif meant:
            unclear.append((notice, len(meant)))
    for older, day in earlier_versions(history[-1], store):
        wanted.setdefault(older.document_id, Ending(older, day, "这份同名的新文本取代", ""))
    return Findings(tuple(wanted.values()), tuple(unclear))


def is_still_to_do(ending: Ending, repealing: DocumentRevision, store: DocumentStore) -> bool:
    """False where the document has ended by then already, or where a person restored it after this very document had ended it."""
    target, day = ending.target, ending.day
    by_same = target.repealed_by == repealing.document_id
    if target.repealed_on is not None and (target.repealed_on == day if by_same else target.repealed_on <= day):
        return False
    return not _was_taken_back(target, repealing, store)


def _was_taken_back(target: DocumentRevision, repealing: DocumentRevision, store: DocumentStore) -> bool:
    history = store.revisions(target.document_id)
    ended = [revision.number for revision in history if revision.repealed_by == repealing.document_id]
    return bool(ended) and any(
        revision.number > ended[-1] and revision.change.kind is ChangeKind.RESTORE and not revision.change.reason.startswith(AUTOMATIC)
        for revision in history
    )


def _standing_notices(history: tuple[DocumentRevision, ...]) -> Iterable[tuple[RepealNotice, str, date]]:
    """What the last reading of each edition says it ends, from the day on which the first edition saying so takes effect for everybody."""
    editions = {revision.edition: revision for revision in history}
    seen: set[tuple[str, str | None]] = set()
    for _, revision in sorted(editions.items()):
        for notice in revision.metadata.repeals:
            named = (notice.title, notice.document_number)
            day = revision.metadata.effective_on
            if named not in seen and day is not None:
                seen.add(named)
                yield notice, revision.text[notice.start : notice.end], max(day, revision.metadata.release_on or day)
