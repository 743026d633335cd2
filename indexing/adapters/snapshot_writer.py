"""Write one snapshot folder: beside the others, flushed, verified by reopening, and only then under its name."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import faiss
import numpy as np

from indexing.adapters.lexical_index import build_lexical_index, save_lexical_index
from indexing.adapters.open_snapshot import OpenSnapshot
from indexing.adapters.passage_digests import PassageDigests
from indexing.adapters.passage_lines import write_passages
from indexing.adapters.passage_terms import PassageTerms
from indexing.adapters.snapshot_columns import SnapshotColumns
from indexing.adapters.snapshot_format import (
    COLUMNS,
    DIGESTS,
    LEXICAL,
    TERMS,
    VECTORS,
    VOCABULARY,
    checksums,
    flush,
    make_durable,
    write_manifest,
)
from indexing.errors import SnapshotDamaged
from indexing.models import Passage, SnapshotManifest
from indexing.ports import IndexingParts, Progress, Vectors
from indexing.tuning import LexicalTuning

BUILDING = ".building-"
_PROBES = 5
_STEPS = 4


def write_snapshot(  # noqa: PLR0913 (the five things a snapshot holds, and where)
    snapshots: Path,
    *,
    passages: Sequence[Passage],
    vectors: Vectors,
    terms: PassageTerms,
    parts: IndexingParts,
    tuning: LexicalTuning,
    progress: Progress,
) -> SnapshotManifest:
    """Durable and verified on return, under `snapshots`/<id>. Raises SnapshotDamaged where the written files do not read back."""
    snapshot_id = _new_id()
    building = snapshots / f"{BUILDING}{snapshot_id}"
    building.mkdir(parents=True)
    columns = SnapshotColumns.of(passages)
    progress("写入索引快照", 0, _STEPS)
    _write_vectors(vectors, parts.dimension, building)
    progress("写入索引快照", 1, _STEPS)
    save_lexical_index(build_lexical_index(terms.ids, terms.offsets, terms.vocabulary, tuning), building / LEXICAL)
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
    _verify(building, passages, vectors)
    os.replace(building, snapshots / snapshot_id)  # noqa: PTH105 (the atomic step is named as POSIX names it)
    flush(snapshots)
    progress("写入索引快照", _STEPS, _STEPS)
    return manifest


def _new_id() -> str:
    # Sorts by time; the tail keeps two refreshes of one moment apart.
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(3)}"


def _write_vectors(vectors: Vectors, dimension: int, folder: Path) -> None:
    index = faiss.IndexFlatIP(dimension)
    if len(vectors):
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    faiss.write_index(index, str(folder / VECTORS))


def _manifest(snapshot_id: str, columns: SnapshotColumns, parts: IndexingParts, folder: Path) -> SnapshotManifest:
    return SnapshotManifest(
        snapshot_id=snapshot_id,
        created_at=datetime.now(UTC),
        passage_count=len(columns),
        document_count=len(columns.documents),
        dimension=parts.dimension,
        embedder_fingerprint=parts.embedder_fingerprint,
        tokenizer_fingerprint=parts.lexical_fingerprint,
        checksums=checksums(folder),
    )


def _verify(folder: Path, passages: Sequence[Passage], vectors: Vectors) -> None:
    """Reopen with checksums and counts, then read back a few rows of every part."""
    snapshot = OpenSnapshot(folder)
    terms = snapshot.terms()
    for row in np.linspace(0, len(passages) - 1, num=min(_PROBES, len(passages)), dtype=int).tolist():
        if snapshot.passages[row] != passages[row] or not np.array_equal(snapshot.vectors[row], vectors[row]):
            raise SnapshotDamaged(folder.name, f"第 {row + 1} 段写入后读回不一致")
        own_terms = np.unique(terms.row(row)).tolist()
        if own_terms and snapshot.lexical.scores_of_ids(own_terms)[row] <= 0:
            raise SnapshotDamaged(folder.name, f"第 {row + 1} 段用自己的词查不到")
