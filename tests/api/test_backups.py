"""Backups and restoring: everything comes back as it was, nothing is lost on the way, nothing damaged is let in."""

from __future__ import annotations

import sqlite3
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from api.access.adapters.sql import prepare_access
from api.backups import archive
from api.backups.backup_desk import BackupDesk
from api.backups.errors import BackupDamaged, BackupFailed, CannotRestore, UnknownBackup
from api.backups.records_copy import PostgresRecords, SqliteRecords
from api.backups.restoration_note import leave_note, take_note
from api.backups.routine import BY_ITSELF, BackupRoutine
from api.restored import note_restoration
from api.serving import RestorationWatch
from assistant.adapters.sql import prepare_conversations
from knowledge_base.adapters.sql import SqlDepartmentStore, SqlDocumentStore, open_records
from tests.factories import a_department, a_revision
from tests.fakes.containers import a_container

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Ticking:
    """A second later each time: two backups never have one name."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Records, an index of made-up files, originals, a key, an administrator's file, and what does not belong into a backup."""
    home = tmp_path / "home"
    snapshot = home / "index" / "snapshots" / "s-1"
    for folder in (snapshot / "bm25", home / "originals", home / "examples", home / "models" / "m"):
        folder.mkdir(parents=True)
    (snapshot / "manifest.json").write_text("{}")
    (snapshot / "bm25" / "scores").write_bytes(b"scores")
    (home / "index" / "CURRENT").write_text("s-1\n")
    (home / "originals" / "abc.txt").write_text("第一条")
    (home / "contact.key").write_text("secret")
    (home / "examples" / "mine.yaml").write_text("a: 1")
    (home / "models" / "m" / "weights").write_bytes(b"0" * 1000)
    (home / "jobs.sqlite3").write_bytes(b"queue")
    (home / "refresh.lock").touch()
    engine = open_records(f"sqlite:///{home / 'records.sqlite3'}")
    SqlDocumentStore(engine).add(a_revision())
    engine.dispose()
    return home


def desk_of(home: Path) -> BackupDesk:
    return BackupDesk(home, home / "backups", SqliteRecords(home / "records.sqlite3"), "0.3.0", Ticking(), keep=2)


def tree(home: Path) -> dict[str, bytes]:
    files = (path for path in home.rglob("*") if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm", ".zip")))
    return {str(path.relative_to(home)): path.read_bytes() for path in files if path.name not in {"records.sqlite3", "restored"}}


def titles(home: Path) -> list[str]:
    engine = open_records(f"sqlite:///{home / 'records.sqlite3'}")
    found = [revision.metadata.title for revision in SqlDocumentStore(engine).all_latest()]
    engine.dispose()
    return found


def test_a_backup_brings_everything_back_into_an_empty_home(home: Path, tmp_path: Path) -> None:
    made = desk_of(home).make(tmp_path / "copy.zip")
    elsewhere = tmp_path / "elsewhere"
    desk_of(elsewhere).restore(made.path, "li.si")
    expected = {name: content for name, content in tree(home).items() if not name.startswith(("models/", "jobs."))}
    restored = tree(elsewhere)
    assert {name: restored.get(name) for name in expected} == expected
    assert titles(elsewhere) == titles(home)


def test_models_queues_and_locks_stay_out(home: Path, tmp_path: Path) -> None:
    made = desk_of(home).make(tmp_path / "copy.zip")
    assert made.manifest
    assert not [name for name in made.manifest.files if "models" in name or "jobs" in name or name.endswith(".lock")]


def test_two_backups_of_one_second_stand_side_by_side(home: Path) -> None:
    desk = replace(desk_of(home), clock=lambda: NOON)
    first, second = desk.make(), desk.make()
    assert [backup.name for backup in desk.backups()] == [second.name, first.name]


def test_a_backup_is_for_the_service_alone(home: Path) -> None:
    assert desk_of(home).make().path.stat().st_mode & 0o077 == 0


def test_restoring_in_place_goes_back_and_keeps_what_was_there_as_a_backup(home: Path) -> None:
    desk = desk_of(home)
    made = desk.make()
    engine = open_records(f"sqlite:///{home / 'records.sqlite3'}")
    SqlDocumentStore(engine).add(a_revision("d-later", title="后来的办法"))
    (home / "examples" / "mine.yaml").write_text("a: 2")
    (home / "examples" / "added.yaml").write_text("b: 1")
    (home / "originals" / "def.txt").write_text("后来的原件")
    present = desk.restore(made.path, "li.si")
    engine.dispose()
    assert "后来的办法" not in titles(home)
    assert (home / "examples" / "mine.yaml").read_text() == "a: 1"
    assert not (home / "examples" / "added.yaml").exists(), "it would change how the service answers"
    assert next(home.glob(".before-restore-*/examples/added.yaml")).read_text() == "b: 1", "and is kept aside"
    assert (home / "originals" / "def.txt").exists(), "an original more does no harm"
    assert present is not None
    desk.restore(present.path, "li.si")
    assert "后来的办法" in titles(home)


def test_writers_at_work_neither_stop_a_backup_nor_are_half_in_it(home: Path) -> None:
    engine = open_records(f"sqlite:///{home / 'records.sqlite3'}")
    store, stop = SqlDepartmentStore(engine), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            # Always in pairs, in one transaction.
            store.save([a_department(f"a-{number}"), a_department(f"b-{number}")])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [desk_of_with(home, number).make() for number in range(5)]
    finally:
        stop.set()
        writer.join()
        engine.dispose()
    for backup in made:
        with zipfile.ZipFile(backup.path) as opened:
            copy = home.parent / "copy.sqlite3"
            copy.write_bytes(opened.read("records/records.sqlite3"))
        with closing(sqlite3.connect(copy)) as connection:
            names = [row[0] for row in connection.execute("SELECT id FROM departments")]
        assert sum(name.startswith("a-") for name in names) == sum(name.startswith("b-") for name in names)


def desk_of_with(home: Path, number: int) -> BackupDesk:
    desk = desk_of(home)
    desk.clock.now += timedelta(minutes=number)  # type: ignore[attr-defined]
    return desk


def flipped(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 0x40]) + content[position + 1 :]


