"""Baselines: what was written is read again, and a wrong file is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.baselines import BASELINES_FOLDER, read_baseline, result_fields, save_baseline
from evaluation.delivery import write_json
from evaluation.errors import DatasetUnreadable
from evaluation.figures import Section, never, share_of, stated_share

SECTIONS = (
    Section("golden", "金标题目", "", (share_of("right", "答对", {"g-1": True, "g-2": False}), never("invented", "编造", 0, 2))),
    Section("refusal", "婉拒", "", (stated_share("refused", "婉拒", 0.9, 100), stated_share("none", "没有", None, 0))),
)
MADE = {"on": "2026-11-22", "version": "0.4.0", "embedder": "e5"}


def test_a_saved_baseline_gives_back_its_figures_and_cases(tmp_path: Path) -> None:
    written = save_baseline(SECTIONS, MADE, tmp_path / "new")
    assert [path.name for path in written] == ["golden.json", "refusal.json"]
    baseline = read_baseline(tmp_path / "new")
    right = baseline.figures_of("golden")["right"]
    assert (right.value, right.cases, right.outcomes) == (0.5, 2, {"g-1": True, "g-2": False})
    assert baseline.figures_of("refusal")["none"].value is None
    assert baseline.made["golden"] == MADE


def test_one_section_is_renewed_without_the_others(tmp_path: Path) -> None:
    save_baseline(SECTIONS, MADE, tmp_path)
    save_baseline(SECTIONS[:1], {**MADE, "on": "2026-12-01"}, tmp_path)
    baseline = read_baseline(tmp_path)
    assert (baseline.made["golden"]["on"], baseline.made["refusal"]["on"]) == ("2026-12-01", "2026-11-22")


def test_the_json_of_a_report_is_a_baseline_too(tmp_path: Path) -> None:
    write_json(result_fields(SECTIONS, MADE), tmp_path / "report.json")
    assert set(read_baseline(tmp_path / "report.json").sections) == {"golden", "refusal"}


def test_a_section_that_was_never_measured_has_no_figures(tmp_path: Path) -> None:
    assert read_baseline(save_baseline(SECTIONS, MADE, tmp_path)[0]).figures_of("privacy") == {}


@pytest.mark.parametrize("content", ["{", "[]", '{"sections": []}', '{"sections": {"golden": {"figures": {"right": {"value": 1}}}}}'])
def test_a_file_that_is_no_result_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "golden.json").write_text(content, encoding="utf-8")
    with pytest.raises(DatasetUnreadable, match=r"golden\.json"):
        read_baseline(tmp_path)


def test_a_baseline_that_is_not_there_is_told_unless_it_is_to_be_written(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnreadable, match="没有这个基线"):
        read_baseline(tmp_path / "none")
    assert read_baseline(tmp_path / "none", to_be_written=True).sections == {}


def test_a_new_baseline_is_not_written_into_a_file(tmp_path: Path) -> None:
    (path, _) = save_baseline(SECTIONS, MADE, tmp_path)
    with pytest.raises(DatasetUnreadable, match="要写进文件夹"):
        read_baseline(path, to_be_written=True)


def test_the_baselines_that_ship_can_be_read() -> None:
    assert set(read_baseline().sections) == {path.stem for path in BASELINES_FOLDER.glob("*.json")}
