"""Keeps the files as they were received under originals/<sha256><suffix>. A file that stands there is complete."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from knowledge_base.errors import StoreUnavailable, UnreadableDocument
from knowledge_base.intake.errors import FileRefused
from knowledge_base.models import RawDocument

_KNOWN_DOUBLE = ".gz"
# Read and written at once; what is received never stands in memory as a whole.
_PIECE_BYTES = 1 << 20
_PLAIN_SUFFIX = re.compile(r"(?:\.[a-z0-9]{1,10}){1,2}")


class FileOriginals:
    """An OriginalStore and OriginalFiles in `folder`, which is made on first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, raw: RawDocument) -> str:
        return self._keep(raw.name, io.BytesIO(raw.content), len(raw.content))[0]

    def keep_stream(self, name: str, stream: BinaryIO, max_bytes: int) -> tuple[str, int]:
        return self._keep(name, stream, max_bytes, least=1)

    def path(self, digest: str) -> Path:
        found = sorted(self._folder.glob(f"{digest}*")) if digest.isalnum() else []
        if not found:
            raise UnreadableDocument(digest[:12], "原件已不在服务器上。请重新上传这个文件。")
        return found[0]

    def _keep(self, name: str, stream: BinaryIO, max_bytes: int, least: int = 0) -> tuple[str, int]:
        """Beside first, then moved: a kill leaves either the whole file or only a temporary one."""
        with self._in_words(), self._temporary() as (file, temporary):
            digest, size = hashlib.sha256(), 0
            for piece in _pieces(stream):
                size += len(piece)
                if size > max_bytes:
                    raise FileRefused(name, f"文件超过{max_bytes >> 20}兆字节的上限。请拆成几个文件后重新上传。")
                digest.update(piece)
                file.write(piece)
            if size < least:
                raise FileRefused(name, "文件是空的（没有内容）。请检查文件后重新上传。")
            target = self._folder / f"{digest.hexdigest()}{_suffix(name)}"
            if not target.exists():
                file.flush()
                os.fsync(file.fileno())
                temporary.replace(target)
                _sync_folder(self._folder)
        return digest.hexdigest(), size

    @contextmanager
    def _temporary(self) -> Iterator[tuple[IO[bytes], Path]]:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".incoming-")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file, Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnavailable(f"不能保存原件（{error.strerror}）。请检查“{self._folder}”的磁盘空间和写入权限。") from error


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE_BYTES):
        yield piece


def _sync_folder(folder: Path) -> None:
    """The new name must outlast a power cut as well as the bytes do."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _suffix(name: str) -> str:
    path = Path(name.lower())
    suffix = "".join(path.suffixes[-2:]) if path.suffix == _KNOWN_DOUBLE else path.suffix
    return suffix if _PLAIN_SUFFIX.fullmatch(suffix) else ""
