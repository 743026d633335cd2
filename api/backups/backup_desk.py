"""Makes backups and brings them back, while the service goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from itertools import count
from pathlib import Path

import structlog
from filelock import FileLock, Timeout

from api.backups import archive, home_files
from api.backups.errors import BackupDamaged, BackupFailed, BackupNotSent, CannotRestore, UnknownBackup
from api.backups.models import Backup, BackupManifest
from api.backups.records_copy import FOLDER as RECORDS
from api.backups.records_copy import RecordsCopy
from api.backups.restoration import Restoration
from api.backups.restoration_note import leave_note
from indexing.ports import Progress
from knowledge_base.errors import StorageUnavailable
from knowledge_base.ports import Clock, ObjectFolder, silent

log = structlog.get_logger()

_STAGING = ".backup-"


@dataclass(frozen=True, slots=True)
class BackupDesk:
    """One backup or restoration at a time, across processes. `folder` is where backups lie, `keep` how many automatic clearing leaves.

    `elsewhere`: the object storage that gets a copy of each; clearing old ones away there is left to its own rules.
    """

    home: Path
    folder: Path
    records: RecordsCopy
    product_version: str
    clock: Clock
    keep: int = 7
    elsewhere: ObjectFolder | None = None

    def backups(self) -> tuple[Backup, ...]:
        """Newest first."""
        return archive.found_in(self.folder)

    def find(self, name: str) -> Backup:
        """By its name. Raises UnknownBackup."""
        found = next((backup for backup in self.backups() if backup.name == name), None)
        if found is None:
            raise UnknownBackup(name)
        return found

    def make(self, target: Path | None = None, progress: Progress | None = None) -> Backup:
        """Into `target`, else into the folder of backups. Checked after writing. Raises BackupFailed; earlier backups stay as they are."""
        made_at = self.clock().astimezone(UTC)
        path = target or self._free_path(f"zhengwen-{made_at:%Y%m%dT%H%M%SZ}")
        say = progress or silent
        if path.exists():
            raise BackupFailed(f"“{path.name}”已经存在。请换一个文件名，或稍后再试。")
        with self._alone(), self._staging() as staging:
            try:
                files, manifest = self._gathered(staging, say)
            except OSError as error:
                raise BackupFailed(f"{error.strerror or error}（{self.home}）。请检查磁盘空间和写入权限。") from error
            complete = archive.write_archive(path, files, manifest, say)
        log.info("backup_made", name=path.name, files=len(complete.files))
        return Backup(path.name, path, path.stat().st_size, complete)

    def _free_path(self, name: str) -> Path:
        """A restoration begins with a backup, and may be run again within the second."""
        # An underscore comes after the dot of the first one's name, so that the newest is listed first.
        numbered = (f"{name}_{number}" if number > 1 else name for number in count(1))
        return next(path for each in numbered if not (path := self.folder / f"{each}{archive.SUFFIX}").exists())

    def send(self, progress: Progress | None = None) -> tuple[str, ...]:
        """Sends what the object storage lacks of the sound backups here, oldest first; what lies here stays. Raises BackupNotSent."""
        if self.elsewhere is None:
            return ()
        say, sent = progress or silent, []
        waiting = [backup for backup in reversed(self.backups()) if backup.manifest]
        name = waiting[-1].name if waiting else ""
        try:
            there = set(self.elsewhere.names())
            waiting = [backup for backup in waiting if backup.name not in there]
            for done, backup in enumerate(waiting):
                say("上传备份", done, len(waiting))
                name = backup.name
                self.elsewhere.put(name, backup.path)
                sent.append(name)
                log.info("backup_sent", name=name, size=backup.size)
        except StorageUnavailable as error:
            raise BackupNotSent(name, str(error)) from error
        return tuple(sent)

    def bring(self, name: str) -> Path:
        """From the object storage into the folder of backups, unless it is there; only a sound one gets its name.

        Raises UnknownBackup, BackupDamaged, CannotRestore, StorageUnavailable.
        """
        path, beside = self.folder / name, self.folder / f".{name}.making"
        if path.is_file():
            return path
        try:
            if self.elsewhere is None or not self.elsewhere.fetch(name, beside):
                raise UnknownBackup(name)
            beside.chmod(0o600)
            archive.check_archive(beside, silent)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        return path

    def clear_old(self) -> tuple[str, ...]:
        """Removes all but the newest `keep` sound backups of the folder; those that cannot be read are left for a person to look at."""
        old = [backup for backup in self.backups() if backup.manifest][self.keep :]
        for backup in old:
            backup.path.unlink(missing_ok=True)
        return tuple(backup.name for backup in old)

    def check(self, path: Path, progress: Progress | None = None) -> BackupManifest:
        """Reads everything and compares. Raises BackupDamaged, CannotRestore, UnknownBackup."""
        if not path.is_file():
            raise UnknownBackup(path.name)
        return archive.check_archive(path, progress or silent)

    def restore(self, path: Path, by: str, progress: Progress | None = None) -> Backup | None:
        """Brings everything back as it was when `path` was made, and tells running services to load it.

        First a backup of the present state is made and returned (None where there is nothing yet). Cut off half way, it is run again.
        Raises UnknownBackup, BackupDamaged, CannotRestore, BackupFailed; before it raises the first three nothing has been changed.
        """
        say = progress or silent
        manifest = self.check(path, say)
        if manifest.records != self.records.kind:
            raise CannotRestore(path.name, f"它来自 {manifest.records} 数据库，这里用的是 {self.records.kind}。")
        present = self.make(progress=say) if self._holds_anything() else None
        with self._alone(), self._staging() as staging:
            try:
                archive.unpack(path, staging, manifest, say)
                restoration = Restoration(self.home, self.records, path.name)
                restoration.bring_back(staging, manifest, self.clock())
                leave_note(self.home, path.name, by, present.name if present else "")
                restoration.announce(self.clock())
            except BackupDamaged:
                raise
            except OSError as error:
                reason = f"{error.strerror or error}。请检查磁盘空间后再运行一次恢复；现状已存为“{present.name if present else '（无）'}”。"
                raise CannotRestore(path.name, reason) from error
        log.info("backup_restored", name=path.name)
        return present

    def _holds_anything(self) -> bool:
        return self.records.kind != "sqlite" or (self.home / "records.sqlite3").is_file()

    def _gathered(self, staging: Path, say: Progress) -> tuple[list[tuple[str, Path]], BackupManifest]:
        """The records first: what they name (originals, the index) is only ever added to, so the rest can be newer but never lack."""
        home_files.copied_anchors(self.home, staging / "home")
        copies = staging / RECORDS
        copies.mkdir()
        say("复制数据库", 0, 1)
        copied = self.records.save(copies)
        say("复制数据库", 1, 1)
        snapshot_id = home_files.pinned_snapshot(self.home, staging / home_files.SNAPSHOTS)
        (staging / home_files.INDEX).mkdir(exist_ok=True)
        home_files.copied_vectors(self.home, staging / home_files.VECTORS)
        if snapshot_id:
            (staging / home_files.POINTER).write_text(f"{snapshot_id}\n", encoding="utf-8")
        found = [(path.relative_to(staging).as_posix(), path) for path in sorted(staging.rglob("*")) if path.is_file()]
        found += [(f"home/{path.relative_to(self.home).as_posix()}", path) for path in home_files.plain_files(self.home)]
        made_at = self.clock().astimezone(UTC)
        return found, BackupManifest(made_at, self.product_version, self.records.kind, copied.rows, copied.schema, snapshot_id)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.home / "backup.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as held:
            raise BackupFailed("另一个备份或恢复正在进行，请等它结束后再试。") from held
        try:
            for left in self.home.glob(f"{_STAGING}*"):
                shutil.rmtree(left, ignore_errors=True)
            for left in self.folder.glob(".*.making"):
                left.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    @contextmanager
    def _staging(self) -> Iterator[Path]:
        """On the disk of the home: a snapshot is pinned by hard links, which do not reach across disks."""
        staging = self.home / f"{_STAGING}{os.getpid()}"
        try:
            staging.mkdir(mode=0o700)
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)
