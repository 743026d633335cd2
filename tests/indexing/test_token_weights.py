"""The file of token weights: the same bytes for the same weights, refused where damaged or of another encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.token_weights import check_fits, read_token_weights, write_token_weights
from indexing.errors import RerankerMismatch, RerankerUnavailable
from tests.token_fixtures import write_tokens


def test_what_was_written_is_read(tmp_path: Path) -> None:
    weights = write_tokens(tmp_path / "tokens.safetensors", "zhengwen-search@1", hidden=8, width=3)
    write_token_weights(tmp_path / "again.safetensors", weights)
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "tokens.safetensors").read_bytes()
    again = read_token_weights(tmp_path / "again.safetensors")
    assert (again.shape, again.fingerprint) == (weights.shape, weights.fingerprint)
    assert np.array_equal(again.projection, weights.projection)


def test_other_weights_have_another_fingerprint(tmp_path: Path) -> None:
    one, other = (write_tokens(tmp_path / f"{seed}.safetensors", "e", hidden=8, seed=seed) for seed in (1, 2))
    assert one.fingerprint != other.fingerprint


def test_vectors_are_units_of_what_differs_from_the_mean_and_shares_are_one_together(tmp_path: Path) -> None:
    weights = write_tokens(tmp_path / "tokens.safetensors", "e", hidden=8, width=3)
    states = np.random.default_rng(3).normal(size=(5, 8)).astype(np.float32)
    expected = (states - weights.mean) @ weights.projection
    assert np.allclose(weights.vectors(states), expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)
    told = np.exp((states - weights.mean) @ weights.weight + weights.bias)
    assert np.allclose(weights.shares(states), told / told.sum(), atol=1e-6)


def test_a_state_that_is_the_mean_breaks_nothing(tmp_path: Path) -> None:
    weights = write_tokens(tmp_path / "tokens.safetensors", "e", hidden=8)
    assert np.isfinite(weights.vectors(weights.mean[None])).all()
    assert weights.shares(np.empty((0, 8), np.float32)).shape == (0,)


def test_weights_of_another_encoder_are_refused_with_both_names(tmp_path: Path) -> None:
    weights = write_tokens(tmp_path / "tokens.safetensors", "zhengwen-search@1", hidden=8)
    check_fits(weights, "w", "zhengwen-search@1")
    with pytest.raises(RerankerMismatch, match=r"zhengwen-search@1.*zhengwen-search@2.*ZHENGWEN_RERANKER"):
        check_fits(weights, "w", "zhengwen-search@2")


@pytest.mark.parametrize("damage", [lambda content: content[:-100], lambda _content: b"", lambda content: b"\x00" * len(content)])
def test_a_damaged_file_is_refused(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    write_tokens(tmp_path / "tokens.safetensors", "e", hidden=8)
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(damage((tmp_path / "tokens.safetensors").read_bytes()))
    with pytest.raises(RerankerUnavailable, match=r"broken.safetensors.*zhengwen train --reranker"):
        read_token_weights(broken)
    with pytest.raises(RerankerUnavailable):
        read_token_weights(tmp_path / "nowhere")
