"""Search the current snapshot: both searches under one mask, then fusion. The order of steps is `SnapshotSearcher.search`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from indexing.adapters.current_snapshot import CurrentSnapshot, ServingSnapshot
from indexing.adapters.open_snapshot import OpenSnapshot, RowFilter, Rows
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.adapters.snapshot_tokenizers import FittingTokenizer
from indexing.character_pairs import character_pairs
from indexing.models import RankedPassage, RankingMode, SearchQuery, SearchResult, SnapshotManifest
from indexing.ports import Embedder, RegionLineage, Tokenizer
from indexing.rank_fusion import Scores, best_first, fuse, vector_weight
from indexing.tuning import Tuning
from indexing.vocabulary import PolicyVocabulary


class SnapshotSearcher:
    """Implements PassageSearcher. Safe from many threads; picks up new snapshots by itself, unless `only` names the one to search."""

    def __init__(  # noqa: PLR0913, PLR0917 (the parts of a search, in the order of its steps)
        self,
        store: SnapshotStore,
        embedder: Embedder,
        tokenizer: Tokenizer,
        tuning: Tuning,
        regions: RegionLineage,
        only: str | None = None,
        tokenizers: Callable[[PolicyVocabulary], Tokenizer] | None = None,
    ) -> None:
        """`tokenizers` makes one of the vocabulary kept with a snapshot; without it a snapshot made by another `tokenizer` is refused."""
        self._tuning, self._regions, self._embedder = tuning, regions, embedder
        fitting = FittingTokenizer(store, tokenizer, tuning.lexical, tokenizers)
        self._current = CurrentSnapshot(store, embedder.fingerprint, fitting, tuning.snapshots.check_every_s, only)

    def manifest(self) -> SnapshotManifest:
        """Of the snapshot that answers now. Raises NoSnapshot, SnapshotMismatch, SnapshotDamaged."""
        return self._current.get().snapshot.manifest

    def tokenizer(self) -> Tokenizer:
        """That of the snapshot that answers now. Raises as `manifest`."""
        return self._current.get().tokenizer

    def reload(self) -> None:
        """Take up a switch now instead of within half a second."""
        self._current.reload()

    def search(self, query: SearchQuery, mode: RankingMode = RankingMode.DEFAULT) -> SearchResult:
        """Raises NoSnapshot, SnapshotMismatch, SnapshotDamaged, UnknownRegion."""
        timings: dict[str, float] = {}
        serving = self._current.get()
        snapshot = serving.snapshot
        with _timed(timings, "mask"):
            rows = snapshot.row_filter(query.as_of, self._regions.lineage(query.jurisdiction) if query.jurisdiction else None)
        depth = max(self._tuning.fusion.candidates, query.limit)
        vector, nearest = self._vector_side(snapshot, query.text, rows, 0 if mode is RankingMode.LEXICAL else depth, timings)
        lexical, matching, ceiling = self._lexical_side(serving, query.text, rows, 0 if mode is RankingMode.VECTOR else depth, timings)
        with _timed(timings, "fuse"):
            candidates = np.union1d(nearest, matching)
            similarities = snapshot.similarities(vector, candidates) if vector is not None else np.zeros(len(candidates), dtype=np.float32)
            bm25 = lexical[candidates] if lexical is not None else np.zeros(len(candidates), dtype=np.float32)
            coverage = float(bm25.max(initial=0.0)) / ceiling if ceiling else 0.0
            share = bm25 / np.float32(ceiling) if ceiling else bm25
            large = len(snapshot.passages) >= self._tuning.fusion.centre_from
            nearness = similarities
            if large and vector is not None:
                nearness = snapshot.centred_similarities(vector, candidates)
            elif mode is RankingMode.DEFAULT:
                # The mean of a few documents is what one of them says, so there it only sets the scale.
                nearness = snapshot.spread_similarities(similarities)
            fused = fuse(nearness, share, self._vector_weight(mode, coverage, large))
            order = best_first(fused, query.limit)
        with _timed(timings, "read"):
            hits = tuple(
                RankedPassage(snapshot.passages[row], score, similarity, raw)
                for row, score, similarity, raw in zip(
                    candidates[order].tolist(), fused[order].tolist(), similarities[order].tolist(), bm25[order].tolist(), strict=True
                )
            )
        return SearchResult(hits, snapshot.manifest.snapshot_id, timings)

    def _vector_weight(self, mode: RankingMode, coverage: float, large: bool) -> float:
        if mode is not RankingMode.DEFAULT:
            return 0.0 if mode is RankingMode.LEXICAL else 1.0
        return vector_weight(coverage, self._tuning.fusion) if large else self._tuning.fusion.vector_weight_small

    def _vector_side(
        self, snapshot: OpenSnapshot, text: str, rows: RowFilter, depth: int, timings: dict[str, float]
    ) -> tuple[npt.NDArray[np.float32] | None, Rows]:
        if depth == 0:
            return None, np.empty(0, dtype=np.int64)
        with _timed(timings, "embed"):
            vector = self._embedder.embed_queries([text])[0]
        with _timed(timings, "vector"):
            return vector, snapshot.nearest(vector, rows, depth)

    def _lexical_side(
        self, serving: ServingSnapshot, text: str, rows: RowFilter, depth: int, timings: dict[str, float]
    ) -> tuple[Scores | None, Rows, float]:
        """Scores of every row, the best allowed rows, and the highest score the question could reach."""
        if depth == 0:
            return None, np.empty(0, dtype=np.int64), 0.0
        with _timed(timings, "terms"):
            terms = list(dict.fromkeys([*serving.tokenizer.query_terms(text), *character_pairs(text)]))
        with _timed(timings, "lexical"):
            scores, snapshot = serving.snapshot.lexical.scores(terms), serving.snapshot
            return scores, snapshot.best_lexical(scores, rows, depth), snapshot.lexical.ceiling(terms)


@contextmanager
def _timed(timings: dict[str, float], step: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    timings[step] = (time.perf_counter() - started) * 1000
