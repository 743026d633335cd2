"""A workspace of its own for each labelled set: its corpus read and indexed by the product's own parts, kept for the next run."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import knowledge_base
from api.container import Container, build_container, database_beside, prepare_model
from api.settings import Settings
from evaluation.datasets import CorpusDocument, Dataset
from indexing.ports import Progress
from knowledge_base.document_reader import read_document
from knowledge_base.models import NATION_CODE, ChangeKind, DocumentRevision, ParsedText, RevisionChange
from knowledge_base.regions import RegionDirectory

RECORD = "workspace.json"
_ALWAYS = date(1949, 10, 1)
_READER_FILES = ("*.py", "*.toml")


def open_workspace(dataset: Dataset, settings: Settings, progress: Progress) -> Container:
    """The product wired over this corpus alone, its index up to date. Under `settings.home`/evaluation/, named by the corpus digest.

    The corpus is read again when the code that reads documents has changed; the index follows by its own comparison, so changed
    splitting, terms or embedder cost only what they change. Every document binds everywhere and always: what is measured is finding.
    Raises EmbedderUnavailable, IndexingError, OSError.
    """
    container = read_workspace(dataset, settings, progress)
    container.synchroniser().refresh(progress)
    return container


def read_workspace(dataset: Dataset, settings: Settings, progress: Progress) -> Container:
    """As `open_workspace`, with the corpus read and the index left as it is: for training, which needs no snapshot."""
    prepare_model(settings, progress)
    folder = settings.home / "evaluation" / f"{dataset.name}-{dataset.digest}"
    folder.mkdir(parents=True, exist_ok=True)
    state = {"corpus": dataset.digest, "reader": reader_digest()}
    if read_state(folder) != state:
        drop_records(folder)
    container = build_container(_workspace_settings(settings, folder))
    if container.documents.count() != len(dataset.documents):
        _fill(container, dataset, progress)
        (folder / RECORD).write_text(json.dumps(state), encoding="utf-8")
    return container


def _workspace_settings(settings: Settings, folder: Path) -> Settings:
    source = Path(settings.embedder_source)
    embedder = str(source.resolve()) if source.is_dir() else settings.embedder_source
    # On the engine that is measured each set has a database of its own, beside the one that serves.
    index = database_beside(settings.index_url, f"zhengwen_{folder.name}") if settings.index_url else ""
    changes = {"home": folder, "records_url": "", "index_url": index, "embedder": embedder, "demonstration": False, "region": ""}
    return Settings(**{**settings.model_dump(), **changes, "keep_snapshots": 2})


def drop_records(folder: Path) -> None:
    """The index stays: its vectors are kept by the text they were made of."""
    for path in folder.iterdir():
        if path.name != "index":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


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


def read_state(folder: Path) -> dict[str, str] | None:
    """What the workspace was made from, None where it is new or was cut short."""
    try:
        return dict(json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def reader_digest() -> str:
    """12 hex digits over the code and word lists that turn a text into an outline."""
    folder = Path(str(knowledge_base.__file__)).parent
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(path for pattern in _READER_FILES for path in folder.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()
