"""The base and what is tuned of it for search in one pass: the base's vectors stay, the tuned ones stand beside them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.embedders import load_embedder
from indexing.adapters.encoder_adaptation import read_adaptation
from indexing.adapters.paired_encoder import PAIR_GRAPH, STATES_GRAPH, load_pair, load_states, provision_pair
from indexing.errors import AdapterMismatch, AdapterUnavailable
from indexing.late_interaction import quantised
from indexing.paired_vectors import BaseHalf
from indexing.ports import TokenEmbedder
from tests.encoders import write_encoder
from tests.model_fixtures import default_model_folder  # noqa: F401  a fixture is imported to be found
from tests.token_fixtures import write_tokens

TEXTS = ("居民身份证丢失的，应当申请补领身份证。", "夜间禁止建筑施工噪声。", "住房公积金可以提取。")
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def model(default_model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811 (the imported fixture)
    """A folder of its own, so that graphs of random weights never lie beside the model that others use."""
    folder = tmp_path_factory.mktemp("models") / default_model_folder.name
    shutil.copytree(default_model_folder, folder, copy_function=_linked, ignore=shutil.ignore_patterns("encoder_pair*", "reranker*"))
    return folder


def _linked(source: str, target: str) -> str:
    Path(target).hardlink_to(source)
    return target


@pytest.fixture(scope="module")
def weights(model: Path) -> Path:
    return write_encoder(model.parent / "encoder.safetensors", model)


@pytest.mark.parametrize("precision", ["int8", "float32"])
def test_the_base_s_vectors_stay_and_the_tuned_ones_differ(model: Path, weights: Path, precision: str) -> None:
    base, pair = load_embedder(str(model), precision, 2), load_pair(model, weights, precision, 2)
    both, own = pair.embed_passages(TEXTS), base.embed_passages(TEXTS)
    assert both.shape == (3, 2 * base.dimension)
    assert np.sum(both[:, : base.dimension] * own, axis=1).min() > 0.97
    tuned = both[:, base.dimension :]
    assert np.allclose(np.linalg.norm(tuned, axis=1), 1.0, atol=1e-4)
    assert np.sum(tuned * own, axis=1).max() < 0.99


def test_both_precisions_tune_alike(model: Path, weights: Path) -> None:
    exact, quick = (load_pair(model, weights, precision, 2).embed_queries(TEXTS)[:, 384:] for precision in ("float32", "int8"))
    assert np.sum(exact * quick, axis=1).min() > 0.97


def test_the_base_half_is_the_base_to_whoever_learned_on_it(model: Path, weights: Path) -> None:
    base, half = load_embedder(str(model), "int8", 2), BaseHalf(load_pair(model, weights, "int8", 2))
    assert (half.fingerprint, half.dimension) == (base.fingerprint, base.dimension)
    assert np.sum(half.embed_queries(TEXTS) * base.embed_queries(TEXTS), axis=1).min() > 0.97


def test_other_weights_have_another_fingerprint_and_graph(model: Path, weights: Path, tmp_path: Path) -> None:
    first = load_pair(model, weights, "int8", 2)
    others = write_encoder(tmp_path / "other.safetensors", model, seed=2)
    second = load_pair(model, others, "int8", 2)
    assert first.fingerprint != second.fingerprint
    assert not np.allclose(first.embed_queries(TEXTS)[:, 384:], second.embed_queries(TEXTS)[:, 384:], atol=1e-3)


def test_the_graph_is_written_once_and_again_after_a_broken_write(model: Path, weights: Path) -> None:
    graph = provision_pair(model, weights)
    written = graph.stat().st_mtime_ns
    assert provision_pair(model, weights).stat().st_mtime_ns == written
    (model / PAIR_GRAPH).with_suffix(".made_of").unlink()
    assert provision_pair(model, weights).stat().st_mtime_ns > written


def test_the_graph_with_the_states_of_tokens_stands_beside_and_gives_the_same_vectors(model: Path, weights: Path, tmp_path: Path) -> None:
    plain, before = load_pair(model, weights, "int8", 2), (model / PAIR_GRAPH).read_bytes()
    tokens = write_tokens(tmp_path / "tokens.safetensors", read_adaptation(weights).fingerprint)
    with_tokens = load_pair(model, weights, "int8", 2, tokens)
    assert with_tokens.fingerprint == plain.fingerprint
    assert np.array_equal(with_tokens.embed_passages(TEXTS), plain.embed_passages(TEXTS))
    assert (model / PAIR_GRAPH).read_bytes() == before
    assert (model / STATES_GRAPH).is_file()


def test_the_states_that_training_reads_are_those_that_search_is_made_of(model: Path, weights: Path, tmp_path: Path) -> None:
    fingerprint = read_adaptation(weights).fingerprint
    tokens = write_tokens(tmp_path / "tokens.safetensors", fingerprint)
    reader, embedder = load_states(model, weights, 2), load_pair(model, weights, "int8", 2, tokens)
    assert reader.fingerprint == fingerprint
    assert isinstance(embedder, TokenEmbedder)
    found = [quantised(tokens.vectors(states.astype(np.float32))) for states in reader.passage_states(TEXTS)]
    expected = embedder.embed_passages_with_tokens(TEXTS)[1]
    assert all(np.abs(one.astype(int) - other.astype(int)).max() <= 1 for one, other in zip(found, expected, strict=True))
    (asked,) = reader.question_states(["居住证"])
    assert np.allclose(tokens.vectors(asked.astype(np.float32)), embedder.embed_question("居住证").tokens, atol=1e-2)


def test_weights_for_another_model_are_refused_with_both_names(model: Path, tmp_path: Path) -> None:
    foreign = write_encoder(tmp_path / "foreign.safetensors", model, base="bge-small-zh")
    with pytest.raises(AdapterMismatch, match=r"bge-small-zh.*multilingual-e5-small"):
        load_pair(model, foreign, "int8", 2)


@pytest.mark.parametrize("damage", [lambda content: content[:-100], lambda _content: b"", lambda content: b"\x00" * len(content)])
def test_a_damaged_file_is_refused(model: Path, weights: Path, tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(damage(weights.read_bytes()))
    with pytest.raises(AdapterUnavailable):
        read_adaptation(broken)


def test_a_question_with_signs_of_the_other_width_is_read_once(model: Path, weights: Path, tmp_path: Path) -> None:
    tokens = write_tokens(tmp_path / "tokens.safetensors", read_adaptation(weights).fingerprint)
    embedder = load_pair(model, weights, "int8", 1, tokens)
    assert isinstance(embedder, TokenEmbedder)
    asked = embedder.embed_question("居住证要带什么材料？")
    assert embedder.embed_question("居住证要带什么材料?") is asked
    assert embedder.embed_question("居住证要带什么材料") is not asked
