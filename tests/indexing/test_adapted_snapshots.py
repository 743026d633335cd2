"""Snapshots with an adapter: it changes what is near, never what a threshold means, and another one costs no embedding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.snapshot_store import SnapshotStore
from indexing.errors import SnapshotDamaged, SnapshotMismatch
from indexing.models import RankingMode, SearchQuery
from indexing.ports import Progress, Vectors
from indexing.vector_adaptation import UNADAPTED
from tests.adapters import an_adapter
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.vector_cache import FakeVectorCache
from tests.indexing.refreshing import a_synchroniser, many_articles
from tests.passage_factory import a_passage, a_searcher, publish_snapshot

TEXTS = ("申领居住证，应当提交身份证明。", "住房公积金可以提取。", "夜间禁止建筑施工噪声。", "不动产登记应当提交申请书。")
QUESTION = SearchQuery("住房公积金怎么提取")


class CountingEmbedder(FakeEmbedder):
    embedded = 0

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.embedded += len(texts)
        return super().embed_passages(texts, progress)


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "index")


def passages() -> list:
    return [a_passage(text, f"d-{number}") for number, text in enumerate(TEXTS)]


def nearness_by(store: SnapshotStore) -> list[float]:
    snapshot = store.open(a_searcher(store).manifest().snapshot_id)
    question = snapshot.adapter.queries(FakeEmbedder().embed_queries([QUESTION.text]))[0]
    return snapshot.similarities(question, np.arange(len(snapshot.passages))).tolist()


def test_the_manifest_names_model_and_adapter(store: SnapshotStore, tmp_path: Path) -> None:
    adapter = an_adapter(tmp_path)
    manifest = publish_snapshot(store, passages(), adapter=adapter)
    assert manifest.embedder_fingerprint == f"{FakeEmbedder().fingerprint}+{adapter.fingerprint}"


def test_without_an_adapter_nothing_is_added(store: SnapshotStore) -> None:
    manifest = publish_snapshot(store, passages(), adapter=UNADAPTED)
    assert manifest.embedder_fingerprint == FakeEmbedder().fingerprint
    assert not {name for name in manifest.checksums if "adapter" in name or "base" in name}


def test_what_is_searched_are_adapted_vectors(store: SnapshotStore, tmp_path: Path) -> None:
    adapter, embedder = an_adapter(tmp_path), FakeEmbedder()
    publish_snapshot(store, passages(), adapter=adapter)
    vectors = adapter.passages(embedder.embed_passages([passage.search_text for passage in passages()]))
    question = adapter.queries(embedder.embed_queries([QUESTION.text]))[0]
    expected = [f"d-{row}" for row in np.argsort(-(vectors @ question))]
    snapshot = store.open(store.current_id() or "")
    nearest = snapshot.nearest(question, snapshot.row_filter(None, None), len(TEXTS))
    assert [snapshot.passages[row].document_id for row in nearest.tolist()] == expected


def test_the_model_alone_ranks_by_its_own_vectors(store: SnapshotStore, tmp_path: Path) -> None:
    publish_snapshot(store, passages(), adapter=an_adapter(tmp_path))
    embedder = FakeEmbedder()
    own = embedder.embed_passages([passage.search_text for passage in passages()]) @ embedder.embed_queries([QUESTION.text])[0]
    hits = a_searcher(store).search(QUESTION, RankingMode.VECTOR).hits
    assert [hit.passage.document_id for hit in hits] == [f"d-{row}" for row in np.argsort(-own)]


def test_the_vector_score_stays_the_cosine_of_the_model(store: SnapshotStore, tmp_path: Path) -> None:
    publish_snapshot(store, passages(), adapter=an_adapter(tmp_path))
    embedder = FakeEmbedder()
    question = embedder.embed_queries([QUESTION.text])[0]
    for mode in (RankingMode.DEFAULT, RankingMode.VECTOR):
        for hit in a_searcher(store).search(QUESTION, mode).hits:
            cosine = float(embedder.embed_passages([hit.passage.search_text])[0] @ question)
            assert hit.vector_score == pytest.approx(cosine, abs=1e-3)


def test_an_empty_base_may_be_adapted_too(store: SnapshotStore, tmp_path: Path) -> None:
    publish_snapshot(store, [], adapter=an_adapter(tmp_path))
    assert a_searcher(store).search(QUESTION).hits == ()


def test_another_adapter_rebuilds_the_snapshot_and_embeds_nothing(tmp_path: Path) -> None:
    embedder, cache = CountingEmbedder(), FakeVectorCache()
    revisions = [many_articles(1, articles=12)]
    a_synchroniser(tmp_path / "index", revisions, embedder=embedder, cache=cache).refresh()
    before = embedder.embedded
    assert before > 0
    adapted = a_synchroniser(tmp_path / "index", revisions, embedder=embedder, cache=cache, adapter=an_adapter(tmp_path)).refresh()
    assert adapted.switched
    assert (embedder.embedded, adapted.embedded) == (before, 0)
    other = a_synchroniser(tmp_path / "index", revisions, embedder=embedder, cache=cache, adapter=an_adapter(tmp_path, 2)).refresh()
    assert other.switched
    assert embedder.embedded == before


def test_the_same_adapter_again_changes_nothing(tmp_path: Path) -> None:
    revisions, adapter = [many_articles(1, articles=12)], an_adapter(tmp_path)
    a_synchroniser(tmp_path / "index", revisions, adapter=adapter).refresh()
    assert not a_synchroniser(tmp_path / "index", revisions, adapter=adapter).refresh().switched


def test_a_snapshot_goes_on_answering_with_the_adapter_it_was_made_with(store: SnapshotStore, tmp_path: Path) -> None:
    first = publish_snapshot(store, passages(), adapter=an_adapter(tmp_path, 1))
    expected = nearness_by(store)
    publish_snapshot(store, passages(), adapter=an_adapter(tmp_path, 2))
    assert nearness_by(store) != expected
    store.rollback()
    assert a_searcher(store).search(QUESTION).snapshot_id == first.snapshot_id
    assert nearness_by(store) == expected


def test_a_snapshot_from_before_there_were_adapters_answers_as_it_did(store: SnapshotStore, tmp_path: Path) -> None:
    plain = publish_snapshot(store, passages())
    expected = nearness_by(store)
    publish_snapshot(store, passages(), adapter=an_adapter(tmp_path))
    assert store.rollback() == plain.snapshot_id
    assert nearness_by(store) == expected


def test_the_model_still_has_to_be_the_same(store: SnapshotStore, tmp_path: Path) -> None:
    publish_snapshot(store, passages(), adapter=an_adapter(tmp_path))
    with pytest.raises(SnapshotMismatch, match=r"fake-character-ngrams/64\+test@.*fake-character-ngrams/32"):
        a_searcher(store, embedder=FakeEmbedder(32)).search(QUESTION)


@pytest.mark.parametrize("name", ["base_vectors.npy", "adapter/adapter.safetensors", "adapter/card.json"])
def test_damage_to_what_belongs_to_the_adapter_is_noticed(store: SnapshotStore, tmp_path: Path, name: str) -> None:
    manifest = publish_snapshot(store, passages(), adapter=an_adapter(tmp_path))
    path = tmp_path / "index" / "snapshots" / manifest.snapshot_id / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SnapshotDamaged, match=name):
        store.open(manifest.snapshot_id)
