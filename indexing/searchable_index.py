"""What a searcher asks of one state of the index, wherever that lies: candidates with all that decides about them, then passages. Pure."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt

from indexing.late_interaction import TokenRows
from indexing.models import Passage, RankingMode, SnapshotManifest
from indexing.ports import VectorAdapter
from indexing.rank_fusion import Scores
from indexing.term_evidence import TermMatches

Rows = npt.NDArray[np.int64]
"""Numbers of passages, meaning what the index that gave them says."""
Timings = dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class PreparedQuery:
    """A question ready to be searched. `vector` float32 as the model makes it, None where vectors are not asked; `terms` distinct, with
    the pairs of characters; `day` and `regions` None: any; `depth` candidates are taken from each search.
    """

    mode: RankingMode
    vector: npt.NDArray[np.float32] | None
    terms: tuple[str, ...]
    day: date | None
    regions: tuple[str, ...] | None
    depth: int

    @property
    def by_base(self) -> bool:
        """Whether the nearest are those by the model's own vectors: for measuring."""
        return self.mode in {RankingMode.VECTOR, RankingMode.HYBRID}


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The passages that either search found, and what each has to say for itself; all arrays run parallel to `rows`, which rise.

    `documents` numbers the document of each. `cosines`: with the question's vector as the model makes it, on which thresholds are set; 0
    where vectors were not asked. `leading`: after the adapter and without what all passages have in common, None where nothing is
    adapted. `lexical`: BM25. `matches` None where words alone or vectors alone decide.
    """

    rows: Rows
    documents: npt.NDArray[np.int64]
    cosines: Scores
    leading: Scores | None
    lexical: Scores
    ceiling: float
    matches: TermMatches | None


class SearchableIndex(Protocol):
    """Opened for reading and safe from many threads; nothing in it ever changes."""

    manifest: SnapshotManifest
    adapter: VectorAdapter
    """The one it was made with."""

    @property
    def average_cosine(self) -> float:
        """Of two of its passages by the model's own vectors, at most .99."""

    def candidates(self, query: PreparedQuery, timings: Timings) -> Candidates:
        """`timings` hears the milliseconds of its steps. Raises SnapshotDamaged where it is no longer kept."""

    def read(self, found: Candidates, places: npt.NDArray[np.int64]) -> Sequence[Passage]:
        """The candidates at these places, in their order. Raises SnapshotDamaged as `candidates`."""

    def tokens(self, found: Candidates, places: npt.NDArray[np.int64]) -> Sequence[TokenRows]:
        """Those of the candidates at these places, where the manifest names what made them. Raises SnapshotDamaged as `candidates`."""


@contextmanager
def timed(timings: Timings, step: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    timings[step] = (time.perf_counter() - started) * 1000
