"""What the index needs from outside, and what it offers. Contract suites in tests/contracts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from indexing.models import Passage, RankingMode, SearchQuery, SearchResult, SnapshotManifest
from indexing.vocabulary import PolicyVocabulary

Vectors = npt.NDArray[np.float32]
Progress = Callable[[str, int, int], None]
"""Called with (step in Chinese, done, total)."""


class Embedder(Protocol):
    """Turns text into L2-normalised vectors. Same text, same vector, whatever the batch."""

    fingerprint: str
    """Changes whenever the vectors would."""
    dimension: int

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """float32 [len(texts), dimension], unit length."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """float32 [len(texts), dimension], unit length."""


class Tokenizer(Protocol):
    """Splits text into search terms: normalised, stop words removed, official terms whole."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def vocabulary(self) -> PolicyVocabulary | None:
        """What it was made of, kept with each snapshot; None for one without any."""

    def passage_terms(self, text: str) -> list[str]: ...

    def query_terms(self, text: str) -> list[str]:
        """Terms of the question, plus the official terms its everyday words stand for."""


class VectorCache(Protocol):
    """Vectors by (text digest, embedder fingerprint). Losing it costs time, never correctness."""

    def get(self, digests: Sequence[str], fingerprint: str) -> dict[str, npt.NDArray[np.float32]]: ...

    def put(self, vectors: dict[str, npt.NDArray[np.float32]], fingerprint: str) -> None: ...


class PassageSearcher(Protocol):
    """Finds passages under a (date, region) mask. Safe to call from many threads. The seam between the local snapshot and an engine."""

    def search(self, query: SearchQuery, mode: RankingMode = RankingMode.DEFAULT) -> SearchResult:
        """Up to `query.limit` hits, best first. Raises NoSnapshot."""


class RegionLineage(Protocol):
    """What search needs of the region directory."""

    def lineage(self, code: str) -> tuple[str, ...]:
        """The region first, the nation last. Raises UnknownRegion."""


@dataclass(frozen=True, slots=True)
class IndexingParts:
    """What a snapshot is built with. `lexical_fingerprint` covers the tokenizer and the BM25 parameters."""

    embedder_fingerprint: str
    dimension: int
    tokenizer: Tokenizer
    lexical_fingerprint: str


class PassageState(NamedTuple):
    """What a snapshot holds of a passage, for comparing: the passage's own digest, and where it stood in the edition's text."""

    digest: str
    start: int
    end: int


class SnapshotShelf(Protocol):
    """Keeps snapshots. A snapshot, once written, never changes; CURRENT names the one that answers."""

    def refreshing(self) -> AbstractContextManager[None]:
        """Held during a refresh; clears what killed refreshes left. Raises RefreshInProgress."""

    def current(self) -> SnapshotManifest | None:
        """None where there is no snapshot, or the current one is damaged."""

    def passage_states(self, snapshot_id: str) -> dict[str, PassageState]:
        """By passage id. Raises SnapshotDamaged."""

    def write(self, passages: Sequence[Passage], vectors: Vectors, parts: IndexingParts, progress: Progress) -> SnapshotManifest:
        """Durable and verified on return; not yet current. `vectors` float32 [len(passages), dimension]."""

    def current_id(self) -> str | None:
        """What the pointer names, sound or not."""

    def snapshots(self) -> tuple[SnapshotManifest, ...]:
        """Those kept, newest first."""

    def switch_to(self, snapshot_id: str) -> None:
        """Make it current in one atomic step. Raises SnapshotDamaged where it is not there."""

    def rollback(self, to: str | None = None) -> str:
        """Check it and make it current; None: the newest sound one before the current. Raises SnapshotDamaged, NoSnapshot."""

    def discard(self, snapshot_id: str) -> None:
        """Take it off the shelf; never the current one. Does nothing where it is gone already."""

    def prune(self) -> None:
        """Remove all but the newest few; never the current one."""
