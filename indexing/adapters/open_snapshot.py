"""One snapshot, opened for reading. Nothing in it ever changes, so any number of threads may search it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from indexing.adapters.lexical_index import LexicalIndex
from indexing.adapters.passage_digests import PassageDigests
from indexing.adapters.passage_lines import PassageLines
from indexing.adapters.passage_terms import PassageTerms
from indexing.adapters.quick_vectors import QuickVectors
from indexing.adapters.snapshot_candidates import find_candidates
from indexing.adapters.snapshot_columns import Mask, SnapshotColumns
from indexing.adapters.snapshot_format import (
    ADAPTER,
    BASE_VECTORS,
    COLUMNS,
    DIGESTS,
    LEXICAL,
    QUICK_VECTORS,
    TERMS,
    VECTORS,
    check_files,
    read_manifest,
)
from indexing.adapters.snapshot_tokens import SnapshotTokens
from indexing.adapters.vector_adapter import load_adapter
from indexing.errors import AdapterUnavailable, SnapshotDamaged
from indexing.late_interaction import TokenRows
from indexing.models import Passage
from indexing.paired_vectors import SearchHalf, is_paired
from indexing.ports import VectorAdapter, Vectors
from indexing.rank_fusion import Scores, best_first
from indexing.searchable_index import Candidates, PreparedQuery, Rows, Timings
from indexing.vector_adaptation import UNADAPTED

# Share of the rows from which on all are compared with the question: the memory passes by anyway, and the next filter needs no more of it.
_MOST_ROWS = 0.25
# Rows taken by the quick vectors: of the hundred nearest of 62,000 articles 1,000 of them hold .986, and all but .003 of the ten nearest.
_PROPOSED, _PROPOSED_PER_ROW = 1000, 10
# Of them so many times the rows that are wanted must be allowed; else those that are may not be the nearest.
_ALLOWED_PER_ROW = 4
# Bytes of cosines kept for the next filter of the same question.
_KEPT_COSINES = 16 << 20


@dataclass(frozen=True, slots=True)
class RowFilter:
    """A mask in the two forms the searches need. `selector` None means that every row is allowed.

    `share` of the rows that are allowed. `sizes` int64 [documents]: how many allowed rows each document has.
    """

    mask: Mask | None
    selector: faiss.SearchParameters | None
    share: float
    sizes: npt.NDArray[np.int64]

    @classmethod
    def of(cls, mask: Mask, columns: SnapshotColumns) -> RowFilter:
        documents = len(columns.documents)
        if mask.all():
            return cls(None, None, 1.0, np.bincount(columns.document_ids, minlength=documents))
        bits = np.packbits(mask, bitorder="little")
        # faiss replaces these constructors at import; its stubs show the C++ ones.
        selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
        sizes = np.bincount(columns.document_ids[mask], minlength=documents)
        return cls(mask, faiss.SearchParameters(sel=selector), float(mask.mean()), sizes)  # type: ignore[call-arg]


class OpenSnapshot:
    """Implements SearchableIndex on a snapshot folder, through memory maps; rows are places in it.

    Raises SnapshotDamaged on opening where a file is missing, changed or out of step.
    """

    def __init__(self, folder: Path, cached_masks: int = 64, verify: bool = True) -> None:
        self.manifest = read_manifest(folder)
        if verify:
            check_files(folder, self.manifest)
        self._folder, self._cached_masks = folder, cached_masks
        try:
            self._index = faiss.read_index(str(folder / VECTORS), faiss.IO_FLAG_MMAP_IFC)
            self.lexical = LexicalIndex(folder / LEXICAL)
            self.columns = SnapshotColumns.load(folder / COLUMNS)
            self.passages = PassageLines(folder)
            self.adapter = adapter_of(folder, self.manifest.embedder_fingerprint)
            self._base_vectors = _base_vectors(folder)
            self._quick = QuickVectors.load(folder / QUICK_VECTORS) if (folder / QUICK_VECTORS).is_file() else None
            self.token_rows = SnapshotTokens(folder) if self.manifest.token_fingerprint else None
        except (OSError, RuntimeError, ValueError, KeyError, AdapterUnavailable) as error:
            raise SnapshotDamaged(folder.name, f"文件读不出来（{error}）") from error
        self._check_counts()
        self.vectors: Vectors = view_of(self._index)  # type: ignore[arg-type]  # the stub of read_index names the base class
        self._cosines = _remembered_cosines(self.vectors)
        self._filters: OrderedDict[tuple[date | None, tuple[str, ...] | None], RowFilter] = OrderedDict()
        self._lock = threading.Lock()

    def candidates(self, query: PreparedQuery, timings: Timings) -> Candidates:
        return find_candidates(self, query, timings)

    def read(self, found: Candidates, places: npt.NDArray[np.int64]) -> list[Passage]:
        return [self.passages[row] for row in found.rows[places].tolist()]

    def tokens(self, found: Candidates, places: npt.NDArray[np.int64]) -> list[TokenRows]:
        return [self.token_rows.of(row) for row in found.rows[places].tolist()] if self.token_rows else []

    def row_filter(self, day: date | None, regions: Sequence[str] | None) -> RowFilter:
        """The filter for a day and the regions that bind there, from a cache of the least recently used."""
        key = (day, tuple(regions) if regions is not None else None)
        with self._lock:
            if key in self._filters:
                self._filters.move_to_end(key)
                return self._filters[key]
        made = RowFilter.of(self.columns.mask(day, regions), self.columns)
        with self._lock:
            self._filters[key] = made
            while len(self._filters) > self._cached_masks:
                self._filters.popitem(last=False)
        return made

    def nearest(self, query: npt.NDArray[np.float32], rows: RowFilter, limit: int) -> Rows:
        """Rows with the highest inner product among the allowed, best first."""
        if not len(self.passages):
            return np.empty(0, dtype=np.int64)
        if rows.share >= _MOST_ROWS:
            quick = self._quick
            found = self._nearest_of_all(query, rows, limit) if quick is None else self._nearest_of_proposed(quick, query, rows, limit)
            if found is not None:
                return found
        # Per thread: two threads on busy cores made a 6 ms query 24 ms.
        faiss.omp_set_num_threads(1)
        _, nearest_first = self._index.search(query.reshape(1, -1), min(limit, len(self.passages)), params=rows.selector)
        nearest: Rows = nearest_first[0][nearest_first[0] >= 0]
        return nearest

    def _nearest_of_proposed(self, quick: QuickVectors, query: npt.NDArray[np.float32], rows: RowFilter, limit: int) -> Rows | None:
        """The best of many times more rows than wanted; None where too few of those are allowed to tell."""
        proposed = np.sort(quick.proposed(query, int(max(_PROPOSED, limit * _PROPOSED_PER_ROW) / rows.share)))
        allowed = proposed if rows.mask is None else proposed[rows.mask[proposed]]
        if len(allowed) < limit * _ALLOWED_PER_ROW:
            return None
        found: Rows = allowed[best_first(self.similarities(query, allowed), limit)]
        return found

    def _nearest_of_all(self, query: npt.NDArray[np.float32], rows: RowFilter, limit: int) -> Rows | None:
        """As faiss finds them, from cosines that serve every filter of the same question; None where equals stand at the end."""
        cosines = self._cosines(query.astype(np.float32).tobytes())
        allowed = cosines if rows.mask is None else np.where(rows.mask, cosines, -np.inf)
        if limit >= allowed.size:
            return None
        last = np.partition(allowed, allowed.size - limit)[allowed.size - limit]
        found: Rows = np.flatnonzero(allowed >= last)
        return found[np.argsort(-allowed[found], kind="stable")] if len(found) == limit and last > -np.inf else None

    def similarities(self, query: npt.NDArray[np.float32], rows: Rows) -> Scores:
        """Inner products of the query with these rows."""
        similarities: Scores = np.einsum("ij,j->i", self.vectors[rows], query)
        return similarities

    def base_similarities(self, query: npt.NDArray[np.float32], rows: Rows) -> Scores:
        """Cosines of the question's vector as the model made it with these passages' own: what absolute thresholds are set on.

        Off by less than 1e-3 where there is an adapter, for then the model's vectors are kept as float16.
        """
        if self._base_vectors is None:
            return self.similarities(query, rows)
        similarities: Scores = self._base_vectors[rows].astype(np.float32) @ self.adapter.base(query.reshape(1, -1))[0]
        return similarities

    def nearest_by_base(self, query: npt.NDArray[np.float32], rows: RowFilter, limit: int) -> Rows:
        """As `nearest`, by the model's own vectors: every row is looked at, so this is for measuring."""
        if self._base_vectors is None:
            return self.nearest(query, rows, limit)
        allowed = np.arange(len(self.passages)) if rows.mask is None else np.flatnonzero(rows.mask)
        nearest: Rows = allowed[best_first(self.base_similarities(query, allowed), limit)]
        return nearest

    @cached_property
    def _centre(self) -> npt.NDArray[np.float32]:
        return _mean(self.vectors, self._index.d)

    @cached_property
    def average_cosine(self) -> float:
        base = self.vectors if self._base_vectors is None else self._base_vectors
        centre = _mean(base, base.shape[1])
        return min(float(centre @ centre), 0.99)

    def centred_similarities(self, query: npt.NDArray[np.float32], rows: Rows) -> Scores:
        """Cosines after taking away what all passages have in common, which hides most of the difference between them."""
        passages, question = self.vectors[rows] - self._centre, query - self._centre
        lengths = np.linalg.norm(passages, axis=1) * np.linalg.norm(question)
        similarities: Scores = (passages @ question) / np.maximum(lengths, np.finfo(np.float32).tiny)
        return similarities

    def best_lexical(self, scores: Scores, rows: RowFilter, limit: int) -> Rows:
        """Rows with the highest positive score among the allowed, best first."""
        found = np.flatnonzero(scores if rows.mask is None else scores * rows.mask)
        return found[best_first(scores[found], limit)]

    def terms(self) -> PassageTerms:
        """Terms of every row; read on each call, since only a refresh needs them."""
        return PassageTerms.load(self._folder / TERMS, self.lexical.vocabulary)

    def digests(self) -> PassageDigests:
        """Digests of every row; read on each call, since only a refresh needs them."""
        return PassageDigests.load(self._folder / DIGESTS)

    def _check_counts(self) -> None:
        counts = {self._index.ntotal, self.lexical.passage_count, len(self.columns), len(self.passages), self.manifest.passage_count}
        if self.token_rows is not None:
            counts.add(len(self.token_rows))
        base = (self.manifest.passage_count, self.manifest.dimension) if self._base_vectors is None else self._base_vectors.shape
        if len(counts) != 1 or self._index.d != self.manifest.dimension or base != (self._index.ntotal, self._index.d):
            raise SnapshotDamaged(self.manifest.snapshot_id, "各部分的段落数或向量维数不一致")


