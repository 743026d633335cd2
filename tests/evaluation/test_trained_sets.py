"""Sets that have taught what is deployed are known by the cards."""

from __future__ import annotations

import json
from pathlib import Path

from api.settings import Settings
from evaluation.trained_sets import taught_by


def a_card(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "card.json").write_text(json.dumps({"trained_on": [{"name": name, "questions": 3} for name in names]}), encoding="utf-8")
    return folder


def test_the_card_of_the_chosen_adapter_names_its_sets(tmp_path: Path) -> None:
    chosen = a_card(tmp_path / "adapter", "city-questions")
    assert "city-questions" in taught_by(Settings(home=tmp_path, adapter=str(chosen)))


def test_the_card_beside_the_file_of_the_chosen_reranker_counts_too(tmp_path: Path) -> None:
    weights = a_card(tmp_path / "reranker", "city-pairs") / "tokens.safetensors"
    assert "city-pairs" in taught_by(Settings(home=tmp_path, encoder="off", reranker=str(weights)))


def test_the_card_beside_the_file_of_the_chosen_encoder_counts_as_well(tmp_path: Path) -> None:
    weights = a_card(tmp_path / "encoder", "city-searches") / "encoder.safetensors"
    assert taught_by(Settings(home=tmp_path, encoder=str(weights), reranker="off")) == {"city-searches"}


def test_where_everything_is_switched_off_nothing_has_been_taught(tmp_path: Path) -> None:
    assert taught_by(Settings(home=tmp_path, encoder="off", adapter="off", reranker="off")) == frozenset()


def test_a_card_that_cannot_be_read_names_nothing(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text("{", encoding="utf-8")
    assert "city-questions" not in taught_by(Settings(home=tmp_path, adapter=str(tmp_path)))
