"""The demonstration place in a workspace of its own: as shipped, whatever the installation's people have changed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from api.container import Container, build_container, prepare_model
from api.demonstration import FOLDER, import_demonstration
from api.settings import Settings
from evaluation.errors import EvaluationError
from evaluation.workspace import RECORD, drop_records, read_state, reader_digest
from indexing.ports import Progress

_PRECISION = "int8"


class DemonstrationIncomplete(EvaluationError):
    """A document of the demonstration place could not be imported."""

    def __init__(self, failed: int) -> None:
        super().__init__(f"示范内容有 {failed} 个文件没有导入，无法评测。请运行 zhengwen setup 查看原因。")


def open_demonstration(settings: Settings, progress: Progress) -> Container:
    """Under `settings.home`/evaluation/demonstration, sharing the models of the installation; its index up to date.

    The content is read again when it, or the code that reads documents, has changed. Precision is fixed, so that one machine does not
    measure another model than the next. Raises EmbedderUnavailable, IndexingError, DemonstrationIncomplete, OSError.
    """
    prepare_model(settings, progress)
    folder = settings.home / "evaluation" / "demonstration"
    folder.mkdir(parents=True, exist_ok=True)
    state = {"content": _content_digest(), "reader": reader_digest()}
    if read_state(folder) != state:
        drop_records(folder)
    _share_models(settings, folder)
    container = build_container(_as_shipped(settings, folder))
    if read_state(folder) != state:
        report = import_demonstration(container, "评测", progress)
        if report.failed:
            raise DemonstrationIncomplete(len(report.failed))
        (folder / RECORD).write_text(json.dumps(state), encoding="utf-8")
    container.synchroniser().refresh(progress)
    return container


def _as_shipped(settings: Settings, folder: Path) -> Settings:
    """Every setting at its default, but the model and the machine it runs on."""
    defaults = {name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()}
    own = {"embedder": settings.embedder, "embedder_threads": settings.embedder_threads}
    return Settings.model_validate({**defaults, **own, "home": folder, "embedder_precision": _PRECISION, "backup_at": "off"})


def _share_models(settings: Settings, folder: Path) -> None:
    link = folder / "models"
    settings.models_folder.mkdir(parents=True, exist_ok=True)
    if link.is_symlink() and link.resolve() != settings.models_folder.resolve():
        link.unlink()
    if not link.exists():
        link.symlink_to(settings.models_folder.resolve(), target_is_directory=True)


def _content_digest() -> str:
    """12 hex digits over every file of the demonstration place and the regions."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(path for path in (*FOLDER.rglob("*"), FOLDER.parent / "regions.csv") if path.is_file()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
