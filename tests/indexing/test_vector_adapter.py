"""Heads on pooled vectors: the sum they are, and files that are damaged, foreign or of another make."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.vector_adapter import CARD, TENSORS, check_fits, load_adapter
from indexing.errors import AdapterMismatch, AdapterUnavailable
from tests.adapters import write_adapter, write_tensors


def test_a_block_adds_a_gelu_of_the_vector_to_the_vector(tmp_path: Path) -> None:
    tensors = {
        "queries.0.0.in.weight": np.array([[2.0, 0.0]], np.float32),
        "queries.0.0.in.bias": np.array([-0.5], np.float32),
        "queries.0.0.out.weight": np.array([[0.0], [1.0]], np.float32),
        "queries.0.0.out.bias": np.array([0.0, 0.25], np.float32),
    }
    adapter = load_adapter(write_tensors(tmp_path / "a", tensors, 2, "tiny"))
    activated = 1.5 * 0.5 * (1 + math.erf(1.5 / math.sqrt(2)))
    expected = np.array([1.0, activated + 0.25]) / math.hypot(1.0, activated + 0.25)
    assert np.allclose(adapter.queries(np.array([[1.0, 0.0]], np.float32)), [expected], atol=1e-6)
    assert np.array_equal(adapter.passages(np.array([[1.0, 0.0]], np.float32)), [[1.0, 0.0]])


def test_several_heads_are_added_up(tmp_path: Path) -> None:
    both = load_adapter(write_adapter(tmp_path / "both", heads=2))
    tensors = {name: np.zeros(shape, np.float32) for name, shape in both.card.shapes.items()}
    assert len(tensors) == 16
    vector = np.eye(64, dtype=np.float32)[:1]
    unchanged = load_adapter(write_tensors(tmp_path / "zero", tensors, 64, "tiny"))
    assert np.allclose(unchanged.queries(vector), vector)
    assert not np.allclose(both.queries(vector), load_adapter(write_adapter(tmp_path / "one")).queries(vector), atol=1e-3)


def test_another_training_has_another_fingerprint(tmp_path: Path) -> None:
    names = {load_adapter(write_adapter(tmp_path / str(seed), seed=seed)).fingerprint for seed in (1, 2)}
    assert len(names) == 2
    assert load_adapter(write_adapter(tmp_path / "again", seed=1)).fingerprint in names


def cut_short(folder: Path) -> None:
    (folder / TENSORS).write_bytes((folder / TENSORS).read_bytes()[:-10])


def change_one_byte(folder: Path) -> None:
    content = bytearray((folder / TENSORS).read_bytes())
    content[-1] ^= 1
    (folder / TENSORS).write_bytes(content)


def no_card(folder: Path) -> None:
    (folder / CARD).unlink()


def no_tensors(folder: Path) -> None:
    (folder / TENSORS).unlink()


def card_of_nonsense(folder: Path) -> None:
    (folder / CARD).write_text("[]", encoding="utf-8")


def half_a_card(folder: Path) -> None:
    (folder / CARD).write_text((folder / CARD).read_text(encoding="utf-8")[:100], encoding="utf-8")


def of_a_later_make(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    (folder / CARD).write_text(json.dumps(card | {"architecture": "residual-mlp-9"}), encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (cut_short, "校验值不符"),
        (change_one_byte, "校验值不符"),
        (no_card, "缺少文件 card.json"),
        (no_tensors, r"缺少文件 adapter\.safetensors"),
        (card_of_nonsense, "读不出来"),
        (half_a_card, "读不出来"),
        (of_a_later_make, "residual-mlp-9"),
    ],
)
def test_damage_is_refused_and_the_way_out_is_named(tmp_path: Path, harm: Callable[[Path], None], said: str) -> None:
    folder = write_adapter(tmp_path / "adapter")
    harm(folder)
    with pytest.raises(AdapterUnavailable, match=f"{said}.*zhengwen train.*ZHENGWEN_ADAPTER"):
        load_adapter(folder)


@pytest.mark.parametrize(
    "tensors",
    [
        {"queries.0.0.in.weight": np.zeros((4, 3), np.float32)},
        {"elsewhere": np.zeros(3, np.float32)},
        {
            "queries.0.0.in.weight": np.zeros((4, 3), np.float32),
            "queries.0.0.in.bias": np.zeros(4, np.float32),
            "queries.0.0.out.weight": np.zeros((2, 4), np.float32),
            "queries.0.0.out.bias": np.zeros(3, np.float32),
        },
        {
            "queries.0.0.in.weight": np.full((4, 3), np.nan, np.float32),
            "queries.0.0.in.bias": np.zeros(4, np.float32),
            "queries.0.0.out.weight": np.zeros((3, 4), np.float32),
            "queries.0.0.out.bias": np.zeros(3, np.float32),
        },
    ],
    ids=["parts missing", "unknown name", "wrong shape", "not a number"],
)
def test_tensors_that_are_no_heads_are_refused(tmp_path: Path, tensors: dict[str, np.ndarray]) -> None:
    with pytest.raises(AdapterUnavailable, match="内容不对"):
        load_adapter(write_tensors(tmp_path / "adapter", tensors, 3, "tiny"))


def test_an_adapter_of_another_model_is_refused_with_both_names(tmp_path: Path) -> None:
    adapter = load_adapter(write_adapter(tmp_path / "adapter", base_model="bge-small-zh"))
    with pytest.raises(AdapterMismatch, match=r"bge-small-zh（64 维）.*multilingual-e5-small（64 维）.*off"):
        check_fits(adapter, "adapter", "multilingual-e5-small@123/int8", 64)
    with pytest.raises(AdapterMismatch):
        check_fits(adapter, "adapter", "bge-small-zh@123/int8", 384)
    check_fits(adapter, "adapter", "bge-small-zh@123/int8", 64)
    check_fits(adapter, "adapter", "bge-small-zh@456/bfloat16/512", 64)


def test_an_adapter_of_one_tuned_encoder_does_not_fit_the_next_nor_the_base(tmp_path: Path) -> None:
    adapter = load_adapter(write_adapter(tmp_path / "adapter", base_model="zhengwen-search@ab12"))
    check_fits(adapter, "adapter", "multilingual-e5-small@123/int8&zhengwen-search@ab12", 64)
    for running in ("multilingual-e5-small@123/int8&zhengwen-search@cd34", "multilingual-e5-small@123/int8"):
        with pytest.raises(AdapterMismatch, match="zhengwen-search@ab12"):
            check_fits(adapter, "adapter", running, 64)
