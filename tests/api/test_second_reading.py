"""The reranking as the service wires it: token weights that ship or are named, switched off by a setting, refused where they do not fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.metrics import ServiceMetrics
from api.settings import Settings
from api.wiring import reranking
from api.wiring.reranking import rerank_load, token_weights
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.errors import RerankerMismatch, RerankerUnavailable
from indexing.models import SearchQuery
from indexing.tuning import default_tuning
from tests.fakes.token_embedder import FakeTokenEmbedder
from tests.passage_factory import a_passage, a_searcher, publish_snapshot
from tests.token_fixtures import write_tokens

RULES = default_tuning().reranking
ENCODER = "zhengwen-search@1"


def settings(home: Path, **changes: object) -> Settings:
    return Settings(_env_file=None, home=home, **changes)  # type: ignore[arg-type]  # a test's own choice


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "shipped" / "tokens.safetensors"
    write_tokens(path, ENCODER, hidden=8)
    monkeypatch.setattr(reranking, "SHIPPED_TOKENS", path)
    return path


def test_switched_off_nothing_is_read(tmp_path: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped.write_bytes(b"broken")
    monkeypatch.setenv("ZHENGWEN_RERANKER", "off")
    with capture_logs() as logs:
        assert token_weights(settings(tmp_path), lambda: ENCODER) is None
    assert logs == []


def test_what_ships_is_used_where_the_encoder_fits(tmp_path: Path, shipped: Path) -> None:
    weights = token_weights(settings(tmp_path), lambda: ENCODER)
    assert weights is not None
    assert weights.shape.encoder == ENCODER


def test_without_shipped_weights_searches_do_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reranking, "SHIPPED_TOKENS", tmp_path / "nowhere")
    assert token_weights(settings(tmp_path), lambda: ENCODER) is None


def test_beside_another_encoder_or_none_what_ships_is_passed_over(tmp_path: Path, shipped: Path) -> None:
    with capture_logs() as logs:
        assert token_weights(settings(tmp_path), lambda: "city-search@2") is None
        assert token_weights(settings(tmp_path), None) is None
    assert [log["event"] for log in logs] == ["reranker_unused"]


def test_damaged_shipped_weights_leave_nobody_without_answers(tmp_path: Path, shipped: Path) -> None:
    shipped.write_bytes(b"broken")
    assert token_weights(settings(tmp_path), lambda: ENCODER) is None


def test_own_weights_are_taken_where_the_setting_names_them_or_their_folder(tmp_path: Path, shipped: Path) -> None:
    own = write_tokens(tmp_path / "own" / "tokens.safetensors", "city-search@2", hidden=8, seed=2)
    for named in (tmp_path / "own", tmp_path / "own" / "tokens.safetensors"):
        found = token_weights(settings(tmp_path, reranker=str(named)), lambda: "city-search@2")
        assert found is not None
        assert found.fingerprint == own.fingerprint


def test_own_weights_that_do_not_fit_are_refused_with_the_advice_what_to_do(tmp_path: Path) -> None:
    write_tokens(tmp_path / "tokens.safetensors", ENCODER, hidden=8)
    named = settings(tmp_path, reranker=str(tmp_path / "tokens.safetensors"))
    with pytest.raises(RerankerMismatch, match="zhengwen train --reranker"):
        token_weights(named, lambda: "city-search@2")
    with pytest.raises(RerankerUnavailable, match="ZHENGWEN_ENCODER"):
        token_weights(named, None)
    with pytest.raises(RerankerUnavailable):
        token_weights(settings(tmp_path, reranker=str(tmp_path / "nowhere")), lambda: ENCODER)


def test_searches_are_counted_and_left_as_they_are_where_a_long_line_waits(tmp_path: Path) -> None:
    metrics, store = ServiceMetrics(), SnapshotStore(tmp_path)
    publish_snapshot(store, [a_passage()], embedder=FakeTokenEmbedder())
    always = replace(default_tuning(), reranking=replace(RULES, least=1.0))
    searcher = a_searcher(store, embedder=FakeTokenEmbedder(), tuning=always, load=rerank_load(metrics))
    assert "rerank" in searcher.search(SearchQuery("居住证")).timings_ms
    waiting = [metrics.line.enter() for _ in range(RULES.most_waiting)]
    assert "rerank_shed" in searcher.search(SearchQuery("居住证")).timings_ms
    metrics.line.leave(waiting[0])
    assert "rerank" in searcher.search(SearchQuery("居住证")).timings_ms
    page = metrics.page()
    assert b'zhengwen_second_readings_total{outcome="done"} 2.0' in page
    assert b'zhengwen_second_readings_total{outcome="shed"} 1.0' in page
