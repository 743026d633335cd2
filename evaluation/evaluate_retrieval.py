"""Measure finding on a labelled set, as the product finds: `zhengwen evaluate retrieval`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from api.container import Container
from api.settings import Settings
from evaluation.datasets import Dataset, LabelledQuestion, load_dataset
from evaluation.retrieval_scores import RankingScores, bootstrap_intervals, latency_percentiles, mean_scores, score_ranking
from evaluation.trained_sets import taught_by
from evaluation.workspace import open_workspace
from indexing.models import RankingMode, SearchQuery
from indexing.ports import PassageSearcher, Progress

ROWS = (RankingMode.LEXICAL, RankingMode.VECTOR, RankingMode.HYBRID, RankingMode.ADAPTED, RankingMode.DEFAULT)
_SHOWN = 10
_DOCUMENTS = 100
_ROUNDING = 4


def evaluate_retrieval(folder: Path, settings: Settings, progress: Progress) -> dict[str, Any]:
    """The JSON of the command: {"dataset", "queries", "trained", "rows": {row: {metric: mean, "p50_ms", "p95_ms"}}, "intervals"}.

    Each row has one part more than the one before it; "default" is what serves, reranked where token weights are. "adapted" is left out
    where nothing is adapted. "trained": whether questions of this set have taught what is deployed, so that its figures are no promise.
    "intervals" are 95 % bootstrap intervals, {row: {metric: [low, high]}}. A document stands where its best passage stands. Questions
    are asked one at a time, of every region and day; times are of a search for ten passages, the question's vector included, in
    milliseconds. Raises DatasetUnreadable and what open_workspace raises.
    """
    dataset = load_dataset(folder)
    container = open_workspace(dataset, settings, progress)
    rows = [mode for mode in ROWS if mode is not RankingMode.ADAPTED or _is_adapted(container)]
    searcher, embedding_ms = container.searcher(), dict[str, float]()
    measured = {mode.value: _measure(dataset, searcher, mode, embedding_ms, progress) for mode in rows}
    return {
        "dataset": dataset.name,
        "queries": len(dataset.questions),
        "trained": dataset.name in taught_by(settings),
        "rows": {name: _rounded({**mean_scores(scores), **latency_percentiles(times)}) for name, (scores, times) in measured.items()},
        "intervals": {
            name: {metric: [round(low, _ROUNDING), round(high, _ROUNDING)] for metric, (low, high) in bootstrap_intervals(scores).items()}
            for name, (scores, _times) in measured.items()
        },
    }


def _is_adapted(container: Container) -> bool:
    current = container.snapshots.current()
    return current is not None and current.embedder_fingerprint != container.embedder().fingerprint


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


def _measure(
    dataset: Dataset, searcher: PassageSearcher, mode: RankingMode, embedding_ms: dict[str, float], progress: Progress
) -> tuple[list[RankingScores], list[float]]:
    scores, times = [], []
    searcher.search(SearchQuery(dataset.questions[0].text, limit=_SHOWN), RankingMode.LEXICAL)  # the first search opens files
    for done, question in enumerate(dataset.questions, start=1):
        times.append(_timed_search(searcher, question, mode, embedding_ms))
        scores.append(score_ranking(rank_documents(searcher, question.text, mode), question.relevant))
        progress(f"检索（{mode.value}）", done, len(dataset.questions))
    return scores, times


def _timed_search(searcher: PassageSearcher, question: LabelledQuestion, mode: RankingMode, embedding_ms: dict[str, float]) -> float:
    """The vector of a question asked before is remembered; its making counts in every row all the same."""
    started = time.perf_counter()
    found = searcher.search(SearchQuery(question.text, limit=_SHOWN), mode)
    took_ms = (time.perf_counter() - started) * 1000
    if (made_ms := found.timings_ms.get("embed")) is None:
        return took_ms
    longest = embedding_ms[question.id] = max(made_ms, embedding_ms.get(question.id, 0.0))
    return took_ms - made_ms + longest


def _rounded(row: dict[str, float]) -> dict[str, float]:
    return {name: round(number, _ROUNDING) for name, number in row.items()}
