"""Keeps the files as they were received under originals/<sha256><suffix>. A file that stands there is complete."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from knowledge_base.errors import StoreUnavailable
from knowledge_base.models import RawDocument

_KNOWN_DOUBLE = ".gz"


class FileOriginals:
    """An OriginalStore in `folder`, which is made on first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, raw: RawDocument) -> str:
        digest = hashlib.sha256(raw.content).hexdigest()
        target = self._folder / f"{digest}{_suffix(raw.name)}"
        if not target.exists():
            try:
                self._write(target, raw.content)
            except OSError as error:
                raise StoreUnavailable(f"不能保存原件（{error.strerror}）。请检查“{self._folder}”的磁盘空间和写入权限。") from error
        return digest

    def _write(self, target: Path, content: bytes) -> None:
        """Beside first, then moved: a kill leaves either the whole file or only a temporary one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".incoming-")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def _suffix(name: str) -> str:
    path = Path(name.lower())
    return "".join(path.suffixes[-2:]) if path.suffix == _KNOWN_DOUBLE else path.suffix
