"""zhengwen evaluate golden and all: as they are typed, on a few questions and the real demonstration place."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from api.commands.console import CommandFailed
from api.container import build_container
from assistant.answer_status import AnswerStatus
from evaluation.all_commands import REPORT_FILE, RESULT_FILE, all_measurements
from evaluation.baselines import Baseline, read_baseline, save_baseline
from evaluation.demonstration_workspace import open_demonstration
from evaluation.figures import Section, never, share_of
from evaluation.golden_commands import golden, pass_or_stop
from tests.demonstration import Home, take_over
from tests.evaluation.golden_cases import a_row, write_rows

QUESTIONS = (
    a_row(id="g-0001", provisions=["sf-juzhuzheng-2024#第十三条"], guides=["sfg-juzhuzheng-shenling"], facets=["materials"]),
    a_row(id="g-0002", question="今天示范市会下雨吗", expect=["out_of_scope", "no_evidence"], kind="out_of_scope"),
)
CONVERSATION = {
    "id": "c-001",
    "region": "990100",
    "as_of": "2026-11-22",
    "style": "plain",
    "turns": [
        {"question": "居住证怎么办，要带什么材料？", "expect": ["answered"], "guides": ["sfg-juzhuzheng-shenling"]},
        {"question": "那要多久？", "expect": ["answered"], "guides": ["sfg-juzhuzheng-shenling"], "facets": ["time_limit"]},
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    write_rows(folder, "questions.jsonl", *QUESTIONS)
    return write_rows(folder, "conversations.jsonl", CONVERSATION)


@pytest.mark.model
def test_a_few_questions_are_asked_reported_and_not_kept(demonstration: Home, folder: Path, tmp_path: Path) -> None:
    out, baselines = tmp_path / "report", tmp_path / "baselines"
    words = ("--folder", folder, "--only", "golden", "--out", out, "--baseline", baselines, "--save-baseline")
    outcome = demonstration.zhengwen("evaluate", "all", *words)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    figures = json.loads((out / RESULT_FILE).read_text(encoding="utf-8"))["sections"]["golden"]["figures"]
    assert {name: figures[name]["cases"] for name in ("answered", "refused", "turns", "conversations", "invented")} == {
        "answered": 1,
        "refused": 1,
        "turns": 2,
        "conversations": 1,
        "invented": 4,
    }
    assert (figures["right"]["value"], figures["refused"]["value"], figures["turns"]["value"]) == (1.0, 1.0, 1.0)
    assert figures["turns"]["right"] == "c-001/1 c-001/2"
    assert (figures["invented"]["value"], figures["not_asked"]["value"]) == (0, 0)
    assert "金标题目" in (out / REPORT_FILE).read_text(encoding="utf-8")
    assert set(read_baseline(baselines).sections) == {"golden"}
    assert _answers_kept(demonstration) == 0


@pytest.mark.model
def test_the_gate_measures_what_ships_whatever_people_have_changed(own_demonstration: Home) -> None:
    take_over(own_demonstration.path, own_demonstration.path / "evaluation" / "demonstration")
    container = build_container(own_demonstration.settings())
    guide = container.guides.all()[0]
    container.guides.save([replace(guide, title="改过的事项")])
    shipped = open_demonstration(own_demonstration.settings(), lambda *_: None)
    assert shipped.documents.count() == container.documents.count() > 30
    assert shipped.guides.get(guide.id) == guide
    assert shipped.settings.home != container.settings.home
    assert shipped.current_snapshot().passage_count == container.current_snapshot().passage_count


def test_a_folder_without_questions_ends_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="没有金标题目"):
        golden(folder=tmp_path)


def test_a_measurement_that_does_not_exist_ends_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="没有“weather”这项评测，可以写：golden、validity"):
        all_measurements(tmp_path, only=["weather"])


def test_the_baseline_of_the_program_is_not_taken_from_an_installation(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="--as-shipped"):
        all_measurements(tmp_path, save=True)
    with pytest.raises(CommandFailed, match="--gate"):
        golden(save=True)


def a_section(right: int, invented: int = 0) -> Section:
    cases = {f"g-{number:04d}": number < right for number in range(200)}
    return Section("golden", "金标题目", "", (share_of("right", "答对", cases), never("invented", "编造的数字", invented, 200)))


@pytest.fixture
def earlier(tmp_path: Path) -> Baseline:
    save_baseline([a_section(150)], {}, tmp_path)
    return read_baseline(tmp_path)


def test_a_worse_result_stops_the_command(earlier: Baseline) -> None:
    with pytest.raises(CommandFailed, match="30 题由对变错"):
        pass_or_stop(a_section(120), earlier)


def test_noise_passes(earlier: Baseline, capsys: pytest.CaptureFixture[str]) -> None:
    pass_or_stop(a_section(148), earlier)
    assert "通过" in capsys.readouterr().out


def test_one_invented_number_stops_the_command_even_without_a_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed, match="编造的数字：1 题，应为 0"):
        pass_or_stop(a_section(200, invented=1), Baseline())
    assert "还没有基线" in capsys.readouterr().out


def _answers_kept(home: Home) -> int:
    container = build_container(home.settings())
    return len(container.conversations.recent(container.clock().replace(year=2000), tuple(AnswerStatus)))
