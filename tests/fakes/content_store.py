"""A ContentStore in memory; it passes the same contract suite as the SQL one. Guides and departments are followed where given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from threading import Lock

from knowledge_base.content.errors import ContentConflict, UnknownEntry
from knowledge_base.content.models import ChangeNote, ContentVersion, EntryChange, EntryState, KeptEntry, KeptUpload

Follower = Callable[[Mapping[str, EntryState | None]], None]


class MemoryContentStore:
    """`followers` by kind hear of every change, as the stores that questions are answered from do in SQL."""

    def __init__(self, followers: Mapping[str, Follower] | None = None) -> None:
        self._followers = followers or {}
        self._versions: dict[str, list[tuple[ContentVersion, tuple[EntryChange, ...]]]] = {}
        self._states: dict[str, dict[str, KeptEntry]] = {}
        self._uploads: dict[str, KeptUpload] = {}
        self._lock = Lock()

    def number(self, kind: str) -> int:
        return len(self._versions.get(kind, ()))

    def states(self, kind: str) -> Mapping[str, KeptEntry]:
        return dict(sorted(self._states.get(kind, {}).items()))

    def append(self, kind: str, expected: int, note: ChangeNote, states: Mapping[str, EntryState | None]) -> ContentVersion:
        with self._lock:
            if self.number(kind) != expected:
                raise ContentConflict
            version, standing = ContentVersion(kind, expected + 1, note, len(states)), self._states.setdefault(kind, {})
            changes = []
            for key, state in sorted(states.items()):
                before = standing.pop(key, None)
                changes.append(EntryChange(key, before.state if before else None, state))
                if state is not None:
                    standing[key] = KeptEntry(state, version.number)
            self._versions.setdefault(kind, []).append((version, tuple(changes)))
            if kind in self._followers:
                self._followers[kind](states)
            return version

    def versions(self, kind: str, limit: int = 50, before: int | None = None) -> tuple[ContentVersion, ...]:
        found = [version for version, _ in self._versions.get(kind, ()) if before is None or version.number < before]
        return tuple(reversed(found))[:limit]

    def changes(self, kind: str, number: int) -> tuple[EntryChange, ...]:
        known = self._versions.get(kind, ())
        if not 1 <= number <= len(known):
            raise UnknownEntry(f"第{number}版")
        return known[number - 1][1]

    def states_at(self, kind: str, number: int) -> Mapping[str, EntryState]:
        if number:
            self.changes(kind, number)
        found: dict[str, EntryState | None] = {}
        for _, changes in self._versions.get(kind, ())[:number]:
            found |= {change.key: change.after for change in changes}
        return {key: state for key, state in sorted(found.items()) if state is not None}

    def history(self, kind: str, key: str, limit: int = 50) -> tuple[tuple[ContentVersion, EntryChange], ...]:
        found = [(version, change) for version, changes in self._versions.get(kind, ()) for change in changes if change.key == key]
        return tuple(reversed(found))[:limit]

    def keep_upload(self, upload: KeptUpload) -> None:
        oldest = upload.at - timedelta(days=1)
        self._uploads = {digest: kept for digest, kept in self._uploads.items() if kept.at >= oldest} | {upload.digest: replace(upload)}

    def upload(self, digest: str) -> KeptUpload | None:
        return self._uploads.get(digest)
