"""Rows of two vectors: search uses the tuned one, thresholds the base's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from indexing.adapters.snapshot_store import SnapshotStore
from indexing.models import RankingMode, SearchQuery
from indexing.paired_vectors import BaseHalf, SearchHalf, is_paired
from indexing.vector_adaptation import UNADAPTED
from tests.adapters import an_adapter
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.paired_embedder import PairedFake
from tests.passage_factory import a_passage, a_searcher, publish_snapshot

TEXTS = ("申领居住证，应当提交身份证明。", "住房公积金可以提取。", "夜间禁止建筑施工噪声。", "不动产登记应当提交申请书。")


def test_an_embedder_alone_is_its_own_base() -> None:
    alone = FakeEmbedder()
    half = BaseHalf(alone)
    assert not is_paired(alone.fingerprint)
    assert (half.fingerprint, half.dimension) == (alone.fingerprint, alone.dimension)
    assert np.array_equal(half.embed_queries(TEXTS), alone.embed_queries(TEXTS))


def test_of_a_pair_the_first_half_is_the_base() -> None:
    half = BaseHalf(PairedFake())
    assert is_paired(PairedFake().fingerprint)
    assert half.fingerprint == FakeEmbedder().fingerprint
    assert np.array_equal(half.embed_passages(TEXTS), FakeEmbedder().embed_passages(TEXTS))


def test_search_reads_the_second_half_and_thresholds_the_first(tmp_path: Path) -> None:
    store, pair = SnapshotStore(tmp_path / "index"), PairedFake()
    passages = [a_passage(text, f"d-{number}") for number, text in enumerate(TEXTS)]
    manifest = publish_snapshot(store, passages, embedder=pair, adapter=SearchHalf(UNADAPTED))
    assert manifest.dimension == FakeEmbedder().dimension
    hits = a_searcher(store, embedder=pair).search(SearchQuery("住房公积金怎么提取"), RankingMode.VECTOR).hits
    question = FakeEmbedder().embed_queries(["住房公积金怎么提取"])[0]
    for hit in hits:
        own = FakeEmbedder().embed_passages([hit.passage.search_text])[0]
        assert abs(hit.vector_score - float(own @ question)) < 2e-3


def test_a_city_s_own_adapter_works_on_the_tuned_vectors(tmp_path: Path) -> None:
    inner = an_adapter(tmp_path)
    vectors = PairedFake().embed_passages(TEXTS)
    adapted = SearchHalf(inner)
    assert np.array_equal(adapted.passages(vectors), inner.passages(vectors[:, vectors.shape[1] // 2 :]))
    assert inner.fingerprint in adapted.fingerprint
