"""zhengwen audit, replay and conversations, and the jobs behind them, on a real home."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from api.container import Container, build_container
from api.forgetting import apply_retention
from api.jobs.periodic_jobs import periodic_jobs
from api.settings import Settings
from evaluation.cli import main
from tests.factories import a_moment, an_answer_record
from tests.fakes.containers import a_container

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHENGWEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def container(home: Path) -> Container:
    made = build_container(Settings(_env_file=None, home=home))
    for subject in ("one", "two", "three"):
        made.audit.record("admin", "account_created", subject, "新来的", "203.0.113.7")
    return made


@pytest.fixture
def zhengwen(container: Container, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["zhengwen", *words])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        written = capsys.readouterr()
        return code, written.out + written.err

    return run


def tamper(home: Path, statement: str) -> None:
    connection = sqlite3.connect(home / "records.sqlite3")
    for verb in ("update", "delete"):
        connection.execute(f"DROP TRIGGER access_events_no_{verb}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_whole_trail_is_found_whole_and_its_head_can_be_written_down(zhengwen: Command) -> None:
    code, said = zhengwen("audit", "verify")
    assert (code, "操作记录完整：共 3 条" in said) == (0, True)
    head = said.strip().splitlines()[-1].rpartition("：")[2]
    assert zhengwen("audit", "verify", "--head", head)[0] == 0
    code, said = zhengwen("audit", "verify", "--head", head.replace("3 hmac", "2 hmac"))
    assert (code, "不一致" in said) == (1, True)


def test_a_changed_row_is_named_and_the_exit_code_says_so(zhengwen: Command, home: Path) -> None:
    tamper(home, "UPDATE access_events SET actor = 'ADMIN' WHERE ordinal = 2")
    code, said = zhengwen("audit", "verify")
    assert (code, "第 2 条被改动过" in said) == (1, True)
    assert "第 2 条被改动过" in zhengwen("audit", "list", "--action", "audit_verified")[1]


def test_the_newest_rows_cut_off_are_missed(zhengwen: Command, home: Path) -> None:
    tamper(home, "DELETE FROM access_events WHERE ordinal = 3")
    code, said = zhengwen("audit", "verify", "--no-record")
    assert (code, "第 3 条及其后的记录被删去" in said) == (1, True)


def test_the_trail_is_narrowed_and_exported(zhengwen: Command, tmp_path: Path) -> None:
    assert "two" in zhengwen("audit", "list", "--address", "203.0.113.7", "--subject", "two")[1]
    assert zhengwen("audit", "list", "--address", "203.0.113.8")[1].strip() == ""
    file = tmp_path / "trail.csv"
    assert zhengwen("audit", "export", str(file))[0] == 0
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[4] for line in lines] == ["对象", "one", "two", "three"]


def test_an_answer_is_replayed_and_its_conversation_deleted(zhengwen: Command, container: Container) -> None:
    container.conversations.save(an_answer_record("a-1", "c-1", text="居住证怎么办"))
    code, said = zhengwen("replay", "a-1")
    assert (code, "问题：居住证怎么办" in said) == (0, True)
    assert zhengwen("replay", "nowhere")[0] == 1
    assert zhengwen("conversations", "delete", "a-1")[0] != 0, "a reason is asked for"
    code, said = zhengwen("conversations", "delete", "a-1", "--reason", "当事人要求")
    assert (code, "已删除对话 c-1：答复 1 条" in said) == (0, True)
    assert container.conversations.get("a-1") is None
    assert zhengwen("replay", "a-1")[0] == 1


def test_what_was_kept_long_enough_goes_and_the_trail_says_how_much() -> None:
    container = a_container(clock=lambda: a_moment() + timedelta(days=181))
    container.conversations.save(an_answer_record("a-1", "c-1"))
    assert apply_retention(container) == 1
    (event,) = container.audit.events(action="retention_applied")
    assert (event.after, "对话 180 天" in event.reason) == ("答复 1 条", True)
    assert apply_retention(container) == 0
    assert len(container.audit.events(action="retention_applied")) == 1


def test_checking_and_clearing_run_every_day() -> None:
    jobs = {job.name: job for job in periodic_jobs(a_container())}
    assert {jobs[name].every_s for name in ("verify_audit", "apply_retention")} == {24 * 3600}
