"""The list of policies with their state on a day: short entries, filtered and paged. Keeps no text in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from knowledge_base.models import DocumentMetadata, DocumentRevision, Edition, ValidityStatus
from knowledge_base.ports import DocumentStore
from knowledge_base.validity import document_status, editions, released

_Histories = tuple[tuple[DocumentRevision, ...], ...]


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """A policy as a list shows it; `status` is that of the day asked for."""

    id: str
    metadata: DocumentMetadata
    status: ValidityStatus
    effective_on: date
    ends_on: date | None
    revision_count: int
    changed_at: datetime | None = None
    edition_count: int = 1


@dataclass(frozen=True, slots=True)
class PolicyFilter:
    """`regions` are codes, empty for all; `text` must occur in the title, the 文号 or the issuing authority."""

    text: str = ""
    status: ValidityStatus | None = None
    regions: frozenset[str] = frozenset()


class PolicyListing:
    """Safe to call from many threads. Read again only after a change: revisions are only ever added, so their number tells.

    `today` is asked at each call: what citizens may see follows the present day, whatever day is asked about.
    """

    def __init__(self, documents: DocumentStore, today: Callable[[], date]) -> None:
        self._documents, self._today, self._lock = documents, today, Lock()
        self._histories: _Histories = ()
        self._read_at: int | None = None
        self._shown: tuple[_Histories, date, _Histories] | None = None
        self._made: dict[bool, tuple[_Histories, date, tuple[PolicyEntry, ...]]] = {}

    def entries(self, wanted: PolicyFilter, day: date, *, unreleased: bool = False) -> list[PolicyEntry]:
        """Those that match and that citizens may see, or all that match; newest effective date first."""
        every = self.every(day) if unreleased else self._entries(self._released(), day, everything=False)
        return [entry for entry in every if _matches(entry, wanted)]

    def every(self, day: date) -> tuple[PolicyEntry, ...]:
        """Also what waits for its day of release. Newest effective date first; made once for a day and a state of the base."""
        return self._entries(self._current(), day, everything=True)

    def jurisdictions(self) -> list[str]:
        """Codes of the regions that issued anything citizens may see, in order."""
        return sorted({history[-1].metadata.jurisdiction for history in self._released()})

    def _entries(self, histories: _Histories, day: date, *, everything: bool) -> tuple[PolicyEntry, ...]:
        known = self._made.get(everything)
        if known is not None and known[0] is histories and known[1] == day:
            return known[2]
        entries = sorted((_entry(history, day) for history in histories), key=lambda entry: (entry.effective_on, entry.id), reverse=True)
        self._made[everything] = (histories, day, tuple(entries))
        return tuple(entries)

    def _released(self) -> _Histories:
        histories, today, known = self._current(), self._today(), self._shown
        if known is not None and known[0] is histories and known[1] == today:
            return known[2]
        shown = tuple(kept for history in histories if (kept := released(history, today)))
        self._shown = (histories, today, shown)
        return shown

    def _current(self) -> _Histories:
        with self._lock:
            count = self._documents.revision_count()
            if self._read_at != count:
                self._histories, self._read_at = tuple(self._documents.histories_without_text()), count
            return self._histories


def _entry(history: Sequence[DocumentRevision], day: date) -> PolicyEntry:
    latest, texts = history[-1], editions(history)
    shown = edition_shown(texts, day)
    return PolicyEntry(
        latest.document_id,
        latest.metadata,
        document_status(history, day),
        shown.effective_on,
        texts[-1].ends_on,
        len(history),
        latest.change.at,
        latest.edition,
    )


def edition_shown(texts: Sequence[Edition], day: date) -> Edition:
    """The edition in force on the day; else the latest that had begun; else the first to come."""
    begun = [edition for edition in texts if edition.effective_on <= day]
    binding = [edition for edition in begun if edition.ends_on is None or day < edition.ends_on]
    return (binding or begun or [texts[0]])[-1]


def _matches(entry: PolicyEntry, wanted: PolicyFilter) -> bool:
    return (
        (wanted.status is None or entry.status is wanted.status)
        and (not wanted.regions or entry.metadata.jurisdiction in wanted.regions)
        and contains(entry, wanted.text)
    )


def contains(entry: PolicyEntry, words: str) -> bool:
    """Every word, parted by white space, stands in the title, the 文号 or an authority."""
    searched = " ".join((entry.metadata.title, entry.metadata.document_number or "", *entry.metadata.issuing_authorities))
    return all(word in searched for word in words.split())
