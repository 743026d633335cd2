"""A folder as a Place. Only below the permitted folders, whatever links or dots say; hidden and temporary files are left out."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from knowledge_base.sources.address_patterns import is_wanted
from knowledge_base.sources.errors import FetchRefused, InvalidSource, ItemFailed, ItemGone, ListingFailed
from knowledge_base.sources.models import Listed, Source, SourceItem
from knowledge_base.sources.ports import Beat, Fetched, Place

_PIECE = 1 << 20
_LONGEST_PATH = 2000
_TEMPORARY = ("~$", ".")
_ASK = "请运维人员在 ZHENGWEN_SOURCE_FOLDERS 中允许它。"


class FolderPlaces:
    """`permitted` folders as an operator has named them, none by default; `suffixes` of files that can be read; `max_bytes` of one file."""

    def __init__(self, permitted: tuple[Path, ...], suffixes: frozenset[str], max_bytes: int) -> None:
        self._permitted, self._suffixes, self._max_bytes = permitted, suffixes, max_bytes

    def check(self, source: Source) -> None:
        if not self._permitted:
            raise InvalidSource("address", f"还没有允许读取任何文件夹。{_ASK}")
        if "\x00" in source.address or not Path(source.address).is_absolute():
            raise InvalidSource("address", "请填写文件夹的完整路径，以 / 开头。")
        if self._root_of(Path(source.address)) is None:
            raise InvalidSource("address", f"这个文件夹不在允许读取的范围内。{_ASK}")

    @contextmanager
    def open(self, source: Source, beat: Beat) -> Iterator[Place]:
        root = self._root_of(Path(source.address))
        if root is None:
            raise ListingFailed(f"文件夹“{source.address}”不在允许读取的范围内，没有读取。{_ASK}")
        folder = Path(source.address).resolve()
        if not folder.is_dir():
            raise ListingFailed(f"没有找到文件夹“{source.address}”。请检查路径、磁盘或网络共享是否已挂载。")
        beat("正在查看文件夹")
        yield FolderPlace(source, folder, root, self._suffixes, self._max_bytes)

    def _root_of(self, folder: Path) -> Path | None:
        """The permitted folder that really holds it, links followed."""
        try:
            real = folder.resolve()
            return next((root.resolve() for root in self._permitted if real.is_relative_to(root.resolve())), None)
        except (OSError, RuntimeError):
            return None


class FolderPlace:
    """Addresses are complete paths; size and time of change are their mark of age."""

    def __init__(self, source: Source, folder: Path, root: Path, suffixes: frozenset[str], max_bytes: int) -> None:
        self._source, self._folder, self._root, self._suffixes, self._max_bytes = source, folder, root, suffixes, max_bytes
        self.complete = True

    def listed(self) -> Iterator[Listed]:
        yield from self._below(self._folder)

    def _below(self, folder: Path) -> Iterator[Listed]:
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            # A folder that cannot be looked into: what lies in it is not gone.
            self.complete = False
            return
        for entry in found:
            if entry.name.startswith(_TEMPORARY):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._below(Path(entry.path))
            elif (listed := self._file(entry)) is not None:
                yield listed

    def _file(self, entry: os.DirEntry[str]) -> Listed | None:
        path = Path(entry.path)
        # What is no valid text, or longer than a key of the records, cannot be kept as an address.
        if not entry.path.isprintable() or len(os.fsencode(entry.path)) > _LONGEST_PATH or path.suffix.lower() not in self._suffixes:
            return None
        if not is_wanted(entry.path, self._source.include, self._source.exclude):
            return None
        try:
            found = path.stat() if path.resolve().is_relative_to(self._root) else None
        except (OSError, RuntimeError):
            return None
        if found is None or not stat.S_ISREG(found.st_mode):
            return None
        return Listed(entry.path, entry.name, f"{found.st_size}-{found.st_mtime_ns}")

    def fetch(self, address: str, known: SourceItem | None) -> Fetched:
        path = Path(address)
        try:
            content = self._opened(path)
        except FileNotFoundError as gone:
            raise ItemGone(address, "文件已不在文件夹里。") from gone
        except (OSError, RuntimeError) as error:
            raise ItemFailed(address, "打不开这个文件。请检查读取权限。") from error
        size, digest = 0, hashlib.sha256()
        while piece := content.read(_PIECE):
            size += len(piece)
            digest.update(piece)
        content.seek(0)
        return Fetched(path.name, content, size, digest.hexdigest())

    def _opened(self, path: Path) -> BinaryIO:
        """The file that lies below the permitted folder at the moment of opening, not what a link put in its place since."""
        real = path.resolve(strict=True)
        if not real.is_relative_to(self._root):
            raise FetchRefused(str(path), "这个链接指向允许范围以外的文件，没有读取。")
        # NONBLOCK: opening a pipe would wait for a writer for ever.
        handle = os.open(real, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise FetchRefused(str(path), "这不是普通文件，没有读取。")
            if found.st_size > self._max_bytes:
                raise FetchRefused(str(path), f"文件超过 {self._max_bytes >> 20} 兆字节的上限，没有读取。请拆成几个文件。")
            if not _opened_path(handle, real).is_relative_to(self._root):
                raise FetchRefused(str(path), "这个链接指向允许范围以外的文件，没有读取。")
            return os.fdopen(handle, "rb")
        except BaseException:
            os.close(handle)
            raise


def _opened_path(handle: int, otherwise: Path) -> Path:
    """Where the open file lies, as far as the system tells."""
    link = Path(f"/proc/self/fd/{handle}")
    return link.resolve() if link.exists() else otherwise
