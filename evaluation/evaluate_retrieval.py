"""Measure finding on a labelled set, as the product finds: `zhengwen evaluate retrieval`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from api.settings import Settings
from evaluation.datasets import Dataset, LabelledQuestion, load_dataset
from evaluation.retrieval_scores import RankingScores, bootstrap_intervals, latency_percentiles, mean_scores, score_ranking
from evaluation.workspace import Progress, open_workspace
from indexing.models import RankingMode, SearchQuery
from indexing.ports import PassageSearcher

ROWS = (RankingMode.LEXICAL, RankingMode.VECTOR, RankingMode.DEFAULT)
_SHOWN = 10
_DOCUMENTS = 100
_ROUNDING = 4


def evaluate_retrieval(folder: Path, settings: Settings, progress: Progress) -> dict[str, Any]:
    """The JSON of the command: {"dataset", "queries", "rows": {row: {metric: mean, "p50_ms", "p95_ms"}}, "intervals"}.

    "intervals" are 95 % bootstrap intervals, {row: {metric: [low, high]}}. A document stands where its best passage stands. Questions
    are asked one at a time, of every region and day; times are of a search for ten passages, in milliseconds. Raises DatasetUnreadable
    and what open_workspace raises.
    """
    dataset = load_dataset(folder)
    searcher = open_workspace(dataset, settings, progress).searcher()
    measured = {mode.value: _measure(dataset, searcher, mode, progress) for mode in ROWS}
    return {
        "dataset": dataset.name,
        "queries": len(dataset.questions),
        "rows": {name: _rounded({**mean_scores(scores), **latency_percentiles(times)}) for name, (scores, times) in measured.items()},
        "intervals": {
            name: {metric: [round(low, _ROUNDING), round(high, _ROUNDING)] for metric, (low, high) in bootstrap_intervals(scores).items()}
            for name, (scores, _times) in measured.items()
        },
    }


def rank_documents(searcher: PassageSearcher, text: str, mode: RankingMode, limit: int = _DOCUMENTS) -> list[str]:
    """Ids of up to `limit` documents, best first, by their best passages."""
    documents: dict[str, None] = {}
    passages = limit
    while True:
        hits = searcher.search(SearchQuery(text, limit=passages), mode).hits
        # What the first search put in front stays in front; a long document can fill it with its own passages, so deeper searches only add.
        documents.update(dict.fromkeys(hit.passage.document_id for hit in hits))
        if len(documents) >= limit or len(hits) < passages:
            return list(documents)[:limit]
        passages *= 2


def _measure(dataset: Dataset, searcher: PassageSearcher, mode: RankingMode, progress: Progress) -> tuple[list[RankingScores], list[float]]:
    scores, times = [], []
    searcher.search(SearchQuery(dataset.questions[0].text, limit=_SHOWN), mode)  # the first search opens files
    for done, question in enumerate(dataset.questions, start=1):
        times.append(_timed_search(searcher, question, mode))
        scores.append(score_ranking(rank_documents(searcher, question.text, mode), question.relevant))
        progress(f"检索（{mode.value}）", done, len(dataset.questions))
    return scores, times


def _timed_search(searcher: PassageSearcher, question: LabelledQuestion, mode: RankingMode) -> float:
    started = time.perf_counter()
    searcher.search(SearchQuery(question.text, limit=_SHOWN), mode)
    return (time.perf_counter() - started) * 1000


def _rounded(row: dict[str, float]) -> dict[str, float]:
    return {name: round(number, _ROUNDING) for name, number in row.items()}