def test_no_altered_byte_is_let_in_unseen(home: Path, tmp_path: Path) -> None:
    desk = desk_of(home)
    content = desk.make(tmp_path / "copy.zip").path.read_bytes()
    before, damaged = tree(home), tmp_path / "damaged.zip"
    sound = archive.check_archive(tmp_path / "copy.zip", lambda *_: None)
    for position in range(0, len(content), max(1, len(content) // 400)):
        damaged.write_bytes(flipped(content, position))
        try:
            # Some bytes say nothing: a date of a member, a flag. Then everything that counts must be as it was.
            assert archive.check_archive(damaged, lambda *_: None).files == sound.files
        except (BackupDamaged, CannotRestore):
            continue
    damaged.write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupDamaged, match="没有从它恢复任何内容"):
        desk.restore(damaged, "li.si")
    assert tree(home) == before


def test_a_name_that_leads_out_of_the_folder_is_refused(home: Path, tmp_path: Path) -> None:
    path = desk_of(home).make(tmp_path / "copy.zip").path
    manifest = archive.read_manifest(path)
    crafted = tmp_path / "crafted.zip"
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    archive.write_archive(crafted, [("../../outside.txt", outside)], manifest, lambda *_: None)
    outside.write_text("untouched")
    with pytest.raises(BackupDamaged):
        desk_of(home).restore(crafted, "li.si")
    assert outside.read_text() == "untouched"


def test_a_full_disk_leaves_no_half_backup(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    desk = desk_of(home)
    kept = desk.make()
    monkeypatch.setattr(archive, "_copied", full)
    with pytest.raises(BackupFailed, match="请检查磁盘空间"):
        desk.make()
    monkeypatch.undo()
    assert [backup.name for backup in desk.backups()] == [kept.name]
    assert [path.name for path in (home / "backups").iterdir()] == [kept.name]


def test_what_a_killed_backup_left_is_cleared_by_the_next(home: Path) -> None:
    desk = desk_of(home)
    (home / "backups").mkdir()
    (home / "backups" / ".zhengwen-1.zip.making").write_bytes(b"half")
    (home / ".backup-1").mkdir()
    desk.make()
    assert not (home / ".backup-1").exists()
    assert not list((home / "backups").glob(".*"))


def test_two_backups_are_not_made_at_once(home: Path) -> None:
    desk = desk_of(home)
    with desk._alone(), pytest.raises(BackupFailed, match="正在进行"):
        desk.make()


def test_unknown_and_foreign_backups_are_told_apart(home: Path, tmp_path: Path) -> None:
    desk = desk_of(home)
    with pytest.raises(UnknownBackup):
        desk.find("no.zip")
    (tmp_path / "text.zip").write_text("no zip at all")
    with pytest.raises(BackupDamaged):
        desk.check(tmp_path / "text.zip")


def test_clearing_keeps_the_newest_and_leaves_what_it_cannot_read(home: Path) -> None:
    desk = desk_of(home)
    names = [desk.make().name for _ in range(4)]
    (home / "backups" / "zhengwen-0.zip").write_text("damaged")
    assert desk.clear_old() == (names[1], names[0])
    assert [backup.name for backup in desk.backups()] == [names[3], names[2], "zhengwen-0.zip"]


@pytest.mark.parametrize(("hour", "due"), [(1, False), (3, True)])
def test_the_nightly_backup_is_due_after_its_hour(home: Path, hour: int, due: bool) -> None:
    in_china = datetime(2026, 11, 23, hour, tzinfo=UTC) - timedelta(hours=8)
    assert BackupRoutine(desk_of(home), "02:30", lambda: in_china).is_due() is due
    assert not BackupRoutine(desk_of(home), "off", lambda: in_china).is_due()


def test_one_a_day_is_enough(home: Path) -> None:
    clock = Ticking()
    routine = BackupRoutine(BackupDesk(home, home / "backups", SqliteRecords(home / "records.sqlite3"), "0.3.0", clock), "02:30", clock)
    assert routine.is_due()
    routine.run(BY_ITSELF)
    assert not routine.is_due()


def test_a_failure_is_remembered_until_a_backup_is_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    routine = BackupRoutine(desk_of(home), "02:30", lambda: NOON)

    def refuse(_records: SqliteRecords, _folder: Path) -> None:
        raise BackupFailed("磁盘满了。")

    monkeypatch.setattr(SqliteRecords, "save", refuse)
    with pytest.raises(BackupFailed):
        routine.run("li.si")
    failure = routine.last_failure()
    assert failure is not None
    assert "磁盘满了" in failure.reason
    monkeypatch.undo()
    routine.run("li.si")
    assert routine.last_failure() is None


def test_running_services_notice_a_restoration_once_and_one_of_them_notes_it(home: Path) -> None:
    desk, watch = desk_of(home), RestorationWatch(home)
    made = desk.make()
    assert not watch.restored()
    present = desk.restore(made.path, "li.si")
    assert watch.restored()
    assert not watch.restored()
    assert take_note(home) == (made.name, "li.si", present.name if present else "")
    assert take_note(home) is None


@pytest.mark.postgres
def test_answers_of_before_are_not_said_again_after_a_restoration(tmp_path: Path) -> None:
    forgotten: list[str] = []
    container = replace(a_container(home=tmp_path), forget_answers=lambda: forgotten.append("answers"))
    note_restoration(container)
    assert forgotten == []
    leave_note(tmp_path, "one.zip", "admin", "before.zip")
    note_restoration(container)
    note_restoration(container)
    assert forgotten == ["answers"]


def test_records_in_postgresql_come_back_too(postgres_engine: Engine, tmp_path: Path) -> None:
    SqlDocumentStore(postgres_engine).add(a_revision())
    records = PostgresRecords(postgres_engine.url)
    desk = BackupDesk(tmp_path / "home", tmp_path / "backups", records, "0.3.0", Ticking())
    made = desk.make()
    SqlDocumentStore(postgres_engine).add(a_revision("d-later", title="后来的办法"))
    desk.restore(made.path, "li.si")
    store = SqlDocumentStore(postgres_engine)
    assert [revision.document_id for revision in store.all_latest()] == [a_revision().document_id]
    store.add(a_revision("d-new", title="再后来的办法"))


@pytest.mark.postgres
def test_records_of_another_kind_or_version_are_refused_unchanged(postgres_engine: Engine, home: Path, tmp_path: Path) -> None:
    records = PostgresRecords(postgres_engine.url)
    desk = BackupDesk(tmp_path / "pg-home", tmp_path / "backups", records, "0.3.0", Ticking())
    with pytest.raises(CannotRestore, match="数据库"):
        desk.restore(desk_of(home).make().path, "li.si")
    made = desk.make()
    with postgres_engine.begin() as connection:
        connection.execute(text("UPDATE knowledge_base_version SET version_num = '0000'"))
    with pytest.raises(CannotRestore, match="版本"):
        desk.restore(made.path, "li.si")


def test_tables_of_an_older_version_are_brought_up_to_date_when_they_are_opened(home: Path, tmp_path: Path) -> None:
    made = desk_of(home).make(tmp_path / "copy.zip")
    elsewhere = tmp_path / "elsewhere"
    desk_of(elsewhere).restore(made.path, "li.si")
    engine = open_records(f"sqlite:///{elsewhere / 'records.sqlite3'}")
    prepare: tuple[Callable[[Engine], None], ...] = (prepare_conversations, prepare_access)
    for each in prepare:
        each(engine)
    engine.dispose()
