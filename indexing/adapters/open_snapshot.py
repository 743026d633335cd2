"""One snapshot, opened for reading. Nothing in it ever changes, so any number of threads may search it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from indexing.adapters.lexical_index import LexicalIndex
from indexing.adapters.passage_digests import PassageDigests
from indexing.adapters.passage_lines import PassageLines
from indexing.adapters.passage_terms import PassageTerms
from indexing.adapters.snapshot_columns import Mask, SnapshotColumns
from indexing.adapters.snapshot_format import COLUMNS, DIGESTS, LEXICAL, TERMS, VECTORS, check_files, read_manifest
from indexing.errors import SnapshotDamaged
from indexing.ports import Vectors
from indexing.rank_fusion import Scores, best_first

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RowFilter:
    """A mask in the two forms the searches need. `selector` None means that every row is allowed."""

    mask: Mask | None
    selector: faiss.SearchParameters | None

    @classmethod
    def of(cls, mask: Mask) -> RowFilter:
        if mask.all():
            return cls(None, None)
        bits = np.packbits(mask, bitorder="little")
        # faiss replaces these constructors at import; its stubs show the C++ ones.
        selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
        return cls(mask, faiss.SearchParameters(sel=selector))  # type: ignore[call-arg]


class OpenSnapshot:
    """Reads a snapshot folder through memory maps. Raises SnapshotDamaged on opening where a file is missing, changed or out of step."""

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
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            raise SnapshotDamaged(folder.name, f"文件读不出来（{error}）") from error
        self._check_counts()
        self.vectors: Vectors = _view(self._index)  # type: ignore[arg-type]  # the stub of read_index names the base class
        self._filters: OrderedDict[tuple[date | None, tuple[str, ...] | None], RowFilter] = OrderedDict()
        self._lock = threading.Lock()

    def row_filter(self, day: date | None, regions: Sequence[str] | None) -> RowFilter:
        """The filter for a day and the regions that bind there, from a cache of the least recently used."""
        key = (day, tuple(regions) if regions is not None else None)
        with self._lock:
            if key in self._filters:
                self._filters.move_to_end(key)
                return self._filters[key]
        made = RowFilter.of(self.columns.mask(day, regions))
        with self._lock:
            self._filters[key] = made
            while len(self._filters) > self._cached_masks:
                self._filters.popitem(last=False)
        return made

    def nearest(self, query: npt.NDArray[np.float32], rows: RowFilter, limit: int) -> Rows:
        """Rows with the highest inner product among the allowed, best first."""
        if not len(self.passages):
            return np.empty(0, dtype=np.int64)
        # Per thread: two threads on busy cores made a 6 ms query 24 ms.
        faiss.omp_set_num_threads(1)
        _, found = self._index.search(query.reshape(1, -1), min(limit, len(self.passages)), params=rows.selector)
        nearest: Rows = found[0][found[0] >= 0]
        return nearest

    def similarities(self, query: npt.NDArray[np.float32], rows: Rows) -> Scores:
        """Inner products of the query with these rows."""
        similarities: Scores = np.einsum("ij,j->i", self.vectors[rows], query)
        return similarities

    @cached_property
    def _centre(self) -> npt.NDArray[np.float32]:
        centre: npt.NDArray[np.float32] = np.mean(self.vectors, axis=0) if len(self.vectors) else np.zeros(self._index.d, dtype=np.float32)
        return centre

    def centred_similarities(self, query: npt.NDArray[np.float32], rows: Rows) -> Scores:
        """Cosines after taking away what all passages have in common, which hides most of the difference between them."""
        passages, question = self.vectors[rows] - self._centre, query - self._centre
        lengths = np.linalg.norm(passages, axis=1) * np.linalg.norm(question)
        similarities: Scores = (passages @ question) / np.maximum(lengths, np.finfo(np.float32).tiny)
        return similarities

    def spread_similarities(self, similarities: Scores) -> Scores:
        """Cosines as the share of the way from the average pair of passages (0) to the same text (1)."""
        average = min(float(self._centre @ self._centre), 0.99)
        spread: Scores = (similarities - np.float32(average)) / np.float32(1.0 - average)
        return spread

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
        if len(counts) != 1 or self._index.d != self.manifest.dimension:
            raise SnapshotDamaged(self.manifest.snapshot_id, "各部分的段落数或向量维数不一致")


def _view(index: faiss.IndexFlatIP) -> Vectors:
    if index.ntotal == 0:
        return np.empty((0, index.d), dtype=np.float32)
    view: Vectors = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(index.ntotal, index.d)
    return view
