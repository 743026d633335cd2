"""An OriginalStore and OriginalFiles that forget: contents in memory, and in a temporary folder where a path is asked for."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import BinaryIO

from knowledge_base.errors import UnreadableDocument
from knowledge_base.intake.errors import FileRefused
from knowledge_base.models import RawDocument


class MemoryOriginalStore:
    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self._names: dict[str, str] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def keep(self, raw: RawDocument) -> str:
        digest = hashlib.sha256(raw.content).hexdigest()
        self.contents[digest], self._names[digest] = raw.content, raw.name
        return digest

    def keep_stream(self, name: str, stream: BinaryIO, max_bytes: int) -> tuple[str, int]:
        content = stream.read(max_bytes + 1)
        if not content:
            raise FileRefused(name, "文件是空的（没有内容）。请检查文件后重新上传。")
        if len(content) > max_bytes:
            raise FileRefused(name, "文件超过上限。请拆成几个文件后重新上传。")
        return self.keep(RawDocument(name, content, "")), len(content)

    def path(self, digest: str) -> Path:
        if digest not in self.contents:
            raise UnreadableDocument(digest[:12], "原件已不在服务器上。请重新上传这个文件。")
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="zhengwen-originals-")
        path = Path(self._folder.name) / f"{digest}{Path(self._names[digest]).suffix}"
        path.write_bytes(self.contents[digest])
        return path
