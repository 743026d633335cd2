"""Bring the index in line with the policy base: split, compare, embed what changed, write a snapshot beside, switch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import structlog

from indexing.errors import SnapshotDamaged
from indexing.index_changes import compare_passages
from indexing.models import IndexChange, IndexingReport, Passage, SnapshotManifest
from indexing.passage_splitter import guide_passage, split_edition, text_digest
from indexing.ports import Embedder, IndexingParts, PassageState, Progress, SnapshotShelf, Tokenizer, VectorCache, Vectors
from indexing.tuning import Tuning
from knowledge_base.ports import DocumentStore, GuideStore
from knowledge_base.validity import editions

_CACHE_READ = 4096
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BuiltSnapshot:
    """`is_new` False: nothing has changed, and `manifest` is that of the current snapshot. `started` is on the monotonic clock."""

    manifest: SnapshotManifest
    change: IndexChange
    passages: Sequence[Passage]
    embedded: int
    from_cache: int
    started: float
    is_new: bool


@dataclass(frozen=True, slots=True)
class _CurrentState:
    manifest: SnapshotManifest
    passages: dict[str, PassageState]


@dataclass(frozen=True, slots=True)
class _EmbeddedPassages:
    vectors: Vectors
    embedded: int
    from_cache: int


class Synchroniser:
    """One refresh at a time, across processes. Readers never notice it until the switch."""

    def __init__(  # noqa: PLR0913, PLR0917 (one argument per part of the index; the order is the order of the flow)
        self,
        documents: DocumentStore,
        guides: GuideStore,
        embedder: Embedder,
        tokenizer: Tokenizer,
        cache: VectorCache,
        snapshots: SnapshotShelf,
        tuning: Tuning,
    ) -> None:
        self._documents, self._guides = documents, guides
        self._embedder, self._tokenizer, self._cache = embedder, tokenizer, cache
        self._snapshots, self._tuning = snapshots, tuning

    def refresh(self, progress: Progress | None = None) -> IndexingReport:
        """Build and switch. `progress` hears Chinese step names.

        Raises RefreshInProgress; whatever else goes wrong, the last good snapshot goes on answering.
        """
        with self._snapshots.refreshing():
            return self.switch_to(self.build(progress))

    def build(self, progress: Progress | None = None) -> BuiltSnapshot:
        """Write a snapshot of what is published now, unless the current one is that. For a caller that holds `refreshing` of the shelf.

        Every edition is indexed, in force or not: the date of the question decides later. What `progress` raises ends the building.
        """
        started, report = time.monotonic(), progress or _silent
        return self._build(self._passages(report), None, report, started)

    def publish(
        self, passages: Sequence[Passage], vectors: Vectors, progress: Progress | None = None, *, remember: bool = False
    ) -> IndexingReport:
        """Index exactly these passages with vectors that are known already: for measuring. Raises RefreshInProgress.

        `remember`: later refreshes know these vectors too.
        """
        with self._snapshots.refreshing():
            for start in range(0, len(passages) if remember else 0, _CACHE_READ):
                part = [text_digest(passage.search_text) for passage in passages[start : start + _CACHE_READ]]
                self._cache.put(dict(zip(part, vectors[start:], strict=False)), self._embedder.fingerprint)
            return self.switch_to(self._build(passages, vectors, progress or _silent, time.monotonic()))

    def switch_to(self, built: BuiltSnapshot) -> IndexingReport:
        """From now on it answers, and the oldest go."""
        if built.is_new:
            self._snapshots.switch_to(built.manifest.snapshot_id)
            self._snapshots.prune()
        took_s = time.monotonic() - built.started
        return IndexingReport(built.manifest.snapshot_id, built.change, built.embedded, built.from_cache, took_s, switched=built.is_new)

    @property
    def embedder_fingerprint(self) -> str:
        return self._embedder.fingerprint

    def _build(self, passages: Sequence[Passage], vectors: Vectors | None, progress: Progress, started: float) -> BuiltSnapshot:
        current = self._usable_current()
        now = {passage.id: PassageState(passage.digest, passage.start, passage.end) for passage in passages}
        before = current.passages if current else {}
        change = compare_passages(_digests(before), _digests(now))
        if current is not None and before == now:
            return BuiltSnapshot(current.manifest, change, passages, 0, 0, started, is_new=False)
        found = self._vectors(passages, progress) if vectors is None else _EmbeddedPassages(vectors, 0, 0)
        manifest = self._snapshots.write(passages, found.vectors, self._parts(), progress)
        return BuiltSnapshot(manifest, change, passages, found.embedded, found.from_cache, started, is_new=True)

    def _passages(self, progress: Progress) -> list[Passage]:
        total, sizes = self._documents.count(), self._tuning.passages
        passages: list[Passage] = []
        for done, history in enumerate(self._documents.histories(), start=1):
            passages += [passage for edition in editions(history) for passage in split_edition(edition, sizes)]
            progress("切分条款", done, total)
        return passages + [guide_passage(guide, sizes) for guide in self._guides.all()]

    def _usable_current(self) -> _CurrentState | None:
        """None where the next snapshot cannot build on the current one: there is none, it is damaged, or made by other parts."""
        manifest, parts = self._snapshots.current(), self._parts()
        if manifest is None:
            return None
        if (manifest.embedder_fingerprint, manifest.tokenizer_fingerprint) != (parts.embedder_fingerprint, parts.lexical_fingerprint):
            return None
        try:
            return _CurrentState(manifest, self._snapshots.passage_states(manifest.snapshot_id))
        except SnapshotDamaged as damage:
            _log.warning("snapshot_rebuilt", snapshot=manifest.snapshot_id, reason=damage.reason)
            return None

    def _parts(self) -> IndexingParts:
        return IndexingParts(
            embedder_fingerprint=self._embedder.fingerprint,
            dimension=self._embedder.dimension,
            tokenizer=self._tokenizer,
            lexical_fingerprint=self._tuning.lexical.fingerprint(self._tokenizer.fingerprint),
        )

    def _vectors(self, passages: Sequence[Passage], progress: Progress) -> _EmbeddedPassages:
        vectors = np.zeros((len(passages), self._embedder.dimension), dtype=np.float32)
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(passages):
            rows.setdefault(text_digest(passage.search_text), []).append(row)
        missing = list(self._fill_from_cache(rows, vectors, progress))
        self._embed_missing(missing, rows, passages, vectors, progress)
        return _EmbeddedPassages(vectors, embedded=len(missing), from_cache=len(rows) - len(missing))

    def _fill_from_cache(self, rows: dict[str, list[int]], vectors: Vectors, progress: Progress) -> Iterator[str]:
        digests = list(rows)
        for start in range(0, len(digests), _CACHE_READ):
            batch = digests[start : start + _CACHE_READ]
            known = self._cache.get(batch, self._embedder.fingerprint)
            for digest in batch:
                if digest in known:
                    vectors[rows[digest]] = known[digest]
                else:
                    yield digest
            progress("读取已有向量", start + len(batch), len(digests))

    def _embed_missing(
        self, missing: list[str], rows: dict[str, list[int]], passages: Sequence[Passage], vectors: Vectors, progress: Progress
    ) -> None:
        # Longest first: texts of one length share a batch, and memory peaks at once instead of after an hour.
        missing.sort(key=lambda digest: -len(passages[rows[digest][0]].search_text))
        size = self._tuning.snapshots.embed_batch
        for start in range(0, len(missing), size):
            batch = missing[start : start + size]
            embedded = self._embedder.embed_passages([passages[rows[digest][0]].search_text for digest in batch])
            # Saved batch by batch, so that a killed refresh repeats one batch at most.
            self._cache.put(dict(zip(batch, embedded, strict=True)), self._embedder.fingerprint)
            for digest, vector in zip(batch, embedded, strict=True):
                vectors[rows[digest]] = vector
            progress("计算向量", start + len(batch), len(missing))


def _digests(states: dict[str, PassageState]) -> dict[str, str]:
    return {passage_id: state.digest for passage_id, state in states.items()}


def _silent(step: str, done: int, total: int) -> None:
    """Nobody listens."""
