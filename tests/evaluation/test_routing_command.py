"""The command as it is typed: wrong files are told of before anything slow begins, a right one is scored with the real model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api.commands.console import CommandFailed
from evaluation.routing_commands import routing
from tests.demonstration import Home
from tests.labelled_messages import LETTERS


@pytest.fixture
def home(bare_home: Callable[..., Home], default_model_folder: Path) -> Home:
    """With the model, without records and without an index."""
    return bare_home(default_model_folder)


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    path = tmp_path / "letters.jsonl"
    rows = [{"id": str(place), "title": one.title, "text": one.text, "label": one.label} for place, one in enumerate(LETTERS)]
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.model
def test_messages_are_scored_in_folds_without_an_index(home: Home, letters: Path, tmp_path: Path) -> None:
    outcome = home.zhengwen("evaluate", "routing", "--train", letters, "--folds", "3", "--json", tmp_path / "out.json")
    assert outcome.returncode == 0, outcome.stderr
    result = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert result["queries"] == len(LETTERS)
    assert result["accuracy"] > 0.5
    assert set(result) >= {"macro_f1", "top3", "coverage_at_precision", "seconds_to_train", "confusion", "precision_coverage"}


@pytest.mark.parametrize(("content", "sentence"), [(None, "没有这个文件"), ('{"text": "一"}\n', "没有 label")])
def test_a_file_that_cannot_be_read_ends_with_a_sentence(tmp_path: Path, content: str | None, sentence: str) -> None:
    path = tmp_path / "labelled.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandFailed, match=sentence):
        routing([path])


def test_a_test_file_and_folds_exclude_each_other(letters: Path) -> None:
    with pytest.raises(CommandFailed, match="--folds 只能用一个"):
        routing([letters], test=letters, folds=3)
