"""Scores of ranked documents, by hand."""

from __future__ import annotations

import math

import pytest

from evaluation.retrieval_scores import METRICS, bootstrap_intervals, latency_percentiles, mean_scores, score_ranking


def test_a_relevant_document_in_first_place_scores_full_marks() -> None:
    scores = score_ranking(["a", "b"], {"a": 1})
    assert (scores.hit_at_1, scores.hit_at_5, scores.mrr_at_10, scores.ndcg_at_10, scores.recall_at_100) == (1.0, 1.0, 1.0, 1.0, 1.0)


def test_the_third_place_counts_a_third() -> None:
    scores = score_ranking(["x", "y", "a"], {"a": 1})
    assert (scores.hit_at_1, scores.hit_at_5) == (0.0, 1.0)
    assert scores.mrr_at_10 == pytest.approx(1 / 3)
    assert scores.ndcg_at_10 == pytest.approx(1 / math.log2(4))


def test_the_eleventh_place_is_too_late_for_ten() -> None:
    scores = score_ranking([*"bcdefghijk", "a"], {"a": 1})
    assert (scores.hit_at_10, scores.mrr_at_10, scores.ndcg_at_10, scores.recall_at_100) == (0.0, 0.0, 0.0, 1.0)


def test_recall_counts_every_relevant_document_within_a_hundred() -> None:
    ranked = ["a", *(f"x{number}" for number in range(99)), "b"]
    assert score_ranking(ranked, {"a": 1, "b": 1}).recall_at_100 == 0.5


def test_a_higher_grade_in_front_gains_more() -> None:
    grades = {"a": 2, "b": 1}
    assert score_ranking(["a", "b"], grades).ndcg_at_10 == 1.0
    assert score_ranking(["b", "a"], grades).ndcg_at_10 < 1.0


def test_nothing_found_scores_nothing() -> None:
    assert sum(mean_scores([score_ranking([], {"a": 1})]).values()) == 0.0


def test_a_question_without_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="不能评分"):
        score_ranking(["a"], {})


def test_intervals_hold_the_mean_and_repeat_exactly() -> None:
    scores = [score_ranking(["a"] if number % 3 else ["b"], {"a": 1}) for number in range(60)]
    means, intervals = mean_scores(scores), bootstrap_intervals(scores)
    assert all(intervals[name][0] <= means[name] <= intervals[name][1] for name in METRICS)
    assert intervals["hit@1"][0] < intervals["hit@1"][1]
    assert bootstrap_intervals(scores) == intervals


def test_latencies_are_given_by_their_percentiles() -> None:
    assert latency_percentiles([float(number) for number in range(1, 102)]) == {"p50_ms": 51.0, "p95_ms": 96.0}
