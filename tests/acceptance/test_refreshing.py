"""kill -9 and two at once: the last good index goes on answering."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.demonstration import Home

pytestmark = pytest.mark.model

QUESTION = "居住证怎么办，要带什么材料？"
MANY = 150


def add_policies(home: Home, tmp_path: Path) -> None:
    """Enough new text that a refresh takes a while."""
    path = tmp_path / "新办法.txt"
    articles = "".join(
        f"第{number}条　第{number}号摊位应当在{number}日内申报，并按照第{number}档交纳费用。\n" for number in range(1, MANY + 1)
    )
    path.write_text(f"示范市摊位申报办法\n{articles}", encoding="utf-8")
    outcome = home.zhengwen("policies", "import", path, "--no-index")
    assert outcome.returncode == 0, outcome.stderr


def snapshots(home: Home) -> list[str]:
    return sorted(path.name for path in (home.path / "index" / "snapshots").iterdir())


def current(home: Home) -> str:
    return (home.path / "index" / "CURRENT").read_text(encoding="utf-8")


def vectors_begun(home: Home, size: int) -> bool:
    """The cache of vectors is written batch by batch."""
    try:
        return sum(path.stat().st_size for path in (home.path / "index").glob("vectors.sqlite3*")) > size
    except FileNotFoundError:
        return False  # SQLite takes its log away when a connection closes; the next look finds what is there.


def kill_once(home: Home, moment: str) -> None:
    """Starts a refresh and kills it as soon as the moment has come."""
    size = sum(path.stat().st_size for path in (home.path / "index").glob("vectors.sqlite3*"))
    before = snapshots(home)
    process = home.start("index", "refresh")
    reached = {
        "after the lock": lambda: True,
        "between vectors": lambda: vectors_begun(home, size),
        "while writing": lambda: snapshots(home) != before,
    }[moment]
    while process.poll() is None and not reached():
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_refresh_killed_at_any_moment_leaves_the_last_good_index(own_demonstration: Home, tmp_path: Path) -> None:
    home = own_demonstration
    add_policies(home, tmp_path)
    for moment in ("after the lock", "between vectors", "while writing"):
        kill_once(home, moment)
    answered = home.zhengwen("ask", QUESTION, "--region", "示范市")
    assert answered.returncode == 0, answered.stderr
    assert "《示范市居住证管理办法》" in answered.stdout
    refreshed = home.zhengwen("index", "refresh")
    assert refreshed.returncode == 0, refreshed.stderr
    assert "摊位" in home.zhengwen("ask", "第7号摊位应当在几日内申报？", "--region", "示范市").stdout


def test_of_two_refreshes_at_once_one_says_so_and_the_other_finishes(own_demonstration: Home, tmp_path: Path) -> None:
    home = own_demonstration
    before = current(home)
    add_policies(home, tmp_path)
    first = home.start("index", "refresh")
    second = home.zhengwen("index", "refresh")
    code = first.wait()
    assert 0 in (code, second.returncode)
    assert second.returncode == 0 or "正在" in second.stderr
    assert current(home) != before
    assert home.zhengwen("index", "status").returncode == 0
