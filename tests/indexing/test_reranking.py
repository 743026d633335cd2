"""The best hits in a better order: mixed scores, the same hits, and none of it under load or where the snapshot has no tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.adapters.snapshot_store import SnapshotStore
from indexing.models import Passage, RankingMode, SearchQuery
from indexing.ports import PassageSearcher
from indexing.reranking import Ranking, RerankLoad, RerankOutcome, mixed_scores, reranked
from indexing.tuning import Tuning, default_tuning
from tests.contracts.passage_searcher import PassageSearcherContract
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.token_embedder import FakeTokenEmbedder
from tests.passage_factory import a_passage, a_searcher, publish_snapshot

RULES = default_tuning().reranking
QUERY = SearchQuery("居住证失", limit=30)
LOST = a_passage("遗失的，应当在三十日内向原受理机构申请补领，并交回找到的旧证。", "lost", title="办法")
OTHERS = [a_passage(f"居住证居住证第{number}项。", f"d-{number}", title="办法") for number in range(20)]
PASSAGES = [*OTHERS, LOST]


def rules(**changes: float) -> Tuning:
    """The tokens count, though no tuned vectors lead."""
    return replace(default_tuning(), reranking=replace(RULES, **{"least": 1.0, **changes}))  # type: ignore[arg-type]  # a test's own choice


class TestRerankedSnapshots(PassageSearcherContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def searcher_over(self, passages: Sequence[Passage] | None) -> PassageSearcher:
        store = SnapshotStore(self.folder)
        if passages is not None:
            publish_snapshot(store, passages, embedder=FakeTokenEmbedder())
        return a_searcher(store, embedder=FakeTokenEmbedder())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SnapshotStore:
    store = SnapshotStore(tmp_path_factory.mktemp("index"))
    publish_snapshot(store, PASSAGES, embedder=FakeTokenEmbedder())
    return store


def decided() -> FakeTokenEmbedder:
    """Loss matters most in a question."""
    return FakeTokenEmbedder(weighty="失")


def plain(store: SnapshotStore, query: SearchQuery = QUERY) -> list[str]:
    return [hit.passage.id for hit in a_searcher(store).search(query, RankingMode.ADAPTED).hits]


def test_the_passage_that_says_what_matters_moves_to_the_front(store: SnapshotStore) -> None:
    assert plain(store)[0] != LOST.id
    result = a_searcher(store, embedder=decided(), tuning=rules(weight=3.0)).search(QUERY)
    assert result.hits[0].passage == LOST
    assert result.timings_ms["rerank"] >= 0


def test_where_the_tuned_vectors_do_not_lead_the_tokens_say_nothing(store: SnapshotStore) -> None:
    result = a_searcher(store, embedder=decided(), tuning=rules(weight=3.0, least=0.0)).search(QUERY)
    assert [hit.passage.id for hit in result.hits] == plain(store)
    assert "rerank" not in result.timings_ms


def test_the_scores_of_each_search_stay_as_they_were(store: SnapshotStore) -> None:
    before = {hit.passage.id: (hit.vector_score, hit.lexical_score) for hit in a_searcher(store).search(QUERY).hits}
    after = a_searcher(store, embedder=decided(), tuning=rules(weight=3.0)).search(QUERY).hits
    assert {hit.passage.id: (hit.vector_score, hit.lexical_score) for hit in after} == before


@pytest.mark.parametrize("mode", [mode for mode in RankingMode if mode is not RankingMode.DEFAULT])
def test_every_other_mode_ranks_as_without_tokens(store: SnapshotStore, mode: RankingMode) -> None:
    with_tokens = a_searcher(store, embedder=decided(), tuning=rules(weight=3.0)).search(QUERY, mode)
    assert with_tokens.hits == a_searcher(store).search(QUERY, mode).hits
    assert "rerank" not in with_tokens.timings_ms


def test_only_the_first_candidates_change_places(store: SnapshotStore) -> None:
    before = plain(store)
    place = before.index(LOST.id)
    after = a_searcher(store, embedder=decided(), tuning=rules(weight=3.0, candidates=place)).search(QUERY).hits
    assert [hit.passage.id for hit in after][place:] == before[place:]
    scores = [hit.score for hit in after]
    assert scores == sorted(scores, reverse=True)


def test_one_hit_is_the_best_of_all_candidates(store: SnapshotStore) -> None:
    hits = a_searcher(store, embedder=decided(), tuning=rules(weight=3.0)).search(replace(QUERY, limit=1)).hits
    assert [hit.passage for hit in hits] == [LOST]


def test_under_load_the_fused_order_stands_and_it_is_counted(store: SnapshotStore) -> None:
    seen: list[RerankOutcome] = []
    busy = RerankLoad(lambda: RULES.most_waiting, seen.append)
    result = a_searcher(store, embedder=decided(), tuning=rules(weight=3.0), load=busy).search(QUERY)
    assert [hit.passage.id for hit in result.hits] == plain(store)
    assert result.timings_ms["rerank_shed"] == 0.0
    assert "rerank" not in result.timings_ms
    assert seen == [RerankOutcome.SHED]


def test_a_reranking_that_took_place_is_counted(store: SnapshotStore) -> None:
    seen: list[RerankOutcome] = []
    a_searcher(store, embedder=decided(), tuning=rules(), load=RerankLoad(lambda: RULES.most_waiting - 1, seen.append)).search(QUERY)
    assert seen == [RerankOutcome.DONE]


def test_a_snapshot_made_without_tokens_answers_without(tmp_path: Path) -> None:
    older = SnapshotStore(tmp_path)
    publish_snapshot(older, PASSAGES)
    searcher = a_searcher(older, embedder=decided())
    assert [hit.passage.id for hit in searcher.search(QUERY).hits] == plain(older)
    assert "rerank" not in searcher.search(QUERY).timings_ms
    assert searcher.reranker() == "off"


def test_a_snapshot_made_with_other_weights_answers_without(store: SnapshotStore) -> None:
    other = a_searcher(store, embedder=FakeTokenEmbedder(weights="fake-tokens/2"), tuning=rules(weight=3.0))
    assert [hit.passage.id for hit in other.search(QUERY).hits] == plain(store)
    assert other.reranker() == "off"


def test_switched_off_a_snapshot_with_tokens_answers_without(store: SnapshotStore) -> None:
    assert a_searcher(store, embedder=FakeEmbedder()).reranker() == "off"
    assert a_searcher(store, embedder=FakeTokenEmbedder()).reranker() == "fake-tokens/1"


def test_before_the_first_index_nothing_decides(tmp_path: Path) -> None:
    assert a_searcher(SnapshotStore(tmp_path), embedder=FakeTokenEmbedder()).reranker() == "off"


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=12), st.data())
def test_mixed_scores_stay_within_zero_and_one(fused: list[float], data: st.DataObject) -> None:
    similarities = data.draw(st.lists(st.floats(-1, 1, width=32), min_size=len(fused), max_size=len(fused)))
    mixed = mixed_scores(np.array(fused, np.float32), np.array(similarities, np.float32), 5.0)
    assert ((mixed >= 0.0) & (mixed <= 1.0)).all()


def test_a_similarity_counts_from_the_mean_of_its_list() -> None:
    mixed = mixed_scores(np.full(2, 0.5, np.float32), np.array([0.9, 0.7], np.float32), 2.0)
    assert np.allclose(mixed, [0.7, 0.3])


def test_tokens_that_find_all_alike_change_no_order() -> None:
    fused = Ranking(np.array([4, 2, 0]), np.array([0.9, 0.5, 0.4], np.float32))
    same = reranked(fused, np.full(2, 0.8, np.float32), RULES.weight)
    assert same.order.tolist() == [4, 2, 0]
    assert np.allclose(same.scores, fused.scores)


def test_what_was_not_reranked_never_stands_above_what_was() -> None:
    fused = Ranking(np.arange(4), np.array([0.9, 0.6, 0.55, 0.5], np.float32))
    ranking = reranked(fused, np.array([0.1, 0.9], np.float32), 1.0)
    assert ranking.order.tolist() == [1, 0, 2, 3]
    assert ranking.scores.tolist() == sorted(ranking.scores.tolist(), reverse=True)
