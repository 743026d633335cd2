"""Backups sent to an object storage: a real S3 server by the command line, and one that fails half way."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.backups.backup_desk import BackupDesk
from api.backups.errors import BackupDamaged, BackupNotSent, UnknownBackup
from api.backups.records_copy import SqliteRecords
from api.backups.routine import BY_ITSELF, BackupRoutine
from api.cli import create_cli
from api.container import build_container
from api.settings import Settings
from knowledge_base.adapters.s3_folder import S3Account
from knowledge_base.adapters.sql import SqlDocumentStore, open_records
from tests.api.test_backups import Ticking
from tests.factories import a_revision
from tests.fakes.object_folder import MemoryObjectFolder
from tests.s3_server import *  # noqa: F403 - fixtures
from tests.s3_server import BUCKET


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    (home / "contact.key").write_text("secret")
    engine = open_records(f"sqlite:///{home / 'records.sqlite3'}")
    SqlDocumentStore(engine).add(a_revision())
    engine.dispose()
    return home


@pytest.fixture
def remote() -> MemoryObjectFolder:
    return MemoryObjectFolder()


@pytest.fixture
def desk(home: Path, remote: MemoryObjectFolder) -> BackupDesk:
    return BackupDesk(home, home / "backups", SqliteRecords(home / "records.sqlite3"), "0.4.0", Ticking(), keep=2, elsewhere=remote)


def test_each_backup_is_sent_once(desk: BackupDesk, remote: MemoryObjectFolder) -> None:
    first = desk.make()
    assert desk.send() == (first.name,)
    assert desk.send() == ()
    assert remote.contents[first.name] == first.path.read_bytes()


def test_where_it_could_not_be_sent_nothing_is_lost_and_the_next_one_sends_both(desk: BackupDesk, remote: MemoryObjectFolder) -> None:
    routine = BackupRoutine(desk, "02:30", Ticking())
    remote.broken = True
    for _ in range(3):
        with pytest.raises(BackupNotSent, match=r"存在本机.*下次备份时会补传"):
            routine.run(BY_ITSELF)
    # Old ones are not cleared away while nothing of them is elsewhere.
    assert len(desk.backups()) == 3
    failure = routine.last_failure()
    assert failure is not None
    assert "连不上" in failure.reason
    remote.broken = False
    assert "传到对象存储4份，清理了2份旧备份" in routine.run(BY_ITSELF)
    assert len(remote.contents) == 4
    assert routine.last_failure() is None


def test_a_backup_that_cannot_be_read_is_not_sent(desk: BackupDesk, remote: MemoryObjectFolder) -> None:
    desk.folder.mkdir()
    (desk.folder / "zhengwen-broken.zip").write_bytes(b"no archive")
    assert desk.send() == ()
    assert remote.contents == {}


def test_a_backup_that_is_only_there_is_brought_here(desk: BackupDesk) -> None:
    made = desk.make()
    desk.send()
    made.path.unlink()
    assert desk.check(desk.bring(made.name)).rows["documents"] == 1
    assert desk.bring(made.name).stat().st_mode & 0o077 == 0


def test_a_backup_altered_in_the_storage_does_not_come_in(desk: BackupDesk, remote: MemoryObjectFolder) -> None:
    made = desk.make()
    desk.send()
    made.path.unlink()
    remote.contents[made.name] = remote.contents[made.name][:-200]
    with pytest.raises(BackupDamaged):
        desk.bring(made.name)
    assert [path.name for path in desk.folder.glob("*zip*")] == []


def test_a_name_that_is_nowhere_is_told(desk: BackupDesk) -> None:
    with pytest.raises(UnknownBackup):
        desk.bring("zhengwen-nothing.zip")


def test_the_command_line_backs_up_to_s3_and_restores_from_there(
    home: Path, s3_account: S3Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {
        "HOME": str(home),
        "S3_ENDPOINT": s3_account.endpoint,
        "S3_KEY_ID": "a",
        "S3_SECRET": "b",
        "BACKUPS": str(tmp_path / "here"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(f"ZHENGWEN_{name}", value)
    monkeypatch.setattr("api.commands.backups.present_moment", Ticking())
    folder = f"s3://{BUCKET}/backups"

    made = zhengwen("backup", folder)
    name = next(iter((tmp_path / "here").glob("*.zip"))).name
    assert f"已传到 {folder}" in made
    (tmp_path / "here" / name).unlink()
    (home / "contact.key").write_text("lost")
    assert f"只在 {folder}" in zhengwen("backup", folder, "--list")

    assert f"已恢复到“{name}”" in zhengwen("restore", f"{folder}/{name}", "--yes")
    assert (home / "contact.key").read_text() == "secret"


def test_an_address_that_is_none_is_refused_in_chinese(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGWEN_HOME", str(home))
    outcome = CliRunner().invoke(create_cli(), ["backup", "s3://UPPER CASE"])
    assert "不是对象存储的地址" in str(outcome.exception)


def test_the_settings_name_where_originals_and_backups_go(tmp_path: Path, s3_account: S3Account) -> None:
    settings = Settings(
        _env_file=None,
        home=tmp_path / "home",
        s3_endpoint=s3_account.endpoint,
        s3_key_id="a",
        s3_secret="b",
        originals=f"s3://{BUCKET}/by-settings/",
        backup_upload=f"s3://{BUCKET}/copies",
        demonstration=False,
    )
    container = build_container(settings)
    elsewhere = container.backups.desk.elsewhere
    assert elsewhere is not None
    assert elsewhere.address == f"s3://{BUCKET}/copies"
    assert container.originals is not None


def zhengwen(*words: str) -> str:
    outcome = CliRunner().invoke(create_cli(), list(words), env={"COLUMNS": "200"})
    assert outcome.exit_code == 0, outcome.output + repr(outcome.exception)
    return outcome.output
