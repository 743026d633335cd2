"""What the README shows is true: its commands run, its targets and files exist, its table is of both data sets."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demonstration import ROOT, Home

README = (ROOT / "README.md").read_text(encoding="utf-8")
DATASETS = ("ncp", "stard")


def between(marker: str) -> str:
    """The part of the README between two comments."""
    found = re.search(rf"<!-- {marker}:begin -->\n(.*?)<!-- {marker}:end -->", README, re.DOTALL)
    assert found, marker
    return found.group(1)


def tour() -> Iterator[list[str]]:
    """The words of each `zhengwen …` command of the tour."""
    for line in between("tour").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["zhengwen"]:
            yield words[1:]


def linked_files() -> set[str]:
    targets = re.findall(r"\]\(([^)#\s]+)", README)
    return {target for target in targets if "://" not in target}


def test_the_tour_shows_the_commands_a_newcomer_needs() -> None:
    assert {"ask", "policies", "index"} <= {words[0] for words in tour()}


@pytest.mark.model
@pytest.mark.parametrize("words", list(tour()), ids=" ".join)
def test_every_command_of_the_tour_runs(demonstration: Home, words: list[str]) -> None:
    outcome = demonstration.zhengwen(*words)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.strip()
    assert "没有找到" not in outcome.stdout


def test_every_target_of_make_exists() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = set(re.findall(r"\bmake ([a-z]+)", README))
    assert {"serve", "test", "check"} <= shown <= made


@pytest.mark.parametrize("path", sorted(linked_files()))
def test_every_linked_file_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_table_of_quality_has_a_row_for_each_data_set() -> None:
    table = between("quality").strip()
    if not table:
        pytest.skip("效果表还没有填写：运行 make quality")
    rows = [line for line in table.splitlines() if line.startswith("|")]
    for dataset in DATASETS:
        assert any(dataset in row for row in rows), dataset


def test_no_command_of_the_tour_is_left_out_for_its_form() -> None:
    lines = [line for line in between("tour").splitlines() if line.strip() and not line.startswith("```")]
    assert len(lines) == len(list(tour()))


def test_pictures_are_pictures() -> None:
    pictures = [Path(ROOT / path) for path in linked_files() if path.endswith((".png", ".svg"))]
    assert pictures
    for picture in pictures:
        begins = picture.read_bytes()[:8]
        assert begins == b"\x89PNG\r\n\x1a\n" or begins.lstrip()[:1] == b"<", picture
