"""What every MessageClusterer promises, the one with the real model and the fakes alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.adapters.clustering.linkage_clusterer import LinkageClusterer
from assistant.insight.ports import MessageClusterer
from assistant.insight.rules import load_insight_rules
from indexing.adapters.jieba_tokenizer import JiebaTokenizer
from indexing.ports import Embedder
from indexing.vocabulary import load_vocabulary
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.issue_store import CharacterClusterer
from tests.fakes.vector_cache import FakeVectorCache

VOCABULARY = Path(__file__).parents[2] / "indexing" / "policy_vocabulary.yaml"
BACKGROUND = ("生活垃圾怎么分类投放", "低保金什么时候发", "驾驶证到期怎么换", "孩子上学报名时间", "医保断缴了怎么补", "公园几点关门")
LIKENESS = load_insight_rules().unanswered.likeness


@pytest.fixture(params=["characters", "fakes", pytest.param("model", marks=pytest.mark.model)])
def clusterer(request: pytest.FixtureRequest) -> MessageClusterer:
    if request.param == "characters":
        return CharacterClusterer()
    if request.param == "fakes":
        return LinkageClusterer(FakeEmbedder(), BigramTokenizer(), FakeVectorCache(), lambda: BACKGROUND)
    embedder: Embedder = request.getfixturevalue("default_embedder")
    return LinkageClusterer(embedder, JiebaTokenizer(load_vocabulary(VOCABULARY)), FakeVectorCache(), lambda: BACKGROUND)


MESSAGES = [
    ("充电桩安装有补贴吗", ""),
    ("露营地怎么收费", ""),
    ("充电桩安装补贴怎么领", ""),
    ("家用充电桩安装补贴有多少", ""),
]


def test_what_is_about_one_matter_is_together_and_the_rest_alone(clusterer: MessageClusterer) -> None:
    groups = clusterer.cluster(MESSAGES, LIKENESS)
    assert [set(group) for group in groups] == [{0, 2, 3}, {1}]


def test_every_message_is_in_exactly_one_cluster(clusterer: MessageClusterer) -> None:
    messages = [*MESSAGES, ("", ""), ("？", ""), ("😀", "x" * 5000)]
    groups = clusterer.cluster(messages, LIKENESS)
    assert sorted(place for group in groups for place in group) == list(range(len(messages)))


def test_the_same_messages_give_the_same_clusters(clusterer: MessageClusterer) -> None:
    assert clusterer.cluster(MESSAGES, LIKENESS) == clusterer.cluster(MESSAGES, LIKENESS)


def test_the_largest_cluster_comes_first(clusterer: MessageClusterer) -> None:
    sizes = [len(group) for group in clusterer.cluster([MESSAGES[1], *MESSAGES], LIKENESS)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes == [3, 2]


def test_one_message_and_none(clusterer: MessageClusterer) -> None:
    assert clusterer.cluster([], LIKENESS) == ()
    assert clusterer.cluster([("居住证怎么办", "")], LIKENESS) == ((0,),)


def test_vectors_are_kept_for_the_next_run() -> None:
    cache, embedder = FakeVectorCache(), CountingEmbedder()
    for _ in range(2):
        LinkageClusterer(embedder, BigramTokenizer(), cache, lambda: BACKGROUND).cluster(MESSAGES, LIKENESS)
    assert embedder.embedded == len(MESSAGES) + len(BACKGROUND)


class CountingEmbedder(FakeEmbedder):
    embedded = 0

    def embed_queries(self, texts):  # type: ignore[no-untyped-def]  # as the one it stands for
        self.embedded += len(texts)
        return super().embed_queries(texts)
