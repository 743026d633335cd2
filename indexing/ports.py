"""What the index needs from outside, and what it offers. Contract suites in tests/contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from indexing.late_interaction import QuestionVectors, TokenRows
from indexing.models import Passage, RankingMode, SearchQuery, SearchResult, SnapshotManifest
from indexing.vector_adaptation import UNADAPTED, adapted_fingerprint
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


@runtime_checkable
class TokenEmbedder(Embedder, Protocol):
    """An Embedder that gives the vectors of a text's tokens in the same pass: what ranks the best hits once more."""

    token_fingerprint: str
    """Changes whenever the token vectors would while `fingerprint` stays."""

    def embed_passages_with_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> tuple[Vectors, list[TokenRows]]:
        """As `embed_passages`, and the tokens of each text. All of one width; a text without words has no rows."""

    def embed_question(self, text: str) -> QuestionVectors:
        """`vector` as `embed_queries` gives it."""


class VectorAdapter(Protocol):
    """Brings questions nearer to the passages that answer them, by a small trained step on the vectors of both. Safe from many threads.

    Vectors in and out: float32 [any number, dimension], unit length. What a row becomes does not depend on its company.
    """

    @property
    def fingerprint(self) -> str:
        """Changes whenever what it makes of a vector would; "" for the one that changes nothing."""

    def passages(self, vectors: Vectors) -> Vectors: ...

    def queries(self, vectors: Vectors) -> Vectors: ...

    def base(self, vectors: Vectors) -> Vectors:
        """Of such rows the model's own vectors, on which thresholds are set."""

    def width(self, dimension: int) -> int:
        """Columns of what it gives for vectors of this many."""

    def save(self, folder: Path) -> None:
        """Into a new folder, so that a snapshot keeps what it was made with; the one that changes nothing writes none."""


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

    def words(self, text: str) -> list[str]:
        """The text cut at the words of a dictionary, a sign or an unknown character alone; joined they are the text again."""


class VectorCache(Protocol):
    """Vectors by (text digest, embedder fingerprint). Losing it costs time, never correctness. Those of tokens are kept apart."""

    def get(self, digests: Sequence[str], fingerprint: str) -> dict[str, npt.NDArray[np.float32]]: ...

    def put(self, vectors: dict[str, npt.NDArray[np.float32]], fingerprint: str) -> None: ...

    def tokens(self, digests: Sequence[str], fingerprint: str) -> dict[str, TokenRows]: ...

    def put_tokens(self, tokens: Mapping[str, TokenRows], fingerprint: str) -> None: ...

    def without_tokens(self, digests: Sequence[str], fingerprint: str) -> set[str]:
        """Those of which no token vectors are kept; cheaper than reading them."""


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
    """What a snapshot is built with. `lexical_fingerprint` covers the tokenizer and the BM25 parameters; `token_fingerprint` is "" where no
    token vectors are kept.
    """

    embedder_fingerprint: str
    dimension: int
    tokenizer: Tokenizer
    lexical_fingerprint: str
    adapter: VectorAdapter = UNADAPTED
    token_fingerprint: str = ""

    @property
    def vector_fingerprint(self) -> str:
        """Of what is indexed: the model's vectors after the adapter."""
        return adapted_fingerprint(self.embedder_fingerprint, self.adapter)


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

    def token_digests(self, snapshot_id: str) -> dict[str, str]:
        """By passage id, SHA-256 over the vectors of its tokens; empty where the manifest names none. Raises SnapshotDamaged."""

    def write(
        self,
        passages: Sequence[Passage],
        vectors: Vectors,
        parts: IndexingParts,
        progress: Progress,
        tokens: Iterable[TokenRows] = (),
    ) -> SnapshotManifest:
        """Durable and verified on return; not yet current. `vectors` float32 [len(passages), dimension], as the model made them; `tokens`
        of each passage in turn, where `parts` names what made them.
        """

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
