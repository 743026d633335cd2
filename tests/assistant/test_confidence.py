from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.confidence import coverage_at, reaches, threshold_for, widest_reach

SCORED = st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]) | st.floats(0, 1), st.booleans()), max_size=60)


def falling(*right: bool) -> list[tuple[float, bool]]:
    return [(1 - place / 1000, one) for place, one in enumerate(right)]


def test_the_threshold_is_the_lowest_that_keeps_the_precision() -> None:
    scored = falling(*[True] * 40, False, *[True] * 9, False, False)
    assert threshold_for(0.97, scored) == pytest.approx(1 - 49 / 1000)
    assert coverage_at(0.97, scored) == pytest.approx(50 / 52)


def test_a_short_lucky_start_is_no_proof() -> None:
    scored = falling(*[True] * 20, *[False] * 30)
    assert threshold_for(0.97, scored) is None
    assert coverage_at(0.97, scored) == 0
    assert threshold_for(0.9, scored) is not None


def test_a_small_set_without_a_mistake_counts_as_a_whole() -> None:
    assert coverage_at(0.99, falling(*[True] * 12)) == 1


def test_equal_confidences_are_taken_together() -> None:
    scored = [(0.9, True)] * 50 + [(0.5, True)] * 25 + [(0.5, False)] * 25
    assert threshold_for(0.97, scored) == 0.9
    assert [reach.taken for reach in reaches(scored)] == [50, 100]


def test_nothing_measured_gives_no_threshold() -> None:
    assert threshold_for(0.9, []) is None
    assert coverage_at(0.9, []) == 0


def test_a_full_precision_asks_for_all_to_be_right() -> None:
    assert coverage_at(1.0, falling(True, True, True)) == 1
    assert coverage_at(1.0, falling(True, True, False)) == 0


@given(SCORED, st.sampled_from([0.5, 0.9, 0.97]))
def test_what_reaches_the_threshold_has_the_precision(scored: list[tuple[float, bool]], precision: float) -> None:
    reach = widest_reach(precision, scored)
    if reach is not None:
        taken = [right for confidence, right in scored if confidence >= reach.threshold]
        assert len(taken) == reach.taken
        assert sum(taken) / len(taken) == reach.precision >= precision
