"""Decide from dates alone which text of a document binds on a day. Knows nothing of storage or search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from knowledge_base.models import ChangeKind, DocumentRevision, Edition, ValidityStatus


def editions(revisions: Iterable[DocumentRevision]) -> tuple[Edition, ...]:
    """The texts of one document in order, each with the days [effective_on, ends_on) on which it binds.

    `revisions` oldest first. An edition is told by its newest revision, so corrections and restorations count. It ends when the next
    edition takes effect, when the document is repealed, or when its term runs out (有效期), whichever comes first; a repeal or lapse
    counts on its own date, the day before it still binds. An edition ended before its first day binds on no day: its ends_on is then
    not after its effective_on. An amendment that citizens see later than it takes effect leaves the edition before in force until then.
    """
    texts = [list(same)[-1] for _, same in groupby(sorted(revisions, key=lambda r: r.number), key=lambda r: r.edition)]
    if not texts:
        return ()
    repealed_on = texts[-1].repealed_on
    found: list[Edition] = []
    next_start: date | None = None
    for revision in reversed(texts):
        begins = _first_day(revision)
        ends, ending = _end(revision, next_start, repealed_on)
        found.append(Edition(revision.document_id, revision.edition, revision, begins, ends, ending))
        shown = first_shown_day(revision, begins)
        # A later text that took effect earlier overrules this one from its own first day on.
        next_start = shown if next_start is None else min(shown, next_start)
    return tuple(reversed(found))


def first_shown_day(revision: DocumentRevision, effective_on: date) -> date:
    """The first day on which a citizen may be told that this text binds: the later of taking effect and of its release."""
    return max(effective_on, revision.metadata.release_on or effective_on)


def released(revisions: Iterable[DocumentRevision], today: date) -> tuple[DocumentRevision, ...]:
    """What citizens may know of a document on the day it is now; () where nothing of it.

    A text is hidden until the day its newest revision states. A repeal or restoration made meanwhile counts for the texts that are shown.
    """
    ordered = sorted(revisions, key=lambda revision: revision.number)
    newest = {revision.edition: revision for revision in ordered}
    hidden = {edition for edition, revision in newest.items() if (revision.metadata.release_on or today) > today}
    if not hidden:
        return tuple(ordered)
    shown: list[DocumentRevision] = []
    for revision in ordered:
        if revision.edition not in hidden:
            shown.append(revision)
        elif shown and revision.change.kind in (ChangeKind.REPEAL, ChangeKind.RESTORE):
            end = replace(shown[-1], repealed_on=revision.repealed_on, repealed_by=revision.repealed_by)
            shown.append(replace(end, number=revision.number, change=revision.change))
    return tuple(shown)


def in_force_on(edition: Edition, day: date) -> bool:
    """True if the edition binds on `day` (local date)."""
    return edition.effective_on <= day and (edition.ends_on is None or day < edition.ends_on)


def edition_status(edition: Edition, day: date) -> ValidityStatus:
    """NOT_YET_EFFECTIVE before its first day, then IN_FORCE, then what ended it: AMENDED, REPEALED or LAPSED."""
    if edition.ends_on is not None and day >= edition.ends_on:
        return edition.ending or ValidityStatus.REPEALED
    return ValidityStatus.IN_FORCE if day >= edition.effective_on else ValidityStatus.NOT_YET_EFFECTIVE


def edition_on(revisions: Iterable[DocumentRevision], day: date) -> Edition | None:
    """The one edition that binds on `day`, None if none does."""
    return next((edition for edition in editions(revisions) if in_force_on(edition, day)), None)


def document_status(revisions: Sequence[DocumentRevision], day: date) -> ValidityStatus:
    """How the document as a whole stands on `day`.

    IN_FORCE while any of its texts binds; NOT_YET_EFFECTIVE before the first; else what ended the last text that had begun. AMENDED is
    a status of single editions: a document whose text was replaced is in force with its new text. Raises ValueError without revisions.
    """
    known = editions(revisions)
    if not known:
        raise ValueError("a document without revisions has no status")
    if any(in_force_on(edition, day) for edition in known):
        return ValidityStatus.IN_FORCE
    statuses = [edition_status(edition, day) for edition in known]
    ended = [status for status in statuses if status in (ValidityStatus.REPEALED, ValidityStatus.LAPSED)]
    return ended[-1] if ended else ValidityStatus.NOT_YET_EFFECTIVE


def _first_day(revision: DocumentRevision) -> date:
    """施行日期, else the publication, signing or recording date."""
    metadata = revision.metadata
    return metadata.effective_on or metadata.published_on or metadata.signed_on or revision.change.at.date()


def _end(revision: DocumentRevision, next_start: date | None, repealed_on: date | None) -> tuple[date | None, ValidityStatus | None]:
    """The earliest end and its cause. On one day a repeal outranks a lapse and a lapse an amendment."""
    causes = (
        (repealed_on, ValidityStatus.REPEALED),
        (revision.metadata.expires_on, ValidityStatus.LAPSED),
        (next_start, ValidityStatus.AMENDED),
    )
    dated = [(on, cause) for on, cause in causes if on is not None]
    return min(dated, key=lambda pair: pair[0], default=(None, None))