def _remembered_cosines(vectors: Vectors) -> Callable[[bytes], Scores]:
    """Inner products of every row with a float32 vector given as bytes, by the very kernel that faiss searches with."""
    rows, dimension = vectors.shape

    def cosines(query: bytes) -> Scores:
        made, wanted = np.empty(rows, np.float32), np.frombuffer(query, np.float32)
        pointers = [faiss.swig_ptr(array) for array in (made, wanted, vectors)]
        faiss.fvec_inner_products_ny(*pointers, dimension, rows)  # type: ignore[attr-defined]  # missing in the stubs
        made.setflags(write=False)
        return made

    # Of the vectors alone, so that a snapshot nobody holds any more is gone at once.
    kept: Callable[[bytes], Scores] = lru_cache(max(1, _KEPT_COSINES // max(1, 4 * rows)))(cosines)
    return kept


def adapter_of(folder: Path, made_with: str) -> VectorAdapter:
    """The one it was made with, or none: after another was put in place, this snapshot goes on answering with its own."""
    trained = load_adapter(folder / ADAPTER) if (folder / ADAPTER).is_dir() else UNADAPTED
    return SearchHalf(trained) if is_paired(made_with) else trained


def _base_vectors(folder: Path) -> npt.NDArray[np.float16] | None:
    path = folder / BASE_VECTORS
    return np.load(path, mmap_mode="r") if path.is_file() else None


def _mean(vectors: npt.NDArray[np.floating], dimension: int) -> npt.NDArray[np.float32]:
    mean: npt.NDArray[np.float32] = np.mean(vectors, axis=0, dtype=np.float32) if len(vectors) else np.zeros(dimension, np.float32)
    return mean


def view_of(index: faiss.IndexFlatIP) -> Vectors:
    if index.ntotal == 0:
        return np.empty((0, index.d), dtype=np.float32)
    view: Vectors = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(index.ntotal, index.d)
    return view
