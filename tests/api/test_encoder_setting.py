"""ZHENGWEN_ENCODER chooses what stands beside the base model; ZHENGWEN_ADAPTER concerns the heads alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import DEFAULT_MODEL, Settings
from api.wiring import engines
from indexing.adapters import embedders, paired_encoder
from indexing.paired_vectors import SearchHalf
from indexing.vector_adaptation import UNADAPTED
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.paired_embedder import PairedFake


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path | None]:
    """Which weights were asked for, None for the base alone."""
    asked: list[Path | None] = []
    shipped = tmp_path / "shipped" / "encoder.safetensors"
    shipped.parent.mkdir()
    shipped.write_bytes(b"")
    monkeypatch.setattr(engines, "SHIPPED_ENCODER", shipped)
    monkeypatch.setattr(embedders, "load_embedder", lambda *_: asked.append(None) or FakeEmbedder())
    monkeypatch.setattr(paired_encoder, "load_pair", lambda _folder, weights, *_: asked.append(weights) or PairedFake())
    return asked


def settings(tmp_path: Path, **values: str) -> Settings:
    # A model of that name that need not be prepared, beside which nothing is reranked.
    chosen = {"home": tmp_path, "embedder": str(tmp_path / DEFAULT_MODEL), "reranker": "off", **values}
    return Settings(_env_file=None, **chosen)  # type: ignore[arg-type]  # the settings' own shape


def test_what_ships_is_used_beside_the_default_model_whatever_the_heads(loaded: list[Path | None], tmp_path: Path) -> None:
    engines.load_embedding(settings(tmp_path))
    engines.load_embedding(settings(tmp_path, adapter="off"))
    assert loaded == [engines.SHIPPED_ENCODER] * 2


def test_off_and_another_model_mean_the_base_alone(loaded: list[Path | None], tmp_path: Path) -> None:
    engines.load_embedding(settings(tmp_path, encoder="off"))
    engines.load_embedding(settings(tmp_path, embedder="bge-small-zh"))
    assert loaded == [None, None]


def test_the_own_one_is_named_by_its_file_or_its_folder(loaded: list[Path | None], tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for named in (own, own / "encoder.safetensors"):
        engines.load_embedding(settings(tmp_path, encoder=str(named)))
    assert loaded == [own / "encoder.safetensors"] * 2


def test_without_heads_search_uses_the_tuned_half_as_it_is(tmp_path: Path) -> None:
    assert isinstance(engines.vector_adapter(settings(tmp_path, adapter="off"), PairedFake()), SearchHalf)
    assert engines.vector_adapter(settings(tmp_path), FakeEmbedder()) is UNADAPTED
