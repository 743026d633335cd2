"""What edited content needs from outside: a store of versions, and rules of each kind. One contract suite for the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from knowledge_base.content.models import (
    ChangeNote,
    ContentVersion,
    EntryChange,
    EntryFault,
    EntryState,
    KeptEntry,
    KeptUpload,
    Row,
)


class ContentStore(Protocol):
    """Versions by kind, append-only. Raises StoreUnavailable."""

    def number(self, kind: str) -> int:
        """Of the newest version; 0 where there is none. Cheap enough to ask with every question."""

    def states(self, kind: str) -> Mapping[str, KeptEntry]:
        """What stands now, by key, ordered by key."""

    def append(self, kind: str, expected: int, note: ChangeNote, states: Mapping[str, EntryState | None]) -> ContentVersion:
        """Durable on return, all or nothing, with what questions are answered from. Raises ContentConflict if `number` is not `expected`.

        None for an entry takes away what was made of it.
        """

    def versions(self, kind: str, limit: int = 50, before: int | None = None) -> tuple[ContentVersion, ...]:
        """Newest first, those below `before`."""

    def changes(self, kind: str, number: int) -> tuple[EntryChange, ...]:
        """Of one version, ordered by key. Raises UnknownVersion."""

    def states_at(self, kind: str, number: int) -> Mapping[str, EntryState]:
        """What stood after version `number`. Raises UnknownVersion; 0 is the beginning."""

    def history(self, kind: str, key: str, limit: int = 50) -> tuple[tuple[ContentVersion, EntryChange], ...]:
        """Of one entry, newest first."""

    def keep_upload(self, upload: KeptUpload) -> None:
        """Durable on return; those kept for more than a day are let go."""

    def upload(self, digest: str) -> KeptUpload | None: ...


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """`rows`: what would be new or different; `removed`: keys; `all`: every entry that would be live afterwards, by key."""

    rows: Mapping[str, Row]
    removed: Collection[str]
    all: Mapping[str, Row]


class ContentRules(Protocol):
    """What holds for a kind beyond what its columns say."""

    def settled(self, row: Row) -> Row:
        """The row as it is kept: cells written in another way, cells that follow from others."""

    def faults(self, change: ProposedChange) -> Iterable[EntryFault]:
        """Of the entries in `rows` and `removed` alone."""
