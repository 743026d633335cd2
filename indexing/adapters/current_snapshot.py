"""Keeps the current snapshot open, notices a switch, and falls back to the newest sound one when the current is damaged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, TypeVar

import structlog

from indexing.errors import IndexingError, NoSnapshot, SnapshotDamaged, SnapshotMismatch
from indexing.models import SnapshotManifest
from indexing.ports import Tokenizer
from indexing.searchable_index import SearchableIndex
from indexing.vector_adaptation import adapted_fingerprint, is_made_with
from indexing.vocabulary import PolicyVocabulary
from knowledge_base.errors import KnowledgeBaseError

_log = structlog.get_logger(__name__)


PointerState = tuple[int, ...]
Opened = TypeVar("Opened", bound=SearchableIndex)
Opened_co = TypeVar("Opened_co", bound=SearchableIndex, covariant=True)


class SnapshotSource(Protocol[Opened_co]):
    """What can be opened, and which of it answers now: a folder or an engine."""

    def pointer_state(self) -> PointerState | None:
        """Changes with every switch; cheap enough to ask twice a second."""

    def current_id(self) -> str | None: ...

    def snapshot_ids(self) -> tuple[str, ...]:
        """Newest first."""

    def manifest(self, snapshot_id: str) -> SnapshotManifest:
        """Raises SnapshotDamaged."""

    def open(self, snapshot_id: str) -> Opened_co:
        """Checked. Raises SnapshotDamaged."""

    def vocabulary(self, snapshot_id: str) -> PolicyVocabulary | None:
        """What its terms were cut with; None where it keeps none. Raises SnapshotDamaged."""


class ServingSnapshot(NamedTuple, Generic[Opened]):
    """An open snapshot with the tokenizer that fits it: they are switched together."""

    snapshot: Opened
    tokenizer: Tokenizer


class CurrentSnapshot(Generic[Opened]):
    """Hands out the open snapshot. A caller keeps what it got for as long as it needs it; the last one to let go frees it."""

    def __init__(
        self,
        store: SnapshotSource[Opened],
        embedder_fingerprint: str,
        tokenizer_of: Callable[[SnapshotManifest], Tokenizer],
        check_every_s: float,
        only: str | None = None,
    ) -> None:
        """`only` names the one snapshot to keep open, current or not. `tokenizer_of` raises SnapshotMismatch, SnapshotDamaged."""
        self._store, self._check_every_s, self._only = store, check_every_s, only
        self._embedder_fingerprint, self._tokenizer_of = embedder_fingerprint, tokenizer_of
        self._open: ServingSnapshot[Opened] | None = None
        self._seen: PointerState | None = None
        self._next_check = 0.0
        self._loading = threading.Lock()

    def get(self) -> ServingSnapshot[Opened]:
        """Raises NoSnapshot, SnapshotMismatch or SnapshotDamaged, but only while nothing usable is open.

        A switch is noticed within `check_every_s` and loaded beside; queries go on with the old snapshot until the new one is ready.
        """
        current = self._open
        if current is None:
            return self.reload()
        now = time.monotonic()
        if self._only is None and now >= self._next_check:
            # An engine out of reach is asked again at once: nothing can be searched before it is back.
            state = self._store.pointer_state()
            self._next_check = now + self._check_every_s
            if state != self._seen and not self._loading.locked():
                threading.Thread(target=self._reload_beside, name="snapshot-switch", daemon=True).start()
        return current

    def reload(self) -> ServingSnapshot[Opened]:
        """Open what CURRENT names, now, unless it is open already."""
        with self._loading:
            state = self._store.pointer_state()
            if self._open is None or state != self._seen:
                self._open = self._load()
                self._seen = state
                opened = self._open.snapshot
                _log.info("snapshot_opened", snapshot=opened.manifest.snapshot_id, passages=opened.manifest.passage_count)
            return self._open

    def _reload_beside(self) -> None:
        try:
            self.reload()
        except IndexingError as error:
            # Not tried again until the pointer changes: the same files would fail the same way twice a second.
            self._seen = self._store.pointer_state()
            _log.warning("snapshot_not_switched", reason=str(error))
        except KnowledgeBaseError as error:
            # An engine out of reach may be back at the next look.
            _log.warning("snapshot_engine_unreachable", reason=str(error))

    def _load(self) -> ServingSnapshot[Opened]:
        if self._only is not None:
            return self._checked(self._only)
        named = self._store.current_id()
        if named is None:
            return self._newest_sound(NoSnapshot(), skip=None)
        try:
            return self._checked(named)
        except SnapshotDamaged as damage:
            # A prune may have taken the folder while it was being read; the pointer has then moved on.
            if self._store.current_id() != named:
                return self._load()
            return self._newest_sound(damage, skip=named)

    def _newest_sound(self, why: IndexingError, skip: str | None) -> ServingSnapshot[Opened]:
        for snapshot_id in self._store.snapshot_ids():
            if snapshot_id == skip:
                continue
            try:
                found = self._checked(snapshot_id)
            except (SnapshotDamaged, SnapshotMismatch) as unusable:
                _log.warning("snapshot_passed_over", snapshot=snapshot_id, reason=str(unusable))
            else:
                _log.warning("fell_back_to_older_snapshot", snapshot=snapshot_id, reason=str(why))
                return found
        raise why

    def _checked(self, snapshot_id: str) -> ServingSnapshot[Opened]:
        manifest = self._store.manifest(snapshot_id)
        if not is_made_with(manifest.embedder_fingerprint, self._embedder_fingerprint):
            raise SnapshotMismatch(snapshot_id, manifest.embedder_fingerprint, self._embedder_fingerprint)
        tokenizer, snapshot = self._tokenizer_of(manifest), self._store.open(snapshot_id)
        if manifest.embedder_fingerprint != adapted_fingerprint(self._embedder_fingerprint, snapshot.adapter):
            raise SnapshotDamaged(snapshot_id, "其中的向量适配器与清单所写的不是同一个")
        return ServingSnapshot(snapshot, tokenizer)
