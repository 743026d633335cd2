"""Originals in an object storage that several machines share; each machine keeps a copy of those it has had in hand."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from knowledge_base.adapters.file_originals import FileOriginals
from knowledge_base.errors import StorageUnavailable, UnreadableDocument
from knowledge_base.models import RawDocument
from knowledge_base.ports import ObjectFolder


class RemoteOriginals:
    """An OriginalStore and OriginalFiles. What was kept stands in both places; the copies in `folder` may be deleted at any time."""

    def __init__(self, folder: Path, remote: ObjectFolder) -> None:
        self._folder, self._here, self._remote = folder, FileOriginals(folder), remote

    def keep(self, raw: RawDocument) -> str:
        digest = self._here.keep(raw)
        self._send(digest)
        return digest

    def keep_stream(self, name: str, stream: BinaryIO, max_bytes: int) -> tuple[str, int]:
        digest, size = self._here.keep_stream(name, stream, max_bytes)
        self._send(digest)
        return digest, size

    def path(self, digest: str) -> Path:
        try:
            return self._here.path(digest)
        except UnreadableDocument:
            # A name is part of a path here; whoever can write to the storage shall not choose another folder.
            found = [name for name in self._remote.names(digest) if "/" not in name] if digest.isalnum() else []
            if not found:
                raise
            return self._fetched(digest, found[0])

    def _send(self, digest: str) -> None:
        """Here first: where the storage cannot be reached the caller is told, the bytes are not lost, and trying again sends them."""
        if not self._remote.names(digest):
            path = self._here.path(digest)
            self._remote.put(path.name, path)

    def _fetched(self, digest: str, name: str) -> Path:
        beside, path = self._folder / f".incoming-{name}", self._folder / name
        try:
            if not self._remote.fetch(name, beside):
                raise UnreadableDocument(digest[:12], "原件已不在对象存储里。请重新上传这个文件。")
            with beside.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
                    raise StorageUnavailable(f"{self._remote.address} 里的原件 {digest[:12]} 已被改动。请从对象存储的历史版本恢复它。")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        return path
