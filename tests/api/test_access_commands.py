"""zhengwen accounts, and the first administrator, on real SQLite."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from sqlalchemy import Engine

from api.access.adapters.sql import SqlAccountStore, SqlAttemptStore, SqlAuditTrail, SqlSessionStore, prepare_access
from api.access.assembly import AccessStores, assemble_access
from api.access.audit_chain import ChainSeal
from api.access.audit_checks import AuditChecks
from api.access.errors import SignInRefused
from api.access.models import LOCAL, Role
from api.access.ports import SignInAnswer
from api.commands import accounts, console
from api.commands.accounts import create_first_administrator
from api.container import Container, build_container, mask, present_moment
from api.settings import Settings
from evaluation.cli import main
from tests.fakes.account_store import MemoryAnchorLog, quick_rules
from tests.fakes.containers import a_container

Command = Callable[..., tuple[int, str]]
GENERATED = re.compile(r"([a-z2-9]{4}(?:-[a-z2-9]{4}){3})（只显示这一次，首次登录须修改）")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHENGWEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def container(sqlite_engine: Engine) -> Container:
    """Accounts on real SQLite, with quick hashing; everything else is a fake."""
    prepare_access(sqlite_engine)
    seal, anchors = ChainSeal(lambda: (b"a key",)), MemoryAnchorLog()
    audit = SqlAuditTrail(sqlite_engine, present_moment, mask, seal, anchors)
    stores = AccessStores(
        SqlAccountStore(sqlite_engine),
        SqlSessionStore(sqlite_engine),
        SqlAttemptStore(sqlite_engine),
        audit,
        AuditChecks(audit, seal, anchors),
    )
    access = assemble_access(stores, quick_rules(), present_moment, idle=timedelta(hours=1), longest=timedelta(hours=12))
    return replace(a_container(), access=access)


@pytest.fixture
def real_zhengwen(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `zhengwen …` in this process; returns the exit code and everything written."""

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


