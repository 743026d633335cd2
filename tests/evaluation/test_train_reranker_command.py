"""zhengwen train --reranker: lessons from the search, a small training, weights that the settings can name."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from indexing.adapters.token_weights import read_token_weights
from indexing.training.reranker_recipe import RERANKER_RECIPE_FILE
from tests.demonstration import Home

pytestmark = pytest.mark.model
MATTERS = ("居住证", "公积金", "犬只", "停车", "救助", "户口", "护照", "残疾", "租房", "社保")


def a_dataset(folder: Path) -> Path:
    """Ten short rules, two questions to each."""
    (folder / "qrels").mkdir(parents=True)
    rules = [
        {"_id": f"d{n}", "title": f"{matter}办法", "text": f"办理{matter}，应当在三十日内提出申请，提交身份证明。"}
        for n, matter in enumerate(MATTERS)
    ]
    asked = [
        {"_id": f"q{n}-{way}", "text": f"{matter}{words}"}
        for n, matter in enumerate(MATTERS)
        for way, words in enumerate(("怎么办", "要几天"))
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(rule, ensure_ascii=False) + "\n" for rule in rules), encoding="utf-8")
    (folder / "queries.jsonl").write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in asked), encoding="utf-8")
    labels = [f"q{n}-{way}\td{n}\t1" for n in range(len(MATTERS)) for way in range(2)]
    (folder / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(labels) + "\n", encoding="utf-8")
    return folder


def small_recipe(folder: Path) -> Path:
    text = RERANKER_RECIPE_FILE.read_text(encoding="utf-8")
    for entry, value in {"width": "8", "epochs": "1", "hits": "4"}.items():
        text, changed = re.subn(rf"^{entry} = .*$", f"{entry} = {value}", text, flags=re.MULTILINE)
        assert changed == 1
    (folder / "recipe.toml").write_text(text, encoding="utf-8")
    return folder / "recipe.toml"


def written_questions(folder: Path) -> Path:
    path = folder / "own.jsonl"
    lines = [{"question": f"我想问{matter}的事", "articles": [f"{matter}办法"]} for matter in MATTERS]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def test_weights_are_trained_from_what_the_search_gives_and_searches_use_them(own_demonstration: Home, tmp_path: Path) -> None:
    folder, dataset = tmp_path / "reranker", a_dataset(tmp_path / "rules")
    (tmp_path / "held.txt").write_text("q0-0\nq1-0\nq2-0\n", encoding="utf-8")
    sources = ("--dataset", dataset, "--questions", written_questions(tmp_path), "--held-out", tmp_path / "held.txt")
    outcome = own_demonstration.zhengwen("train", "--reranker", *sources, "--recipe", small_recipe(tmp_path), "--out", folder)
    assert outcome.returncode == 0, outcome.stderr
    assert "ZHENGWEN_RERANKER" in outcome.stdout
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["held_out"][0]["ids"] == ["q0-0", "q1-0", "q2-0"]
    assert [one["name"] for one in card["trained_on"]] == ["rules", "own"]
    assert read_token_weights(folder / "tokens.safetensors").shape.width == 8
    scores = tmp_path / "scores.json"
    asked = own_demonstration.zhengwen(
        "evaluate", "retrieval", "--dataset", dataset, "--json", scores, ZHENGWEN_RERANKER=str(folder / "tokens.safetensors")
    )
    assert asked.returncode == 0, asked.stderr
    assert json.loads(scores.read_text(encoding="utf-8"))["trained"]
    current = (own_demonstration.path / "evaluation").glob("rules-*/index/CURRENT")
    manifests = [path.parent / "snapshots" / path.read_text(encoding="utf-8").strip() / "manifest.json" for path in current]
    assert [json.loads(path.read_text(encoding="utf-8"))["token_fingerprint"].split("@")[0] for path in manifests] == ["zhengwen-tokens"]


def test_without_labelled_questions_nothing_is_trained(own_demonstration: Home) -> None:
    outcome = own_demonstration.zhengwen("train", "--reranker")
    assert outcome.returncode != 0
    assert "--dataset" in outcome.stderr + outcome.stdout


def test_it_is_not_mixed_with_another_training(own_demonstration: Home) -> None:
    outcome = own_demonstration.zhengwen("train", "--reranker", "--encoder")
    assert outcome.returncode != 0
    assert "--reranker" in outcome.stderr + outcome.stdout


def test_where_the_base_model_stands_alone_there_is_nothing_to_train_on(own_demonstration: Home, tmp_path: Path) -> None:
    outcome = own_demonstration.zhengwen("train", "--reranker", "--dataset", a_dataset(tmp_path / "rules"), ZHENGWEN_ENCODER="off")
    assert outcome.returncode != 0
    assert "ZHENGWEN_ENCODER" in outcome.stderr + outcome.stdout
