"""The tuning file."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from indexing.errors import InvalidTuning
from indexing.tuning import DEFAULT_TUNING_PATH, Tuning, load_tuning

SHIPPED = DEFAULT_TUNING_PATH.read_text(encoding="utf-8")


def a_file(folder: Path, text: str) -> Path:
    path = folder / "tuning.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_section_of_the_shipped_file_is_read() -> None:
    tuning = load_tuning()
    assert all(getattr(tuning, field.name) is not None for field in fields(Tuning))
    assert tuning.passages.piece_chars <= tuning.passages.article_chars


def test_the_search_text_of_the_shipped_file_carries_title_headings_and_text() -> None:
    shown = load_tuning().passages.search_text.format(title="标题", headings="第一章", text="正文")
    assert all(part in shown for part in ("标题", "第一章", "正文"))


def test_another_value_takes_effect(tmp_path: Path) -> None:
    assert load_tuning(a_file(tmp_path, SHIPPED.replace("keep = 3", "keep = 7"))).snapshots.keep == 7


@pytest.mark.parametrize(
    ("was", "now", "named"),
    [
        ("keep = 3", "", "keep"),
        ("keep = 3", "keep = -1", "snapshots.keep"),
        ("keep = 3", 'keep = "three"', "snapshots.keep"),
        ("keep = 3", "keep = 3\nkeeep = 4", "keeep"),
        ("[fusion]", "[fusions]", "fusion"),
        ("[fusion]", "[fusion", "tuning.toml"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, was: str, now: str, named: str) -> None:
    with pytest.raises(InvalidTuning, match=named):
        load_tuning(a_file(tmp_path, SHIPPED.replace(was, now, 1)))


@pytest.mark.parametrize(
    "line",
    [
        "vector_weight_far = 1.5",
        "vector_weight_near = 2",
        "coverage_far = 0.9",
        "run_weight = 0.9",
        "adapted_weight = 1.5",
        "adapted_from = 0.9",
    ],
)
def test_impossible_fusion_is_refused(tmp_path: Path, line: str) -> None:
    name = line.split(maxsplit=1)[0]
    lines = [line if shipped.startswith(f"{name} ") else shipped for shipped in SHIPPED.splitlines()]
    with pytest.raises(InvalidTuning, match=name):
        load_tuning(a_file(tmp_path, "\n".join(lines)))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidTuning):
        load_tuning(tmp_path / "absent.toml")
