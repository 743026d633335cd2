"""kill -9 in the middle of a backup or of a restoration."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.backups.backup_desk import BackupDesk
from api.backups.records_copy import SqliteRecords
from knowledge_base.adapters.sql import SqlDocumentStore, open_records
from tests.factories import a_revision
from tests.faults.killed_process import killed, run

DOCUMENTS = 150


def desk_of(home: Path, backups: Path) -> BackupDesk:
    return BackupDesk(home, backups, SqliteRecords(home / "records.sqlite3"), "0.3.0", lambda: datetime.now(UTC))


def make_backup(home: Path, backups: Path, number: int = 0) -> None:
    folder = backups / f"{datetime.now(UTC):%H%M%S%f}-{number}.zip"
    desk_of(home, backups).make(folder)


def restore(home: Path, backups: Path, path: Path) -> None:
    desk_of(home, backups).restore(path, "li.si")


def documents_of(home: Path) -> int:
    engine = open_records(f"sqlite:///{home / 'records.sqlite3'}")
    try:
        return SqlDocumentStore(engine).count()
    finally:
        engine.dispose()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    snapshot = home / "index" / "snapshots" / "s-1"
    snapshot.mkdir(parents=True)
    (snapshot / "manifest.json").write_text("{}")
    (snapshot / "vectors").write_bytes(b"v" * 2_000_000)
    (home / "index" / "CURRENT").write_text("s-1\n")
    (home / "originals").mkdir()
    (home / "contact.key").write_text("secret")
    engine = open_records(f"sqlite:///{home / 'records.sqlite3'}")
    store = SqlDocumentStore(engine)
    for number in range(DOCUMENTS):
        store.add(a_revision(f"d-{number}", text="第一条 " + f"第{number}号规定。" * 200))
        (home / "originals" / f"{number}.txt").write_text(f"原件{number}")
    engine.dispose()
    return home


def test_a_killed_backup_leaves_only_whole_backups_and_the_next_one_works(home: Path, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    takes_s = run(make_backup, home, backups)
    for attempt in killed(make_backup, home, backups, takes_s=takes_s):
        for backup in desk_of(home, backups).backups():
            desk_of(home, backups).check(backup.path)
        assert documents_of(home) == DOCUMENTS, attempt
    run(make_backup, home, backups)
    assert not list(home.glob(".backup-*"))
    assert not list(backups.glob(".*.making"))


def test_a_killed_restoration_is_run_again_and_ends_as_if_nothing_had_happened(home: Path, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    make_backup(home, backups)
    path = desk_of(home, backups).backups()[0].path
    elsewhere = tmp_path / "elsewhere"
    takes_s = run(restore, elsewhere, tmp_path / "other", path)
    for attempt in killed(restore, elsewhere, tmp_path / "other", path, takes_s=takes_s):
        # Never something in between: what a reader opens is whole.
        assert documents_of(elsewhere) == DOCUMENTS, attempt
    run(restore, elsewhere, tmp_path / "other", path)
    assert documents_of(elsewhere) == DOCUMENTS
    assert (elsewhere / "contact.key").read_text() == "secret"
    assert (elsewhere / "index" / "snapshots" / "s-1" / "vectors").stat().st_size == 2_000_000
