"""zhengwen train --encoder as a shell calls it, with a trainer that is made up; and the files that it reads."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from api.commands.console import CommandFailed
from evaluation import train_encoder_command
from evaluation.encoder_sets import read_guide_source, read_held_out
from evaluation.errors import DatasetUnreadable
from indexing.errors import TrainingRefused
from indexing.training.encoder_recipe import load_encoder_recipe
from indexing.training.train_encoder import CARD_FILE, CHECKPOINT_FILE, EncoderMaterial
from tests.encoder_lessons import a_quick_recipe, an_encoder_set
from tests.evaluation.train_words import run
from tests.indexing.test_encoder_training import MadeUpTrainer


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHENGWEN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(train_encoder_command, "load_encoder_recipe", lambda _file: a_quick_recipe())
    monkeypatch.setattr(train_encoder_command, "_material", lambda *_: EncoderMaterial((an_encoder_set(),)))
    monkeypatch.setattr(train_encoder_command, "encoder_trainer", lambda _settings: MadeUpTrainer())


def test_weights_and_card_are_written_and_how_to_use_them_is_said(tmp_path: Path) -> None:
    said = run("--encoder", "--own", "--out", tmp_path / "mine")
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {"encoder.safetensors", CARD_FILE}
    assert "ZHENGWEN_ENCODER" in said
    assert "demonstration" in said


def test_without_a_folder_a_broken_training_is_gone_on_with_where_it_lies(tmp_path: Path) -> None:
    left = tmp_path / "home" / "encoders" / a_quick_recipe().name
    left.mkdir(parents=True)
    (left / CHECKPOINT_FILE).write_bytes(b"half-way")
    run("--encoder", "--own")
    assert (left / CARD_FILE).is_file()
    with pytest.raises(CommandFailed, match="已经存在"):
        run("--encoder", "--own")


def test_a_folder_of_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("别动", encoding="utf-8")
    with pytest.raises(CommandFailed, match="已经存在"):
        run("--encoder", "--out", tmp_path)


def test_a_training_that_loses_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_encoder_command, "encoder_trainer", lambda _settings: MadeUpTrainer(-1.0))
    with pytest.raises(TrainingRefused, match="检索模型"):
        run("--encoder", "--out", tmp_path / "mine")


@pytest.mark.parametrize(
    "words",
    [
        ("--guides", "x.jsonl"),
        ("--held-out", "x.txt"),
        ("--questions", "x.jsonl"),
        ("--encoder", "--questions", "x.jsonl"),
        ("--encoder", "--cross-validate", "5"),
    ],
)
def test_options_that_do_not_go_together_are_said(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandFailed, match="合用"):
        run(*words)


def test_guides_are_read_with_the_licence_of_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "service_items"
    folder.mkdir()
    lines = "".join(json.dumps({"title": f"事项{n}", "text": f"正文{n}", "more": 1}, ensure_ascii=False) + "\n" for n in range(2))
    (folder / "items.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    source = read_guide_source(folder / "items.jsonl.gz", load_encoder_recipe())
    assert (source.name, source.licence, [guide.title for guide in source.guides]) == ("service_items", "MIT", ["事项0", "事项1"])


@pytest.mark.parametrize("content", ["", '{"title": "只有标题"}\n', "不是 JSON\n"])
def test_a_file_that_holds_no_guides_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "items.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(DatasetUnreadable, match=r"items\.jsonl"):
        read_guide_source(tmp_path / "items.jsonl", load_encoder_recipe())


def test_ids_to_hold_out_stand_one_a_line(tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("q1\n\n q2 \n", encoding="utf-8")
    assert read_held_out(tmp_path / "ids.txt") == {"q1", "q2"}
    assert read_held_out(None) == frozenset()
    for wrong in ("absent.txt", "empty.txt"):
        (tmp_path / "empty.txt").write_text("\n", encoding="utf-8")
        with pytest.raises(DatasetUnreadable):
            read_held_out(tmp_path / wrong)
