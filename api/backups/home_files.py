"""Which files below ZHENGWEN_HOME belong into a backup, and how."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from api.backups.errors import BackupFailed

INDEX, SNAPSHOTS, POINTER, VECTORS = "index", "index/snapshots", "index/CURRENT", "index/vectors.sqlite3"
ORIGINALS = "originals"
# Made anew by `zhengwen setup` or from the records, or not ours to copy: models, work in progress, the backups themselves.
ANCHORS = "audit.anchors"
_LEFT_OUT = {"models", INDEX, "backups", "logs", ANCHORS}
_WORKING_FILE = re.compile(r"^\.|\.lock$|\.damaged-|(\.sqlite3)(-wal|-shm|-journal)?$|^restored$")
_TRIES = 5


def plain_files(home: Path) -> Iterator[Path]:
    """Everything that is copied as it stands: originals, keys, learned classifiers, an administrator's own files."""
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        if inside.parts[0] in _LEFT_OUT or any(_WORKING_FILE.search(part) for part in inside.parts):
            continue
        if path.is_file() and not path.is_symlink():
            yield path


def copied_anchors(home: Path, folder: Path) -> None:
    """Before the records are copied: an anchor of a row that the copy lacks would look like a row cut off."""
    if (home / ANCHORS).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(home / ANCHORS, folder / ANCHORS)


def pinned_snapshot(home: Path, folder: Path) -> str:
    """The current snapshot as hard links in `folder`/<id>, which no clearing away can take; "" where there is none.

    Raises BackupFailed where it changes faster than it can be linked.
    """
    for _ in range(_TRIES):
        try:
            snapshot_id = (home / POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""
        try:
            _link(home / SNAPSHOTS / snapshot_id, folder / snapshot_id)
        except FileNotFoundError:
            continue  # replaced and cleared away meanwhile
        return snapshot_id
    raise BackupFailed("索引正在频繁切换。请等索引任务结束后再试。")


def _link(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, copy)


def copied_vectors(home: Path, target: Path) -> bool:
    """The vector cache by SQLite's online backup; false where there is none or it cannot be read: it only saves time."""
    source = home / VECTORS
    if not source.is_file():
        return False
    try:
        with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(target)) as copy:
            opened.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE").close()
    except sqlite3.Error:
        target.unlink(missing_ok=True)
        return False
    return True
