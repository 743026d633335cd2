"""A backup as one ZIP file: written beside, read back and compared, then given its name."""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import IO

import orjson
from pydantic import TypeAdapter, ValidationError

from api.backups.disk import flush
from api.backups.errors import BackupDamaged, BackupFailed, CannotRestore
from api.backups.models import FORMAT, Backup, BackupManifest
from indexing.ports import Progress

MANIFEST = "manifest.json"
SUFFIX = ".zip"
_BLOCK = 1 << 20
# What a damaged file makes the library raise, in one way or another.
_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, EOFError, RuntimeError, NotImplementedError)
_MANIFESTS = TypeAdapter(BackupManifest)


def write_archive(target: Path, files: Iterable[tuple[str, Path]], manifest: BackupManifest, progress: Progress) -> BackupManifest:
    """Durable and checked on return; until then only a file that begins with a dot exists. Raises BackupFailed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # The whole holds keys and what citizens wrote: for the service's own user only.
    beside = target.with_name(f".{target.name}.making")
    try:
        with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as stream:
            complete = _written(stream, tuple(files), manifest, progress)
            stream.flush()
            os.fsync(stream.fileno())
        check_archive(beside, progress)
        beside.replace(target)
        flush(target.parent)
    except OSError as error:
        raise BackupFailed(f"{error.strerror or error}（{target.parent}）。请检查磁盘空间和写入权限。") from error
    except BackupDamaged as error:
        raise BackupFailed("写完后读回来核对，内容对不上，可能是磁盘有问题。请换一个位置再试。") from error
    finally:
        beside.unlink(missing_ok=True)
    return complete


def _written(stream: IO[bytes], files: tuple[tuple[str, Path], ...], manifest: BackupManifest, progress: Progress) -> BackupManifest:
    digests: dict[str, str] = {}
    # Level 1: most of it is text and vectors; a higher level costs minutes for a few per cent.
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1) as archive:
        for done, (name, path) in enumerate(files, start=1):
            with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as member:
                digests[name] = _copied(source, member)
            progress("写入备份", done, len(files))
        complete = replace(manifest, files=digests)
        archive.writestr(MANIFEST, orjson.dumps(complete, option=orjson.OPT_INDENT_2))
    return complete


def _copied(source: IO[bytes], target: IO[bytes] | None) -> str:
    digest = hashlib.sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
        if target is not None:
            target.write(block)
    return digest.hexdigest()


def read_manifest(path: Path) -> BackupManifest:
    """Raises BackupDamaged, CannotRestore where it was made by a later version."""
    try:
        with zipfile.ZipFile(path) as archive:
            stated = orjson.loads(archive.read(MANIFEST))
    except _UNREADABLE as error:
        raise BackupDamaged(path.name, f"读不出清单：{type(error).__name__}") from error
    if isinstance(stated, dict) and isinstance(stated.get("format"), int) and stated["format"] > FORMAT:
        raise CannotRestore(path.name, "它由更新版本的程序做成。请先升级程序。")
    try:
        return _MANIFESTS.validate_python(stated)
    except ValidationError as error:
        raise BackupDamaged(path.name, "清单的内容不对") from error


def check_archive(path: Path, progress: Progress) -> BackupManifest:
    """Reads every file in it and compares. Raises BackupDamaged, CannotRestore."""
    manifest = read_manifest(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()) - {MANIFEST}
            if names != set(manifest.files):
                raise BackupDamaged(path.name, "文件有缺或有多")
            for done, (name, expected) in enumerate(manifest.files.items(), start=1):
                with archive.open(name) as member:
                    if _copied(member, None) != expected:
                        raise BackupDamaged(path.name, f"{name} 的校验值不符")
                progress("核对备份", done, len(names))
    except _UNREADABLE as error:
        raise BackupDamaged(path.name, type(error).__name__) from error
    return manifest


def unpack(path: Path, folder: Path, manifest: BackupManifest, progress: Progress) -> None:
    """Into `folder`, which is empty; every file is compared on the way. Raises BackupDamaged, OSError (disk full)."""
    root = folder.resolve()
    with zipfile.ZipFile(path) as archive:
        for done, (name, expected) in enumerate(manifest.files.items(), start=1):
            target = (folder / name).resolve()
            if not target.is_relative_to(root):
                raise BackupDamaged(path.name, f"文件名不对：{name}")
            target.parent.mkdir(parents=True, exist_ok=True)
            # Keys are among them: for the service's own user only.
            with archive.open(name) as member, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                if _copied(member, file) != expected:
                    raise BackupDamaged(path.name, f"{name} 的校验值不符")
                file.flush()
                os.fsync(file.fileno())
            progress("取出备份", done, len(manifest.files))


def found_in(folder: Path) -> tuple[Backup, ...]:
    """Newest first; one that cannot be read is listed with the reason."""
    if not folder.is_dir():
        return ()
    paths = sorted((path for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith(".")), reverse=True)
    return tuple(_described(path) for path in paths)


def _described(path: Path) -> Backup:
    try:
        return Backup(path.name, path, path.stat().st_size, read_manifest(path))
    except (BackupDamaged, CannotRestore) as error:
        return Backup(path.name, path, path.stat().st_size, None, str(error))
