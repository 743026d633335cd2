"""A workspace of its own for each labelled set: its corpus read and indexed by the product's own parts, kept for the next run."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import knowledge_base
from api.container import Container, build_container, prepare_model
from api.settings import Settings
from evaluation.datasets import CorpusDocument, Dataset
from knowledge_base.document_reader import read_document
from knowledge_base.models import NATION_CODE, ChangeKind, DocumentRevision, ParsedText, RevisionChange
from knowledge_base.regions import RegionDirectory

Progress = Callable[[str, int, int], None]

_RECORD = "workspace.json"
_ALWAYS = date(1949, 10, 1)
_READER_FILES = ("*.py", "*.toml")


def open_workspace(dataset: Dataset, settings: Settings, progress: Progress) -> Container:
    """The product wired over this corpus alone, its index up to date. Under `settings.home`/evaluation/, named by the corpus digest.

    The corpus is read again when the code that reads documents has changed; the index follows by its own comparison, so changed
    splitting, terms or embedder cost only what they change. Every document binds everywhere and always: what is measured is finding.
    Raises EmbedderUnavailable, IndexingError, OSError.
    """
    prepare_model(settings, progress)
    folder = settings.home / "evaluation" / f"{dataset.name}-{dataset.digest}"
    folder.mkdir(parents=True, exist_ok=True)
    state = {"corpus": dataset.digest, "reader": _reader_digest()}
    if _read_state(folder) != state:
        _drop_records(folder)
    container = build_container(_workspace_settings(settings, folder))
    if container.documents.count() != len(dataset.documents):
        _fill(container, dataset, progress)
        (folder / _RECORD).write_text(json.dumps(state), encoding="utf-8")
    container.synchroniser().refresh(progress)
    return container


def _workspace_settings(settings: Settings, folder: Path) -> Settings:
    source = Path(settings.embedder_source)
    embedder = str(source.resolve()) if source.is_dir() else settings.embedder_source
    changes = {"home": folder, "records_url": "", "embedder": embedder, "demonstration": False, "region": "", "keep_snapshots": 2}
    return Settings(**{**settings.model_dump(), **changes})


def _drop_records(folder: Path) -> None:
    """The index stays: its vectors are kept by the text they were made of."""
    for path in folder.iterdir():
        if path.name != "index":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _fill(container: Container, dataset: Dataset, progress: Progress) -> None:
    known = {revision.document_id for revision in container.documents.all_latest()}
    for done, document in enumerate(dataset.documents, start=1):
        if document.id not in known:
            container.documents.add(_revision(document, container.regions))
        if done % 100 == 0 or done == len(dataset.documents):
            progress("读取评测文件", done, len(dataset.documents))


def _revision(document: CorpusDocument, regions: RegionDirectory) -> DocumentRevision:
    parsed = read_document(ParsedText(document.text, document.title or None, document.id), regions)
    metadata = replace(
        parsed.metadata,
        title=document.title or parsed.metadata.title,
        jurisdiction=NATION_CODE,
        effective_on=_ALWAYS,
        effective_on_inferred=True,
        expires_on=None,
        repeals=(),
    )
    change = RevisionChange(ChangeKind.PUBLISH, "评测", datetime.now(UTC), "评测语料")
    digest = hashlib.sha256(parsed.text.encode()).hexdigest()
    return DocumentRevision(document.id, 1, 1, parsed.text, digest, parsed.outline, metadata, change)


def _read_state(folder: Path) -> dict[str, str] | None:
    try:
        return dict(json.loads((folder / _RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def _reader_digest() -> str:
    """12 hex digits over the code and word lists that turn a text into an outline."""
    folder = Path(str(knowledge_base.__file__)).parent
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(path for pattern in _READER_FILES for path in folder.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()
