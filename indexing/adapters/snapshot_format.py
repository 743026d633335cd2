"""Names of a snapshot's files, its manifest as JSON, and checksums."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import orjson

from indexing.errors import SnapshotDamaged
from indexing.models import SnapshotManifest
from indexing.vocabulary import PolicyVocabulary, vocabulary_from_json

MANIFEST = "manifest.json"
VECTORS = "vectors.faiss"
BASE_VECTORS = "base_vectors.npy"
"""Before the adapter, float16 [passages, dimension]; only where there is one."""
QUICK_VECTORS = "quick_vectors.faiss"
"""Of the searched vectors, four bits for every two numbers; only where there are many passages."""
TOKENS = "tokens.bin"
"""Token vectors of all passages, int8 [tokens, width] row after row; only where they are used."""
TOKENS_OFFSETS = "token_offsets.npy"
"""Where each passage's rows begin and the last one's end, int64 [passages + 1]."""
ADAPTER = "adapter"
LEXICAL = "bm25"
COLUMNS = "columns.npz"
TERMS = "terms.npz"
DIGESTS = "digests.json"
PASSAGES = "passages.jsonl"
VOCABULARY = "vocabulary.json"
PASSAGE_OFFSETS = "passages.offsets.npy"


def content_files(folder: Path) -> Iterator[Path]:
    """Every file but the manifest, in a stable order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MANIFEST)


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 by file name relative to the snapshot."""
    return {path.relative_to(folder).as_posix(): sha256(path) for path in content_files(folder)}


def write_manifest(manifest: SnapshotManifest, folder: Path) -> None:
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def read_manifest(folder: Path) -> SnapshotManifest:
    """Raises SnapshotDamaged where the manifest is missing or unreadable."""
    try:
        content = orjson.loads((folder / MANIFEST).read_bytes())
        content["created_at"] = datetime.fromisoformat(content["created_at"])
        return SnapshotManifest(**content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotDamaged(folder.name, f"清单 {MANIFEST} 读不出来（{error}）") from error


def read_vocabulary(folder: Path) -> PolicyVocabulary | None:
    """The vocabulary that a snapshot was made with; None where it keeps none. Raises SnapshotDamaged."""
    path = folder / VOCABULARY
    if not path.is_file():
        return None
    try:
        return vocabulary_from_json(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotDamaged(folder.name, f"词表 {VOCABULARY} 读不出来（{type(error).__name__}）") from error


def check_files(folder: Path, manifest: SnapshotManifest) -> None:
    """Raises SnapshotDamaged naming the first file that is missing or differs."""
    for name, expected in manifest.checksums.items():
        path = folder / name
        if not path.is_file():
            raise SnapshotDamaged(folder.name, f"缺少文件 {name}")
        if sha256(path) != expected:
            raise SnapshotDamaged(folder.name, f"文件 {name} 的校验值不符")


def make_durable(folder: Path) -> None:
    """Flush every file and folder below `folder` to the disk: a rename must never outlive what it names."""
    for path in [*folder.rglob("*"), folder]:
        flush(path)


def flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
