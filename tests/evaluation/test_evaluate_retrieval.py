"""From ranked passages to ranked documents."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

from evaluation.evaluate_retrieval import rank_documents
from indexing.models import RankedPassage, RankingMode, SearchQuery, SearchResult


@dataclass
class PassagesInOrder:
    """Answers with the passages of these documents, in this order; counts how often it was asked."""

    documents: list[str]
    asked: int = 0

    def search(self, query: SearchQuery, mode: RankingMode = RankingMode.DEFAULT) -> SearchResult:
        self.asked += 1
        found = self.documents[: query.limit]
        hits = tuple(RankedPassage(SimpleNamespace(document_id=name), 1.0, 0.0, 0.0) for name in found)  # type: ignore[arg-type]
        return SearchResult(hits, "s", {})


def test_a_document_stands_where_its_best_passage_stands() -> None:
    assert rank_documents(PassagesInOrder(["b", "a", "b", "c", "a"]), "问", RankingMode.DEFAULT) == ["b", "a", "c"]


def test_a_long_document_does_not_push_the_others_out() -> None:
    searcher = PassagesInOrder(["long"] * 150 + [f"d{number}" for number in range(120)])
    ranked = rank_documents(searcher, "问", RankingMode.DEFAULT)
    assert ranked[:2] == ["long", "d0"]
    assert len(ranked) == 100


def test_asking_ends_where_the_passages_end() -> None:
    searcher = PassagesInOrder(["only"])
    assert rank_documents(searcher, "问", RankingMode.DEFAULT) == ["only"]
    assert searcher.asked == 1
