"""The shelf of snapshots on disk: folders that never change, and one pointer file that names the current one."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import structlog
from filelock import FileLock, Timeout

from indexing.adapters.current_snapshot import PointerState
from indexing.adapters.open_snapshot import OpenSnapshot
from indexing.adapters.passage_terms import PassageTerms, collect_terms
from indexing.adapters.rollback import roll_back
from indexing.adapters.snapshot_format import MANIFEST, flush, read_manifest, read_vocabulary
from indexing.adapters.snapshot_writer import BUILDING, write_snapshot
from indexing.errors import RefreshInProgress, SnapshotDamaged
from indexing.late_interaction import TokenRows
from indexing.models import Passage, SnapshotManifest
from indexing.ports import IndexingParts, PassageState, Progress, Vectors
from indexing.tuning import Tuning, default_tuning
from indexing.vocabulary import PolicyVocabulary

_log = structlog.get_logger(__name__)


class SnapshotStore:
    """Implements SnapshotShelf under `folder`: snapshots/<id>/, CURRENT, refresh.lock."""

    def __init__(self, folder: Path, tuning: Tuning | None = None) -> None:
        self._folder, self._snapshots, self._pointer = folder, folder / "snapshots", folder / "CURRENT"
        self._tuning = tuning or default_tuning()

    def engine(self) -> str:
        return "本机文件"

    def snapshot_ids(self) -> tuple[str, ...]:
        """Newest first."""
        if not self._snapshots.is_dir():
            return ()
        found = (path.name for path in self._snapshots.iterdir() if not path.name.startswith(".") and (path / MANIFEST).is_file())
        return tuple(sorted(found, reverse=True))

    def snapshots(self) -> tuple[SnapshotManifest, ...]:
        """Manifests, newest first; one that cannot be read is left out."""
        return tuple(manifest for snapshot_id in self.snapshot_ids() if (manifest := self._readable(snapshot_id)))

    def current_id(self) -> str | None:
        try:
            return self._pointer.read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def pointer_state(self) -> PointerState | None:
        """Changes with every switch; one stat, so cheap enough to ask often."""
        try:
            found = self._pointer.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def current(self) -> SnapshotManifest | None:
        """None where there is none, or the current one is damaged."""
        snapshot_id = self.current_id()
        return self._readable(snapshot_id) if snapshot_id else None

    def manifest(self, snapshot_id: str) -> SnapshotManifest:
        return read_manifest(self._snapshots / snapshot_id)

    def open(self, snapshot_id: str) -> OpenSnapshot:
        """Checks every checksum. Raises SnapshotDamaged."""
        return OpenSnapshot(self._snapshots / snapshot_id, self._tuning.snapshots.cached_masks)

    def vocabulary(self, snapshot_id: str) -> PolicyVocabulary | None:
        """What its terms were cut with; None where it keeps none. Raises SnapshotDamaged."""
        return read_vocabulary(self._snapshots / snapshot_id)

    def passage_states(self, snapshot_id: str) -> dict[str, PassageState]:
        return self.open(snapshot_id).digests().by_id()

    def token_digests(self, snapshot_id: str) -> dict[str, str]:
        snapshot = self.open(snapshot_id)
        rows = snapshot.token_rows
        if rows is None:
            return {}
        return {snapshot.passages[row].id: hashlib.sha256(rows.of(row).tobytes()).hexdigest() for row in range(len(rows))}

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """One refresh at a time across processes; a lock dies with its process."""
        self._snapshots.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / "refresh.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as held:
            raise RefreshInProgress from held
        try:
            self._clear_leftovers()
            yield
        finally:
            lock.release()

    def write(
        self,
        passages: Sequence[Passage],
        vectors: Vectors,
        parts: IndexingParts,
        progress: Progress,
        tokens: Iterable[TokenRows] = (),
    ) -> SnapshotManifest:
        terms = self._terms(passages, parts, progress)
        return write_snapshot(
            self._snapshots,
            passages=passages,
            vectors=vectors,
            tokens=tokens,
            terms=terms,
            parts=parts,
            tuning=self._tuning,
            progress=progress,
        )

    def switch_to(self, snapshot_id: str) -> None:
        """Replace the pointer in one step: a reader sees the old name or the new one, never half of either."""
        if not (self._snapshots / snapshot_id / MANIFEST).is_file():
            raise SnapshotDamaged(snapshot_id, "没有这个快照")
        written = self._folder / f".CURRENT-{os.getpid()}"
        written.write_text(snapshot_id + "\n", encoding="utf-8")
        flush(written)
        written.replace(self._pointer)
        flush(self._folder)

    def rollback(self, to: str | None = None) -> str:
        """Make an older snapshot current again (`to`, or the newest sound one before the current) and return its id.

        Raises SnapshotDamaged where `to` is not sound, NoSnapshot where nothing older is left.
        """
        return roll_back(self, self.open, to)

    def discard(self, snapshot_id: str) -> None:
        if snapshot_id in self.snapshot_ids() and snapshot_id != self.current_id():
            self._remove(self._snapshots / snapshot_id)

    def prune(self) -> None:
        """Readers that still have a removed snapshot open keep it: its pages live until they let go."""
        current = self.current_id()
        for snapshot_id in self.snapshot_ids()[self._tuning.snapshots.keep :]:
            if snapshot_id != current:
                self._remove(self._snapshots / snapshot_id)

    def _terms(self, passages: Sequence[Passage], parts: IndexingParts, progress: Progress) -> PassageTerms:
        known, known_rows = None, {}
        current = self.current()
        if current is not None and current.tokenizer_fingerprint == parts.lexical_fingerprint:
            try:
                snapshot = self.open(current.snapshot_id)
                known, known_rows = snapshot.terms(), snapshot.digests().rows_by_text()
            except SnapshotDamaged as damage:
                _log.warning("current_snapshot_damaged", snapshot=current.snapshot_id, reason=damage.reason)
        return collect_terms(passages, parts.tokenizer, known, known_rows, progress)

    def _readable(self, snapshot_id: str) -> SnapshotManifest | None:
        try:
            return self.manifest(snapshot_id)
        except SnapshotDamaged as damage:
            _log.warning("snapshot_damaged", snapshot=snapshot_id, reason=damage.reason)
            return None

    def _clear_leftovers(self) -> None:
        for path in [*self._snapshots.glob(f"{BUILDING}*"), *self._snapshots.glob(".removed-*"), *self._folder.glob(".CURRENT-*")]:
            _log.info("leftover_removed", name=path.name)
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _remove(self, folder: Path) -> None:
        # Renamed first: nobody may find a folder under a snapshot's name with half of its files.
        gone = folder.with_name(f".removed-{folder.name}")
        folder.rename(gone)
        shutil.rmtree(gone)
