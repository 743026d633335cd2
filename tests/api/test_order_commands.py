"""zhengwen orders and zhengwen jobs on real SQLite: list, show, export, escalate, webhooks, and settings that do not fit together."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from api.cli import create_cli
from api.commands.console import run as run_cli
from api.container import Container, build_container
from api.settings import Settings
from assistant.hotline.models import Confidentiality
from assistant.models import CHINA_TIME
from tests.hotline_factories import A_CONTACT, a_draft

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
IN_2027 = datetime(2027, 3, 1, 9, tzinfo=CHINA_TIME)
Command = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHENGWEN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def zhengwen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `zhengwen …` in this process; returns the exit code and everything it said."""

    def run(*words: str, **variables: str) -> tuple[int, str]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["zhengwen", *words])
        capsys.readouterr()
        code = 0
        try:
            run_cli(create_cli())
        except SystemExit as stop:
            code = int(stop.code or 0)
        written = capsys.readouterr()
        return code, written.out + written.err

    return run


@pytest.fixture
def container() -> Container:
    return build_container(Settings(_env_file=None))


@pytest.fixture
def number(container: Container) -> str:
    return container.work_orders.submit(a_draft(), A_CONTACT, by="系统").order.number


def test_orders_are_listed_and_counted(zhengwen: Command, number: str) -> None:
    code, said = zhengwen("orders", "list", "--state", "accepted", "--type", "complaint", "--region", "明德区", "--text", "噪声")
    assert code == 0
    assert said.splitlines()[0].split("\t")[:4] == [number, "已受理", "投诉", "幸福路夜间施工噪声扰民"]
    assert "共 1 件" in said
    assert "共 0 件" in zhengwen("orders", "list", "--state", "closed")[1]


def test_an_order_is_shown_with_its_history_and_a_masked_contact(zhengwen: Command, number: str) -> None:
    code, said = zhengwen("orders", "show", number)
    assert code == 0
    assert "系统 受理" in said
    assert "138****5678" in said
    assert A_CONTACT.phone not in said
    assert A_CONTACT.name not in said


def test_a_protected_caller_is_not_shown_at_all(zhengwen: Command, container: Container) -> None:
    order = container.work_orders.submit(a_draft(confidentiality=Confidentiality.PROTECTED), A_CONTACT, by="系统").order
    assert "138****5678" not in zhengwen("orders", "show", order.number)[1]


def test_an_unknown_order_is_one_sentence(zhengwen: Command) -> None:
    code, said = zhengwen("orders", "show", "GD1")
    assert (code, said.strip()) == (1, "没有编号为“GD1”的工单。请核对后重试。")


@pytest.mark.parametrize("suffix", ["json", "csv", "xlsx", "CSV"])
def test_orders_are_exported_by_suffix(zhengwen: Command, number: str, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"orders.{suffix}"
    code, said = zhengwen("orders", "export", str(path))
    assert code == 0
    assert "已导出 1 件工单" in said
    assert A_CONTACT.phone.encode() not in path.read_bytes()


def test_an_export_holds_only_what_was_asked_for(zhengwen: Command, number: str, tmp_path: Path) -> None:
    zhengwen("orders", "export", str(tmp_path / "orders.csv"), "--state", "closed")
    with (tmp_path / "orders.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 1


def test_another_suffix_is_refused_with_those_there_are(zhengwen: Command, tmp_path: Path) -> None:
    code, said = zhengwen("orders", "export", str(tmp_path / "orders.pdf"))
    assert code == 1
    assert ".json、.csv、.xlsx" in said
    assert not (tmp_path / "orders.pdf").exists()


def test_deadlines_can_be_checked_at_once(zhengwen: Command, number: str) -> None:
    assert zhengwen("orders", "escalate") == (0, "预警 0 件。\n")


def test_deliveries_are_listed_and_tried_again(zhengwen: Command) -> None:
    addresses = {"ZHENGWEN_WEBHOOK_URLS": "http://127.0.0.1:9/hook", "ZHENGWEN_WEBHOOK_SECRET": SECRET}
    assert zhengwen("orders", "webhooks", **addresses) == (0, "")
    build_container(Settings(_env_file=None)).work_orders.submit(a_draft(), A_CONTACT, by="系统")
    assert "等待发送\t0" in zhengwen("orders", "webhooks")[1]
    assert zhengwen("jobs", "--once")[0] == 0
    assert "等待发送\t1" in zhengwen("orders", "webhooks")[1]
    assert "连接不上对方" in zhengwen("orders", "webhooks")[1]
    assert "0 条通知重新排队" in zhengwen("orders", "webhooks", "--retry")[1]


def test_without_addresses_the_command_says_so(zhengwen: Command) -> None:
    assert "没有设置 ZHENGWEN_WEBHOOK_URLS" in zhengwen("orders", "webhooks")[1]


def test_the_jobs_say_when_they_last_ran(zhengwen: Command) -> None:
    assert "还没有运行过" in zhengwen("jobs", "--status")[1]
    code, said = zhengwen("jobs", "--once")
    assert (code, said.startswith("各项任务已运行一次")) == (0, True)
    assert "还没有运行过" not in zhengwen("jobs", "--status")[1]
    assert "正常" in zhengwen("jobs", "--status")[1]


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("ZHENGWEN_WEBHOOK_URLS", "http://one.example/", "ZHENGWEN_WEBHOOK_SECRET"),
        ("ZHENGWEN_WEBHOOK_URLS", "one.example", "http://"),
        ("ZHENGWEN_WEBHOOK_SECRET", "secret", "whsec_"),
        ("ZHENGWEN_WEBHOOK_SECRET", "whsec_c2hvcnQ=", "24"),
        ("ZHENGWEN_CONTACT_KEYS", "abc", "44"),
        ("ZHENGWEN_JOBS", "sometimes", "ZHENGWEN_JOBS"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(zhengwen: Command, variable: str, value: str, says: str) -> None:
    code, said = zhengwen("orders", "list", **{variable: value})
    assert code == 1
    assert "不正确" in said
    assert says in said


def test_no_command_shows_a_key(zhengwen: Command) -> None:
    said = zhengwen("settings", ZHENGWEN_WEBHOOK_SECRET=SECRET)[1]
    assert "ZHENGWEN_WEBHOOK_SECRET" in said
    assert SECRET not in said


def test_the_clock_handed_in_decides_what_is_late(home: Path) -> None:
    late = build_container(Settings(_env_file=None), clock=lambda: IN_2027)
    assert late.today().year == 2027
    order = late.work_orders.submit(a_draft(), A_CONTACT, by="系统").order
    assert (order.number[:6], order.created_at) == ("GD2027", IN_2027)