@pytest.fixture
def zhengwen(real_zhengwen: Command, container: Container, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The same over `container`: opening a whole one for every command takes most of a second."""
    monkeypatch.setattr(accounts, "open_container", lambda: container)
    return real_zhengwen


def type_at_the_terminal(monkeypatch: pytest.MonkeyPatch, *entries: str) -> list[bool]:
    """Answers prompts in order; returns a list that tells which of them were hidden."""
    waiting, hidden = list(entries), list[bool]()

    def prompt(words: str, *, hide_input: bool = False, default: str = "") -> str:
        hidden.append(hide_input)
        return waiting.pop(0) or default

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(typer, "prompt", prompt)
    return hidden


def sign_in(container: Container, name: str, password: str) -> bool:
    try:
        container.access.sign_in.sign_in(LOCAL, SignInAnswer({"name": name, "password": password}))
    except SignInRefused:
        return False
    return True


def generated_in(text: str) -> str:
    found = GENERATED.search(text)
    assert found, text
    return found[1]


def test_a_generated_password_is_shown_once_and_works(zhengwen: Command, container: Container) -> None:
    code, text = zhengwen("accounts", "create", "Wang.Wu", "--role", "operator", "--role", "班长", "--display", "王五", "--generate")
    assert (code, "已新建账号 wang.wu（坐席、班长）。" in text) == (0, True)
    assert sign_in(container, "wang.wu", generated_in(text))
    assert container.accounts.named("wang.wu").must_change_password
    assert not GENERATED.search(zhengwen("accounts", "list")[1])


def test_a_password_typed_twice_is_hidden_and_kept_as_a_hash_only(
    real_zhengwen: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = type_at_the_terminal(monkeypatch, "lemon tree at noon", "lemon tree at noon")
    code, text = real_zhengwen("accounts", "create", "li.si", "--role", "operator")
    assert (code, hidden) == (0, [True, True])
    assert "lemon" not in text
    (kept,) = sqlite3.connect(home / "records.sqlite3").execute("SELECT password_hash FROM accounts").fetchone()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not any(b"lemon tree" in path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert sign_in(build_container(Settings(_env_file=None, home=home)), "li.si", "lemon tree at noon")


@pytest.mark.parametrize(
    ("typed", "words"),
    [(("lemon tree at noon", "lemon tree at moon"), "两次输入的密码不一样"), (("short", "short"), "密码应为 10 到 200 个字符")],
)
def test_a_password_that_cannot_be_used_makes_no_account(
    zhengwen: Command, container: Container, monkeypatch: pytest.MonkeyPatch, typed: Sequence[str], words: str
) -> None:
    type_at_the_terminal(monkeypatch, *typed)
    code, text = zhengwen("accounts", "create", "li.si", "--role", "operator")
    assert (code, words in text) == (1, True)
    assert container.accounts.all() == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "li.si", "--role", "operator"), "没有终端"),
        (("create", "li.si", "--role", "boss", "--generate"), "没有角色“boss”。可以填：operator（坐席）"),
        (("create", "李四", "--role", "operator", "--generate"), "账号名应为"),
        (("create", "li.si", "--role", "operator", "--department", "nowhere", "--generate"), "没有编号为“nowhere”的部门"),
        (("create", "li.si", "--generate"), "缺少参数 --role"),
        (("disable", "nobody"), "没有账号“nobody”"),
        (("enable", "nobody"), "没有账号“nobody”"),
        (("reset-password", "nobody"), "没有账号“nobody”"),
        (("roles", "nobody", "--role", "auditor"), "没有账号“nobody”"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_in_chinese(zhengwen: Command, words: Sequence[str], said: str) -> None:
    code, text = zhengwen("accounts", *words)
    assert code != 0
    assert said in text
    assert "Traceback" not in text


def test_an_account_is_listed_changed_disabled_enabled_and_reset(zhengwen: Command, container: Container) -> None:
    zhengwen("accounts", "create", "li.si", "--role", "operator", "--display", "李四", "--generate")
    assert zhengwen("accounts", "list")[1].startswith("li.si\t李四\t坐席\t须改密码\t")
    assert "现在是：班长、审计员" in zhengwen("accounts", "roles", "li.si", "--role", "supervisor", "--role", "auditor")[1]
    zhengwen("accounts", "disable", "li.si", "--reason", "离岗")
    assert "\t停用\t" in zhengwen("accounts", "list")[1]
    password = generated_in(zhengwen("accounts", "reset-password", "li.si")[1])
    assert not sign_in(container, "li.si", password)
    zhengwen("accounts", "enable", "li.si")
    assert sign_in(container, "li.si", password)


def test_the_log_tells_who_did_what_and_why_without_passwords(zhengwen: Command) -> None:
    password = generated_in(zhengwen("accounts", "create", "li.si", "--role", "operator", "--generate")[1])
    zhengwen("accounts", "disable", "li.si", "--reason", "离岗，手机 13800138000")
    _, text = zhengwen("accounts", "log")
    newest, oldest = text.strip().splitlines()
    assert "\t停用账号\tli.si\t离岗，手机 【手机号】" in newest
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\t命令行（.+）\t新建账号\tli\.si\t.*坐席", oldest)
    assert password not in text
    assert len(zhengwen("accounts", "log", "--limit", "1")[1].strip().splitlines()) == 1
    assert zhengwen("accounts", "log", "--subject", "nobody")[1].strip() == ""


def first_administrator(container: Container, capsys: pytest.CaptureFixture[str], ask: bool = False) -> str:
    create_first_administrator(container, ask)
    return capsys.readouterr().out


def test_set_up_makes_the_first_administrator_once(container: Container, capsys: pytest.CaptureFixture[str]) -> None:
    text = first_administrator(container, capsys)
    assert text.startswith("管理员 admin 的初始密码：")
    assert sign_in(container, "admin", generated_in(text))
    before = container.accounts.all()
    assert first_administrator(container, capsys) == ""
    assert container.accounts.all() == before


def test_set_up_asks_only_when_told_to(container: Container, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = type_at_the_terminal(monkeypatch, "chen.jing", "lemon tree at noon", "lemon tree at noon")
    assert "已新建管理员账号 chen.jing" in first_administrator(container, capsys, ask=True)
    assert hidden == [False, True, True]
    assert container.accounts.named("chen.jing").roles == {Role.ADMINISTRATOR}
    assert sign_in(container, "chen.jing", "lemon tree at noon")


def test_asking_without_a_terminal_is_refused_not_waited_for(container: Container, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(console.CommandFailed, match="去掉 --ask"):
        first_administrator(container, capsys, ask=True)


def test_set_up_says_what_to_do_where_the_name_is_taken_by_somebody_else(container: Container, capsys: pytest.CaptureFixture[str]) -> None:
    container.accounts.create("admin", {Role.OPERATOR}, by="test")
    with pytest.raises(console.CommandFailed, match="accounts roles admin --role administrator"):
        first_administrator(container, capsys)
