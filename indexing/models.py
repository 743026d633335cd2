"""Frozen values of the index: passages, queries, results, snapshots, reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PassageKind(StrEnum):
    POLICY = "policy"
    GUIDE = "guide"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one provision, or of several short neighbours under one heading, small enough to embed and to quote.

    `id` = "{document_id}.e{edition}#{path}", with "~2", "~3"… for the later pieces of a long provision; it never depends on the position in
    the document. `text` is verbatim `source[start:end]` (characters of the edition's text). `heading_path` runs from the outermost heading
    ("第二章 申领条件", "第十条"). `paths` lists the provisions it covers, in order. Guides have edition 0 and one passage per guide.
    `search_text` is what is embedded and tokenised: title, headings and text. `digest` covers text, search_text and every metadata field.
    Found on days in [effective_on, ends_on): those on which it binds and citizens may know it, so `effective_on` is a later day of release
    where there is one.
    """

    id: str
    kind: PassageKind
    document_id: str
    edition: int
    title: str
    heading_path: tuple[str, ...]
    paths: tuple[str, ...]
    citation: str
    text: str
    start: int
    end: int
    search_text: str
    jurisdiction: str
    effective_on: date
    ends_on: date | None
    digest: str


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """`jurisdiction` is a GB/T 2260 code: passages of that region and of those above it match; None means every region.

    `as_of` None means every day (administrators and evaluation only).
    """

    text: str
    as_of: date | None = None
    jurisdiction: str | None = None
    limit: int = 10


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """`score` is the fused score in [0, 1]; `vector_score` a cosine; `lexical_score` a raw BM25 score; 0.0 where that search missed it."""

    passage: Passage
    score: float
    vector_score: float
    lexical_score: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Best first. `snapshot_id` names the snapshot that answered; times are milliseconds by step name."""

    hits: tuple[RankedPassage, ...]
    snapshot_id: str
    timings_ms: dict[str, float]


class RankingMode(StrEnum):
    """DEFAULT is what serves. The others exist for the tester and for evaluation, each with one part more than the one before it.

    LEXICAL: words alone; VECTOR: the model's own vectors alone; HYBRID: both; ADAPTED: with the vector adapter, where there is one.
    Token vectors rerank in DEFAULT only.
    """

    DEFAULT = "default"
    LEXICAL = "lexical"
    VECTOR = "vector"
    HYBRID = "hybrid"
    ADAPTED = "adapted"


@dataclass(frozen=True, slots=True)
class SnapshotManifest:
    """What a snapshot says of itself; `checksums` are SHA-256 by file name. `token_fingerprint`: of what made its token vectors, "" where
    it has none.
    """

    snapshot_id: str
    created_at: datetime
    passage_count: int
    document_count: int
    dimension: int
    embedder_fingerprint: str
    tokenizer_fingerprint: str
    checksums: dict[str, str]
    token_fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class IndexChange:
    """What separates the passages of now from those of the last snapshot, by passage id."""

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.replaced or self.removed)


@dataclass(frozen=True, slots=True)
class IndexingReport:
    """The result of one refresh; `str(report)` is a Chinese sentence."""

    snapshot_id: str
    change: IndexChange
    embedded: int
    from_cache: int
    duration_s: float
    switched: bool

    def __str__(self) -> str:
        if not self.switched:
            return f"政策没有变化，继续使用索引快照 {self.snapshot_id}。"
        change = self.change
        return (
            f"新增 {len(change.added)} 段、替换 {len(change.replaced)} 段、移除 {len(change.removed)} 段，未变 {len(change.unchanged)} 段；"
            f"新算向量 {self.embedded} 个、复用 {self.from_cache} 个，用时 {self.duration_s:.1f} 秒；已切换到索引快照 {self.snapshot_id}。"
        )
