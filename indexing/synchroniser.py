"""Bring the index in line with the policy base: split, compare, embed what changed, write a snapshot beside, switch."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from indexing.cached_vectors import CachedVectors, EmbeddedTexts
from indexing.errors import SnapshotDamaged
from indexing.index_changes import compare_passages
from indexing.late_interaction import TokenRows
from indexing.models import IndexChange, IndexingReport, Passage, SnapshotManifest
from indexing.passage_splitter import guide_passage, split_edition
from indexing.ports import (
    Embedder,
    IndexingParts,
    PassageState,
    Progress,
    SnapshotShelf,
    TokenEmbedder,
    Tokenizer,
    VectorAdapter,
    VectorCache,
    Vectors,
)
from indexing.tuning import Tuning
from indexing.vector_adaptation import UNADAPTED
from knowledge_base.ports import DocumentStore, GuideStore, silent
from knowledge_base.validity import editions

_Known = tuple[Vectors, Sequence[TokenRows]]
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
        adapter: VectorAdapter = UNADAPTED,
    ) -> None:
        """`cache` holds vectors as the model makes them, so that another adapter embeds nothing anew."""
        self._documents, self._guides = documents, guides
        self._embedder, self._tokenizer = embedder, tokenizer
        self.vectors = CachedVectors(embedder, cache, tuning.snapshots.embed_batch)
        self._snapshots, self._tuning, self.adapter = snapshots, tuning, adapter

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
        started, report = time.monotonic(), progress or silent
        return self._build(self._passages(report), None, report, started)

    def publish(
        self, passages: Sequence[Passage], vectors: Vectors, tokens: Sequence[TokenRows] = (), *, remember: bool = False
    ) -> IndexingReport:
        """Index exactly these passages with vectors that are known already: for measuring. Raises RefreshInProgress.

        `tokens` are needed where the embedder gives them. `remember`: later refreshes know all of these too.
        """
        with self._snapshots.refreshing():
            if remember:
                texts = [passage.search_text for passage in passages]
                self.vectors.remember(texts, vectors)
                if self.vectors.tokens:
                    self.vectors.tokens.remember(texts, tokens)
            return self.switch_to(self._build(passages, (vectors, tokens), silent, time.monotonic()))

    def embedded_passages(self, progress: Progress | None = None) -> tuple[list[Passage], Vectors]:
        """All that is published now, and the vectors as the model makes them; no snapshot is written or read. For training."""
        report = progress or silent
        passages = self._passages(report)
        return passages, self._embedded(passages, report).vectors

    def switch_to(self, built: BuiltSnapshot) -> IndexingReport:
        """From now on it answers, and the oldest go."""
        if built.is_new:
            self._snapshots.switch_to(built.manifest.snapshot_id)
            self._snapshots.prune()
        took_s = time.monotonic() - built.started
        return IndexingReport(built.manifest.snapshot_id, built.change, built.embedded, built.from_cache, took_s, switched=built.is_new)

    @property
    def vector_fingerprint(self) -> str:
        """What the next snapshot's vectors will be named by."""
        return self._parts().vector_fingerprint

    def _build(self, passages: Sequence[Passage], known: _Known | None, progress: Progress, started: float) -> BuiltSnapshot:
        current = self._usable_current()
        now = {passage.id: PassageState(passage.digest, passage.start, passage.end) for passage in passages}
        before = current.passages if current else {}
        change = compare_passages(_digests(before), _digests(now))
        if current is not None and before == now:
            return BuiltSnapshot(current.manifest, change, passages, 0, 0, started, is_new=False)
        found = self._embedded(passages, progress) if known is None else EmbeddedTexts(known[0], 0, 0)
        tokens = self._tokens(passages) if known is None else known[1]
        manifest = self._snapshots.write(passages, found.vectors, self._parts(), progress, tokens)
        return BuiltSnapshot(manifest, change, passages, found.embedded, found.from_cache, started, is_new=True)

    def _passages(self, progress: Progress) -> list[Passage]:
        total, sizes = self._documents.count(), self._tuning.passages
        passages: list[Passage] = []
        for done, history in enumerate(self._documents.histories(), start=1):
            passages += [passage for edition in editions(history) for passage in split_edition(edition, sizes)]
            progress("切分条款", done, total)
        return passages + [guide_passage(guide, sizes) for guide in self._guides.all()]

    def _embedded(self, passages: Sequence[Passage], progress: Progress) -> EmbeddedTexts:
        return self.vectors.passages([passage.search_text for passage in passages], progress)

    def _tokens(self, passages: Sequence[Passage]) -> Iterable[TokenRows]:
        return self.vectors.tokens.of([passage.search_text for passage in passages]) if self.vectors.tokens else ()

    def _usable_current(self) -> _CurrentState | None:
        """None where the next snapshot cannot build on the current one: there is none, it is damaged, or made by other parts."""
        manifest, parts = self._snapshots.current(), self._parts()
        if manifest is None:
            return None
        made_with = manifest.embedder_fingerprint, manifest.tokenizer_fingerprint, manifest.token_fingerprint
        if made_with != (parts.vector_fingerprint, parts.lexical_fingerprint, parts.token_fingerprint):
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
            adapter=self.adapter,
            token_fingerprint=self._embedder.token_fingerprint if isinstance(self._embedder, TokenEmbedder) else "",
        )


def _digests(states: dict[str, PassageState]) -> dict[str, str]:
    return {passage_id: state.digest for passage_id, state in states.items()}
