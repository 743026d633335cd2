"""Unpack a .zip of policy files under limits. Files get names of our own; the names inside are only reported."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from knowledge_base.adapters.parsers.limits import ReadingLimits
from knowledge_base.adapters.parsers.signatures import FileKind, detect_kind
from knowledge_base.adapters.reading.member_names import is_left_out, leads_outside, name_of
from knowledge_base.adapters.reading.process_limits import ArchiveLimits
from knowledge_base.errors import UnreadableDocument

_CHUNK = 1 << 20
_SMALL = 1 << 20
_ENCRYPTED_FLAG = 0x1
_ZIP_START = b"PK\x03\x04"
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, UnicodeError, IndexError, KeyError)
_SHOWN = re.compile(r"[\x00-\x1f\x7f]")


def unpack(name: str, stream: BinaryIO, folder: Path, limits: ArchiveLimits, reading: ReadingLimits) -> Iterator[tuple[str, str]]:
    """(name inside, file in `folder`) of each file. Raises UnreadableDocument; OSError where the disk is full."""
    unpacking = _Unpacking(name, folder, limits, reading)
    yield from unpacking.members(stream, "", 1)
    if not unpacking.count:
        raise UnreadableDocument(name, "压缩包里没有文件。请核对后重新上传。")


@dataclass(slots=True)
class _Unpacking:
    """Counts over the whole archive, archives inside included."""

    name: str
    folder: Path
    limits: ArchiveLimits
    reading: ReadingLimits
    count: int = 0
    written: int = 0
    _seen: set[str] = field(default_factory=set)

    def members(self, stream: BinaryIO, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
        if depth > self.limits.max_depth:
            raise self._refusal(f"压缩包套了{depth}层以上，可能是恶意文件，没有读取。请解压后直接上传里面的文件。")
        try:
            with zipfile.ZipFile(stream) as archive:
                for member in self._checked(archive.infolist()):
                    yield from self._member(archive, member, prefix, depth)
        except _DAMAGE as error:
            raise self._refusal("压缩包已损坏或没有下载完整。请重新打包后上传。") from error
        except NotImplementedError as error:
            raise self._refusal("压缩包用了不支持的压缩方法。请在 Windows 里用“发送到压缩文件夹”重新打包，或解压后直接上传。") from error

    def _member(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
        inside = f"{prefix}{name_of(member)}"
        file = self._extract(archive, member)
        if _is_archive(file):
            with file.open("rb") as nested:
                yield from self.members(nested, f"{inside}/", depth + 1)
            file.unlink()
        else:
            self.count += 1
            yield inside, file.name

    def _checked(self, members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
        """Those worth unpacking. Everything is checked before anything is unpacked, what will be left out too."""
        if len(members) + self.count > self.limits.max_members:
            raise self._refusal(f"压缩包里的文件超过{self.limits.max_members}个的上限。请分成几个压缩包上传。")
        for member in members:
            self._check(member)
        if self.written + sum(member.file_size for member in members) > self.limits.max_unpacked_bytes:
            raise self._refusal("解压后的内容异常庞大，可能是恶意文件，没有读取。请核对文件来源，或分成几个压缩包上传。")
        return [member for member in members if not member.is_dir() and not is_left_out(name_of(member), self.limits.left_out)]

    def _check(self, member: zipfile.ZipInfo) -> None:
        name = name_of(member)
        shown = _SHOWN.sub("?", name)[:80]
        mode = member.external_attr >> 16
        if leads_outside(name):
            raise self._refusal(f"压缩包里有危险的文件名“{shown}”，可能是恶意文件，没有读取。请核对文件来源。")
        if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise self._refusal(f"压缩包里的“{shown}”是链接或设备，不是文件，没有读取。请解压后直接上传里面的文件。")
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise self._refusal("压缩包加了密码。请取消密码保护后重新上传。")
        if member.file_size > self.reading.max_bytes:
            raise self._refusal(f"压缩包里的“{shown}”超过{self.reading.max_bytes >> 20}兆字节的上限。请拆分后重新上传。")
        if member.file_size > _SMALL and member.file_size > self.limits.max_unpack_ratio * max(member.compress_size, 1):
            raise self._refusal("解压后的内容异常庞大，可能是恶意文件，没有读取。请核对文件来源。")

    def _extract(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Path:
        file = self.folder / f"{len(self._seen) + 1:06}"
        self._seen.add(file.name)
        # zipfile stops at the size that the archive states, which is checked, and compares the checksum at the end.
        with archive.open(member) as source, file.open("xb") as target:
            while chunk := source.read(_CHUNK):
                self.written += len(chunk)
                target.write(chunk)
        return file

    def _refusal(self, reason: str) -> UnreadableDocument:
        return UnreadableDocument(self.name, reason)


def _is_archive(file: Path) -> bool:
    with file.open("rb") as stream:
        if stream.read(len(_ZIP_START)) != _ZIP_START:
            return False
    return detect_kind(file.read_bytes()) is FileKind.ZIP
