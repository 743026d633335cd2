"""What the load measurement prepares before it measures, each step once, in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.benchmarks.load.bench import Measurement, Plan
from evaluation.benchmarks.load.cells import Matrix, Outcome, Results

ALL_STEPS = ["prepare 30 5", "build", "refresh"]


class Steps:
    """Notes what is asked of it instead of doing it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.settings: dict[str, str] = {}
        self.fails_at = ""

    def __call__(self, _module: str, name: str, home: Path, *numbers: int, settings: dict[str, str]) -> Outcome:
        if name == self.fails_at:
            raise RuntimeError(f"测量“{name}”失败")
        self.done.append(" ".join([name, *map(str, numbers)]))
        self.settings = settings
        (home / "records.sqlite3").touch()
        return {"seconds": 1.0}


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
def measurement(steps: Steps, tmp_path: Path) -> Measurement:
    plan = Plan(Matrix((30,), ("local",), (1, 2), (1,)), embed=5, search_s=1, answer_s=1, cores=2)
    return Measurement(plan, Results(tmp_path / "service"), tmp_path / "work", "", lambda _: None, steps)


def test_content_index_and_refresh_are_prepared_once_for_any_number_of_processes(measurement: Measurement, steps: Steps) -> None:
    measurement.prepare()
    measurement.prepare()
    assert steps.done == ALL_STEPS


def test_after_a_failure_only_what_is_missing_is_done(measurement: Measurement, steps: Steps) -> None:
    steps.fails_at = "refresh"
    with pytest.raises(RuntimeError, match="refresh"):
        measurement.prepare()
    steps.fails_at = ""
    measurement.prepare()
    assert steps.done == ALL_STEPS


def test_everything_is_prepared_anew_where_the_content_is_gone(measurement: Measurement, steps: Steps, tmp_path: Path) -> None:
    measurement.prepare()
    (tmp_path / "work" / "home-30").rename(tmp_path / "gone")
    measurement.prepare()
    assert steps.done == ALL_STEPS * 2


def test_what_is_built_and_served_lies_in_its_own_home_and_remembers_no_answers(
    measurement: Measurement, steps: Steps, tmp_path: Path
) -> None:
    measurement.prepare()
    assert steps.settings["ZHENGWEN_HOME"] == str(tmp_path / "work" / "home-30")
    assert (steps.settings["ZHENGWEN_INDEX_URL"], steps.settings["ZHENGWEN_ANSWER_CACHE"]) == ("", "0")
    assert "ZHENGWEN_RERANKER" not in steps.settings
