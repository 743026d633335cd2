"""Brings the unpacked files of a backup back, each by one atomic step, the records in one transaction."""

from __future__ import annotations

import filecmp
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.backups import home_files
from api.backups.disk import flush
from api.backups.models import BackupManifest
from api.backups.records_copy import FOLDER as RECORDS
from api.backups.records_copy import RecordsCopy

MARK = "restored"
"""A file under the home whose change tells running services to start anew."""
_SET_ASIDE = ".before-restore-"


@dataclass(frozen=True, slots=True)
class Restoration:
    """`name` is the backup's, for messages."""

    home: Path
    records: RecordsCopy
    name: str

    def bring_back(self, unpacked: Path, manifest: BackupManifest, now: datetime) -> None:
        """What others refer to comes first, the pointer to the index last. Raises CannotRestore, OSError; may be run again."""
        self._snapshot(unpacked, manifest.snapshot_id)
        self._plain(unpacked / "home", now)
        self.records.load(unpacked / RECORDS, self.name, manifest.schema)
        self._vectors(unpacked)
        if manifest.snapshot_id:
            _put(unpacked / home_files.POINTER, self.home / home_files.POINTER)
        _leave_to_the_owner(self.home)

    def announce(self, now: datetime) -> None:
        """Tells running services to start anew."""
        mark = self.home / f".{MARK}"
        mark.write_text(f"{now.isoformat()} {self.name}\n", encoding="utf-8")
        mark.replace(self.home / MARK)

    def _snapshot(self, unpacked: Path, snapshot_id: str) -> None:
        kept = self.home / home_files.SNAPSHOTS / snapshot_id
        restored = unpacked / home_files.SNAPSHOTS / snapshot_id
        if not snapshot_id or _same_files(restored, kept):
            return
        if kept.is_dir():
            # A snapshot never changes, so this one is damaged. The next refresh clears away what begins with a dot.
            kept.rename(kept.with_name(f".removed-{kept.name}-{os.getpid()}"))
        kept.parent.mkdir(parents=True, exist_ok=True)
        restored.rename(kept)

    def _plain(self, restored: Path, now: datetime) -> None:
        """An administrator's file that the backup does not have is moved aside, as it would change how the service answers."""
        wanted = {path.relative_to(restored) for path in restored.rglob("*") if path.is_file()} if restored.is_dir() else set()
        aside = self.home / f"{_SET_ASIDE}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        for path in list(home_files.plain_files(self.home)):
            inside = path.relative_to(self.home)
            if inside.parts[0] != home_files.ORIGINALS and inside not in wanted:
                _put(path, aside / inside)
                path.unlink()
        for inside in sorted(wanted):
            if inside.parts[0] != home_files.ORIGINALS or not (self.home / inside).is_file():
                _put(restored / inside, self.home / inside)

    def _vectors(self, unpacked: Path) -> None:
        """Only where there are none: vectors are kept by what they were made from, so newer ones are as good."""
        if (unpacked / home_files.VECTORS).is_file() and not (self.home / home_files.VECTORS).is_file():
            _put(unpacked / home_files.VECTORS, self.home / home_files.VECTORS)


def _leave_to_the_owner(home: Path) -> None:
    """Where the superuser restores for a service of another user, that user must be able to read what came back."""
    owner = home.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    for path in home.rglob("*"):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _same_files(one: Path, other: Path) -> bool:
    """True where `other` has every file of `one`, byte for byte."""
    names = [path.relative_to(one) for path in one.rglob("*") if path.is_file()]
    return other.is_dir() and not any(filecmp.cmpfiles(one, other, [str(name) for name in names], shallow=False)[1:])


def _put(source: Path, target: Path) -> None:
    """A copy beside, then one rename: a reader finds the old file or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.restoring")
    shutil.copy2(source, beside)
    flush(beside)
    beside.replace(target)
