"""Both rankings of a search and what fusion made of them, side by side. Knows nothing of HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.container import Container
from assistant.models import AnswerRecord
from indexing.models import Passage, RankedPassage, RankingMode, SearchQuery, SearchResult

DEPTH = 20
_PLACES = {RankingMode.DEFAULT: "place", RankingMode.LEXICAL: "lexical_place", RankingMode.VECTOR: "vector_place"}


@dataclass(frozen=True, slots=True)
class RankedRow:
    """Places count from 1; None where that ranking has it not among its first. `fate` None: not among what the answer chose from.

    `fate` "" means that it could be cited.
    """

    passage: Passage
    place: int | None
    score: float
    vector_place: int | None
    vector_score: float
    lexical_place: int | None
    lexical_score: float
    fate: str | None


@dataclass(frozen=True, slots=True)
class Ranking:
    rows: tuple[RankedRow, ...]
    snapshot_id: str
    timings_ms: dict[str, float]


def rank_passages(container: Container, record: AnswerRecord, order: RankingMode) -> Ranking:
    """The search of `record` once more under each ranking, in the order of one of them. Raises NoSnapshot, SnapshotMismatch."""
    search = record.search
    as_of = search.as_of if search else record.question.as_of
    query = SearchQuery(record.standalone_text, as_of, search.jurisdiction if search else record.question.jurisdiction, DEPTH)
    results = {mode: container.searcher().search(query, mode) for mode in _PLACES}
    fates = {passage.passage_id: passage.fate for passage in search.ranked} if search else {}
    rows = _rows(results, fates)
    key = _PLACES.get(order, "place")
    fused = results[RankingMode.DEFAULT]
    return Ranking(
        tuple(sorted(rows, key=lambda row: (getattr(row, key) or DEPTH + 1, row.place or DEPTH + 1))), fused.snapshot_id, fused.timings_ms
    )


def _rows(results: dict[RankingMode, SearchResult], fates: dict[str, str]) -> list[RankedRow]:
    places = {mode: _places(result.hits) for mode, result in results.items()}
    known: dict[str, RankedPassage] = {}
    for mode in (RankingMode.LEXICAL, RankingMode.VECTOR, RankingMode.DEFAULT):
        known |= {hit.passage.id: hit for hit in results[mode].hits}
    return [
        RankedRow(
            hit.passage,
            places[RankingMode.DEFAULT].get(passage_id),
            hit.score if passage_id in places[RankingMode.DEFAULT] else 0.0,
            places[RankingMode.VECTOR].get(passage_id),
            hit.vector_score,
            places[RankingMode.LEXICAL].get(passage_id),
            hit.lexical_score,
            fates.get(passage_id),
        )
        for passage_id, hit in known.items()
    ]


def _places(hits: Sequence[RankedPassage]) -> dict[str, int]:
    return {hit.passage.id: place for place, hit in enumerate(hits, start=1)}
