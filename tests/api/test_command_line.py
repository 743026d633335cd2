"""The command line on real SQLite, without a model: what embeds nothing must not need one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from evaluation.cli import main

ROOT = Path(__file__).parents[2]
Command = Callable[..., "Outcome"]

POLICY = """---
id: d-parking
title: 示范市停车管理办法
document_number: 示政发〔2024〕3号
jurisdiction: "990100"
published_on: 2024-02-01
effective_on: 2024-03-01
---
第一条 为了规范停车，制定本办法。

第二条 本办法自2024年3月1日起施行。
"""


@dataclass(frozen=True)
class Outcome:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def zhengwen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `zhengwen …` with a home of its own, in this process: a process of its own takes seconds to start."""

    def run(*words: str, **variables: str) -> Outcome:
        for name, value in {"ZHENGWEN_HOME": str(tmp_path / "home"), **variables}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["zhengwen", *words])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        written = capsys.readouterr()
        return Outcome(code, written.out, written.err)

    return run


@pytest.fixture
def a_policy(tmp_path: Path, zhengwen: Command) -> str:
    path = tmp_path / "停车.md"
    path.write_text(POLICY, encoding="utf-8")
    assert zhengwen("policies", "import", str(path), "--no-index").returncode == 0
    return "d-parking"


def assert_one_chinese_sentence(outcome: Outcome, words: str) -> None:
    assert outcome.returncode != 0
    assert words in outcome.stderr
    assert "Traceback" not in outcome.stderr + outcome.stdout


def test_an_imported_policy_is_listed_with_its_state(zhengwen: Command, a_policy: str) -> None:
    listed = zhengwen("policies", "list").stdout
    assert a_policy in listed
    assert "现行有效" in listed


def test_a_policy_is_shown_whole(zhengwen: Command, a_policy: str) -> None:
    shown = zhengwen("policies", "show", a_policy).stdout
    assert "示政发〔2024〕3号" in shown
    assert "第一条 为了规范停车，制定本办法。" in shown


def test_a_repealed_policy_binds_until_the_day_before_and_can_be_restored(zhengwen: Command, a_policy: str) -> None:
    assert zhengwen("policies", "repeal", a_policy, "--on", "2025-01-01", "--reason", "试验", "--no-index").returncode == 0
    assert "现行有效" in zhengwen("policies", "show", a_policy, "--as-of", "2024-12-31").stdout
    assert "废止：" in zhengwen("policies", "show", a_policy, "--as-of", "2025-01-01").stdout
    assert zhengwen("policies", "restore", a_policy, "--no-index").returncode == 0
    assert "现行有效" in zhengwen("policies", "show", a_policy, "--as-of", "2025-01-01").stdout


def test_importing_again_changes_nothing(zhengwen: Command, a_policy: str, tmp_path: Path) -> None:
    again = zhengwen("policies", "import", str(tmp_path / "停车.md"), "--no-index")
    assert "未变1份" in again.stdout


def test_a_file_that_cannot_be_read_does_not_stop_the_others(zhengwen: Command, tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "坏.docx").write_bytes(b"")
    (folder / "坏.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "gbk.txt").write_bytes("示范市绿化办法\n第一条 为了绿化，制定本办法。\n".encode("gbk"))
    outcome = zhengwen("policies", "import", str(folder), "--no-index")
    assert_one_chinese_sentence(outcome, "有2项没有导入")
    assert "坏.docx" in outcome.stdout
    assert "坏.pdf" in outcome.stdout
    assert "示范市绿化办法" in zhengwen("policies", "list").stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("ask",), "缺少参数 question"),
        (("ask", "居住证", "--regoin", "x"), "没有选项 --regoin"),
        (("ask", "居住证", "--region", "火星"), "没有找到行政区划“火星”"),
        (("ask", "居住证", "--as-of", "昨天"), "日期“昨天”不正确"),
        (("policies", "show", "nope"), "没有编号为“nope”的政策文件"),
        (("policies", "import", "/nowhere"), "找不到 /nowhere"),
        (("policies", "list", "--status", "x"), "--status 的值不对"),
        (("index", "status"), "还没有索引"),
        (("index", "rollback"), "没有更早的索引快照"),
        (("guides", "import", "/nowhere.yaml"), "找不到文件"),
    ],
)
def test_mistakes_are_answered_with_one_chinese_sentence(zhengwen: Command, words: tuple[str, ...], sentence: str) -> None:
    assert_one_chinese_sentence(zhengwen(*words), sentence)


def test_a_wrong_setting_is_named(zhengwen: Command) -> None:
    assert_one_chinese_sentence(zhengwen("policies", "list", ZHENGWEN_PORT="abc"), "设置 ZHENGWEN_PORT 的值不正确")


def test_an_unreachable_database_is_explained(zhengwen: Command) -> None:
    assert_one_chinese_sentence(zhengwen("policies", "list", ZHENGWEN_RECORDS_URL="mysql://x/y"), "不支持“mysql”数据库")


def test_the_settings_table_can_be_printed(zhengwen: Command) -> None:
    assert "| `ZHENGWEN_HOME` | `.zhengwen` |" in zhengwen("settings", "--markdown").stdout


def test_commands_that_embed_nothing_load_no_model_library() -> None:
    code = "import sys, evaluation.cli; print(sorted({'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)))"
    outcome = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == "[]"
