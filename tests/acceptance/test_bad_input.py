"""Bad input on the real command line: one clear Chinese sentence each, never a traceback."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.demonstration import Home, Outcome

POLICY = "示范市绿化办法\n第一条　为了绿化，制定本办法。\n第二条　种树应当浇水。\n第三条　本办法自2024年3月1日起施行。\n"


def assert_a_sentence(text: str) -> None:
    """Chinese from beginning to end, as a person would write it."""
    assert "Traceback" not in text
    assert re.search(r"[\u4e00-\u9fff]{4,}.*[。：”]", text), text


def assert_refused(outcome: Outcome, words: str) -> None:
    assert outcome.returncode != 0
    assert words in outcome.stderr
    assert outcome.stdout == ""
    assert_a_sentence(outcome.stderr)


@pytest.mark.model
@pytest.mark.parametrize(("question", "words"), [("", "请先输入"), ("居住证" * 3334, "超过了"), ("😀😀🎉", "没有看懂")])
def test_a_message_that_is_no_question_is_answered_with_what_to_do(demonstration: Home, question: str, words: str) -> None:
    outcome = demonstration.zhengwen("ask", question)
    assert words in outcome.stdout
    assert_a_sentence(outcome.stdout)
    assert outcome.stderr == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("ask", "居住证怎么办", "--region", "火星"), "没有找到行政区划“火星”"),
        (("ask", "居住证怎么办", "--as-of", "2026-02-30"), "日期“2026-02-30”不正确"),
        (("policies", "import", "没有这个文件夹"), "找不到 没有这个文件夹"),
        (("index", "status"), "还没有索引"),
    ],
)
def test_what_cannot_be_done_is_said(bare_home: Callable[..., Home], words: tuple[str, ...], sentence: str) -> None:
    assert_refused(bare_home().zhengwen(*words), sentence)


@pytest.mark.model
def test_a_question_before_there_is_an_index_is_told_so(bare_home: Callable[..., Home], default_model_folder: Path) -> None:
    outcome = bare_home(default_model_folder).zhengwen("ask", "居住证怎么办？", "--json")
    answer = json.loads(outcome.stdout)
    assert answer["status"] == "index_not_ready"
    assert_a_sentence(answer["text"])
    assert "Traceback" not in outcome.stderr


@pytest.fixture
def mixed_folder(tmp_path: Path) -> Path:
    """One good file among broken ones."""
    folder = tmp_path / "来文"
    folder.mkdir()
    (folder / "坏.pdf").write_bytes(b"%PDF-1.7\n1 0 obj broken")
    (folder / "空.docx").write_bytes(b"")
    (folder / "图.psd").write_bytes(b"8BPS")
    (folder / "绿化.txt").write_bytes(POLICY.encode("gb18030"))
    return folder


def test_broken_files_are_reported_one_by_one_and_the_good_one_is_read_right(bare_home: Callable[..., Home], mixed_folder: Path) -> None:
    home = bare_home()
    outcome = home.zhengwen("policies", "import", mixed_folder, "--no-index")
    reported = [line for line in outcome.stdout.splitlines() if line.startswith("未导入 ")]
    assert sorted(line.split("：")[0] for line in reported) == ["未导入 图.psd", "未导入 坏.pdf", "未导入 空.docx"]
    for line in reported:
        assert_a_sentence(line)
    assert "有3项没有读成" in outcome.stdout
    listed = home.zhengwen("policies", "list").stdout.splitlines()
    assert len(listed) == 2
    shown = home.zhengwen("policies", "show", listed[0].split()[0]).stdout
    assert POLICY.splitlines()[2] in shown


def test_a_second_import_changes_nothing(bare_home: Callable[..., Home], mixed_folder: Path) -> None:
    home = bare_home()
    home.zhengwen("policies", "import", mixed_folder, "--no-index")
    again = home.zhengwen("policies", "import", mixed_folder, "--no-index")
    assert "收录或更新0份政策文件，内容未变1份" in again.stdout


def test_a_home_that_is_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    assert_refused(Home(tmp_path / "home").zhengwen("policies", "list"), "请检查路径")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, release = shutil.which("mount"), shutil.which("umount")
    mounted = mount and release and os.geteuid() == 0 and not subprocess.call([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)])
    if not mounted:
        pytest.skip("不能在这里挂载一个小磁盘")
    yield folder
    subprocess.run([str(release), str(folder)], check=True)


def test_a_full_disk_is_explained_and_what_was_there_stays(tiny_disk: Path, tmp_path: Path) -> None:
    home = Home(tiny_disk / "home")
    small, large = tmp_path / "小.txt", tmp_path / "大.txt"
    small.write_text(POLICY, encoding="utf-8")
    articles = "".join(f"第{number}条　{'种树应当浇水。' * 20}\n" for number in range(1, 9000))
    large.write_text("示范市种树办法\n" + articles, encoding="utf-8")
    assert home.zhengwen("policies", "import", small, "--no-index").returncode == 0
    outcome = home.zhengwen("policies", "import", large, "--no-index")
    assert outcome.returncode != 0
    assert_a_sentence(outcome.stderr + outcome.stdout)
    assert "磁盘" in outcome.stderr + outcome.stdout
    assert "示范市绿化办法" in home.zhengwen("policies", "list").stdout
