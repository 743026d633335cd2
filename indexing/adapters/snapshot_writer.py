"""Write one snapshot folder: beside the others, flushed, verified by reopening, and only then under its name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import faiss
import numpy as np

from indexing.adapters.lexical_index import build_lexical_index, save_lexical_index
from indexing.adapters.open_snapshot import OpenSnapshot, view_of
from indexing.adapters.passage_digests import PassageDigests
from indexing.adapters.passage_lines import write_passages
from indexing.adapters.passage_terms import PassageTerms
from indexing.adapters.quick_vectors import QuickVectors
from indexing.adapters.snapshot_columns import SnapshotColumns
from indexing.adapters.snapshot_format import (
    ADAPTER,
    BASE_VECTORS,
    COLUMNS,
    DIGESTS,
    LEXICAL,
    QUICK_VECTORS,
    TERMS,
    VECTORS,
    VOCABULARY,
    checksums,
    flush,
    make_durable,
    write_manifest,
)
from indexing.adapters.snapshot_names import new_snapshot_id
from indexing.adapters.snapshot_tokens import write_tokens
from indexing.errors import SnapshotDamaged
from indexing.late_interaction import TokenRows
from indexing.models import Passage, SnapshotManifest
from indexing.ports import IndexingParts, Progress, VectorAdapter, Vectors
from indexing.tuning import Tuning

BUILDING = ".building-"
_PROBES = 5
_STEPS = 4
_ROWS_AT_ONCE = 8192


def write_snapshot(  # noqa: PLR0913 (the things a snapshot holds, and where)
    snapshots: Path,
    *,
    passages: Sequence[Passage],
    vectors: Vectors,
    tokens: Iterable[TokenRows],
    terms: PassageTerms,
    parts: IndexingParts,
    tuning: Tuning,
    progress: Progress,
) -> SnapshotManifest:
    """Durable and verified on return, under `snapshots`/<id>. Raises SnapshotDamaged where the written files do not read back."""
    snapshot_id = new_snapshot_id()
    building = snapshots / f"{BUILDING}{snapshot_id}"
    building.mkdir(parents=True)
    columns = SnapshotColumns.of(passages)
    progress("写入索引快照", 0, _STEPS)
    _write_vectors(vectors, parts, building, tuning.snapshots.quick_from)
    told = write_tokens(building, tokens, _probes(passages)) if parts.token_fingerprint else {}
    progress("写入索引快照", 1, _STEPS)
    save_lexical_index(build_lexical_index(terms.ids, terms.offsets, terms.vocabulary, tuning.lexical), building / LEXICAL)
    terms.save(building / TERMS)
    progress("写入索引快照", 2, _STEPS)
    columns.save(building / COLUMNS)
    write_passages(passages, building)
    PassageDigests.of(passages).save(building / DIGESTS)
    if parts.tokenizer.vocabulary is not None:
        (building / VOCABULARY).write_bytes(parts.tokenizer.vocabulary.to_json())
    progress("写入索引快照", 3, _STEPS)
    manifest = _manifest(snapshot_id, columns, parts, building)
    write_manifest(manifest, building)
    make_durable(building)
    _verify(building, passages, vectors, told, parts.adapter)
    os.replace(building, snapshots / snapshot_id)  # noqa: PTH105 (the atomic step is named as POSIX names it)
    flush(snapshots)
    progress("写入索引快照", _STEPS, _STEPS)
    return manifest


def _write_vectors(vectors: Vectors, parts: IndexingParts, folder: Path, quick_from: int) -> None:
    index = faiss.IndexFlatIP(parts.adapter.width(parts.dimension))
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        adapted = parts.adapter.passages(vectors[start : start + _ROWS_AT_ONCE])
        index.add(np.ascontiguousarray(adapted, dtype=np.float32))
    faiss.write_index(index, str(folder / VECTORS))
    if index.ntotal >= quick_from:
        QuickVectors.of(view_of(index)).save(folder / QUICK_VECTORS)
    if parts.adapter.fingerprint:
        np.save(folder / BASE_VECTORS, np.asarray(parts.adapter.base(vectors), dtype=np.float16))
        parts.adapter.save(folder / ADAPTER)


def _manifest(snapshot_id: str, columns: SnapshotColumns, parts: IndexingParts, folder: Path) -> SnapshotManifest:
    return SnapshotManifest(
        snapshot_id=snapshot_id,
        created_at=datetime.now(UTC),
        passage_count=len(columns),
        document_count=len(columns.documents),
        dimension=parts.adapter.width(parts.dimension),
        embedder_fingerprint=parts.vector_fingerprint,
        tokenizer_fingerprint=parts.lexical_fingerprint,
        checksums=checksums(folder),
        token_fingerprint=parts.token_fingerprint,
    )


def _probes(passages: Sequence[Passage]) -> list[int]:
    probes: list[int] = np.linspace(0, len(passages) - 1, num=min(_PROBES, len(passages)), dtype=int).tolist()
    return probes


def _verify(folder: Path, passages: Sequence[Passage], vectors: Vectors, told: Mapping[int, TokenRows], adapter: VectorAdapter) -> None:
    """Reopen with checksums and counts, then read back a few rows of every part."""
    snapshot = OpenSnapshot(folder)
    terms = snapshot.terms()
    for row in _probes(passages):
        base, rows = vectors[row : row + 1], np.array([row])
        # A row alone and the same row in company differ in the last bits.
        same = np.allclose(snapshot.vectors[row], adapter.passages(base)[0], atol=1e-5)
        kept = np.allclose(snapshot.base_similarities(base[0], rows), np.sum(adapter.base(base) ** 2), atol=1e-2)
        same_tokens = snapshot.token_rows is None or np.array_equal(snapshot.token_rows.of(row), told[row])
        if snapshot.passages[row] != passages[row] or not (same and kept and same_tokens):
            raise SnapshotDamaged(folder.name, f"第 {row + 1} 段写入后读回不一致")
        own_terms = np.unique(terms.row(row)).tolist()
        if own_terms and snapshot.lexical.scores_of_ids(own_terms)[row] <= 0:
            raise SnapshotDamaged(folder.name, f"第 {row + 1} 段用自己的词查不到")
