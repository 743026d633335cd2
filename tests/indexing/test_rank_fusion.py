"""Fusion of two score lists."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from indexing.rank_fusion import adapted_sureness, best_first, fuse, vector_weight, with_adapted, word_evidence
from indexing.tuning import default_tuning

SCORES = arrays.arrays(np.float32, st.integers(0, 40), elements=st.floats(-1, 2, width=32))
PAIRS = st.integers(1, 40).flatmap(
    lambda size: st.tuples(*[arrays.arrays(np.float32, size, elements=st.floats(-1, 2, width=32)) for _ in range(2)])
)


@given(PAIRS, st.floats(0, 1))
def test_fused_scores_stay_within_zero_and_one(pair: tuple[np.ndarray, np.ndarray], weight: float) -> None:
    fused = fuse(*pair, weight)
    assert fused.min() >= 0.0
    assert fused.max() <= 1.0 + 1e-6


@given(PAIRS)
def test_all_weight_on_one_side_gives_its_score(pair: tuple[np.ndarray, np.ndarray]) -> None:
    vector, lexical = pair
    assert np.array_equal(fuse(vector, lexical, 1.0), np.clip(vector, 0, 1))
    assert np.array_equal(fuse(vector, lexical, 0.0), np.clip(lexical, 0, 1))


@given(PAIRS, st.floats(0, 1))
def test_a_passage_better_on_both_sides_is_never_behind(pair: tuple[np.ndarray, np.ndarray], weight: float) -> None:
    vector, lexical = pair
    fused = fuse(vector, lexical, weight)
    better = (vector[:, None] >= vector) & (lexical[:, None] >= lexical)
    assert not np.any(better & (fused[:, None] < fused - 1e-6))


@given(PAIRS, st.floats(0, 1), arrays.arrays(np.float32, 1, elements=st.floats(0, 1, width=32)))
def test_a_passage_scores_the_same_whatever_stands_beside_it(pair: tuple[np.ndarray, np.ndarray], weight: float, other: np.ndarray) -> None:
    alone = fuse(*pair, weight)
    together = fuse(np.append(pair[0], other), np.append(pair[1], other), weight)
    assert np.array_equal(together[:-1], alone)


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_better_the_words_cover_the_question_the_less_the_vectors_count(one: float, other: float) -> None:
    tuning = default_tuning().fusion
    low, high = sorted((one, other))
    ends = sorted((tuning.vector_weight_far, tuning.vector_weight_near))
    assert ends[0] <= vector_weight(high, tuning) <= vector_weight(low, tuning) <= ends[1]


@given(arrays.arrays(np.float32, (3, 9), elements=st.floats(0, 1, width=32)))
def test_what_words_say_stays_within_the_least_and_the_most_of_its_three_parts(parts: np.ndarray) -> None:
    said = word_evidence(*parts, default_tuning().fusion)
    assert np.all(said <= parts.max(axis=0) + 1e-6)
    assert np.all(said >= parts.min(axis=0) - 1e-6)


def test_an_adapter_that_knows_nothing_of_the_question_changes_nothing() -> None:
    tuning = default_tuning().fusion
    fused, other = np.array([0.6, 0.2], dtype=np.float32), np.array([0.1, 0.9], dtype=np.float32)
    far = np.full(2, tuning.adapted_from - 0.01, dtype=np.float32)
    assert np.array_equal(with_adapted(fused, far, other, adapted_sureness(far, 0.0, tuning), tuning), fused)


def test_an_adapter_that_is_sure_leads() -> None:
    tuning = default_tuning().fusion
    fused, base = np.array([0.6, 0.2], dtype=np.float32), np.array([0.3, 0.2], dtype=np.float32)
    adapted = np.array([0.1, tuning.adapted_full], dtype=np.float32)
    moved = with_adapted(fused, adapted, base, adapted_sureness(adapted, 0.0, tuning), tuning)
    assert moved[1] > moved[0]


def test_an_adapter_leads_less_where_the_words_say_it_already() -> None:
    tuning = default_tuning().fusion
    adapted = np.array([0.1, tuning.adapted_full], dtype=np.float32)
    sureness = [adapted_sureness(adapted, coverage, tuning) for coverage in (0.0, 0.1, 0.2, 0.9)]
    assert sureness == sorted(sureness, reverse=True)
    assert (sureness[0], sureness[-1]) == (pytest.approx(1.0), 0.0)


@given(arrays.arrays(np.float32, 5, elements=st.floats(-1, 1, width=32)))
def test_sureness_lies_between_never_and_always(adapted: np.ndarray) -> None:
    assert all(0.0 <= adapted_sureness(adapted, coverage, default_tuning().fusion) <= 1.0 for coverage in (0.0, 0.5, 1.0))


def test_no_candidates_give_no_scores() -> None:
    assert fuse(np.empty(0, dtype=np.float32), np.empty(0, dtype=np.float32), 0.5).size == 0


@given(SCORES, st.integers(0, 50))
def test_best_first_agrees_with_a_full_stable_sort(scores: np.ndarray, limit: int) -> None:
    expected = sorted(range(len(scores)), key=lambda at: (-scores[at], at))[:limit]
    assert best_first(scores, limit).tolist() == expected


def test_an_example_by_hand() -> None:
    vector = np.array([0.9, 0.8, -0.2], dtype=np.float32)
    lexical = np.array([0.0, 0.6, 0.5], dtype=np.float32)
    assert fuse(vector, lexical, 0.5).tolist() == pytest.approx([0.45, 0.7, 0.25], abs=1e-6)
