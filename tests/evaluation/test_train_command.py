"""zhengwen train as a shell calls it, over vectors that are made up: what it says, what it writes, when it writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.commands.console import CommandFailed
from evaluation import cli, train_command
from evaluation.errors import DatasetUnreadable
from indexing.errors import InvalidRecipe, TrainingRefused
from tests.evaluation.train_words import run
from tests.training_material import a_set, material, small_recipe


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHENGWEN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(train_command, "load_recipe", lambda _file: small_recipe())
    monkeypatch.setattr(train_command, "_material", lambda *_: material())


def test_it_is_a_command_of_the_product() -> None:
    assert cli.train is train_command.train


def test_the_adapter_is_written_and_how_to_use_it_is_said(tmp_path: Path) -> None:
    said = run("--own", "--out", tmp_path / "mine")
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {"adapter.safetensors", "card.json", "training_log.json"}
    assert "变好" in said
    assert "ZHENGWEN_ADAPTER" in said
    assert "zhengwen index refresh" in said
    assert "许可" not in said


def test_without_a_folder_it_goes_into_the_home(tmp_path: Path) -> None:
    run("--own")
    (written,) = (tmp_path / "home" / "adapters").iterdir()
    assert (written / "card.json").is_file()


def test_an_adapter_that_loses_anywhere_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contrary = a_set("contrary", turned=-1.0, seed=5)
    monkeypatch.setattr(train_command, "_material", lambda *_: material(watched=(contrary,)))
    with pytest.raises(TrainingRefused, match=r"contrary.*hold\.weight"):
        run("--own", "--out", tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_a_folder_that_is_there_is_not_touched(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="已经存在"):
        run("--own", "--out", tmp_path)


def test_a_set_without_a_licence_is_for_the_own_house(tmp_path: Path) -> None:
    assert "不要分发" in run("--dataset", tmp_path / "unheard-of", "--out", tmp_path / "mine")
    assert "不要分发" not in run("--dataset", tmp_path / "stard", "--out", tmp_path / "other")


@pytest.mark.parametrize("words", [("--own", "--cross-validate", "5"), ("--dataset", "x", "--cross-validate", "1")])
def test_cross_validation_needs_labelled_questions_and_two_folds(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandFailed, match="至少要分成 2 折"):
        run(*words)


def test_a_wrong_recipe_and_a_missing_set_are_said_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("ZHENGWEN_HOME", str(tmp_path / "home"))
    (tmp_path / "recipe.toml").write_text("name = 'x'", encoding="utf-8")
    with pytest.raises(InvalidRecipe, match="缺少"):
        run("--recipe", tmp_path / "recipe.toml")

    def unreadable(*_: object) -> None:
        raise DatasetUnreadable("x", "没有这个文件夹。")

    monkeypatch.setattr(train_command, "labelled_set", unreadable)
    with pytest.raises(CommandFailed, match="没有这个文件夹"):
        run("--dataset", tmp_path / "none")
    assert not (tmp_path / "home" / "adapters").exists()


def test_the_log_is_plain_json(tmp_path: Path) -> None:
    run("--own", "--out", tmp_path / "mine")
    log = json.loads((tmp_path / "mine" / "training_log.json").read_text(encoding="utf-8"))
    assert log["figures"]["turned"]["after"]["mrr@10"] > log["figures"]["turned"]["before"]["mrr@10"]
