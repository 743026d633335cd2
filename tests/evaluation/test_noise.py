"""Chance: intervals hold what they should, and the exact test agrees with a library's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evaluation.noise import Interval, at_least, bootstrap_interval, flips, wilson_interval


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_tail_of_fair_coins_is_that_of_the_binomial_test(count: int, of: int) -> None:
    if count <= of:
        assert at_least(count, of) == pytest.approx(binomtest(count, of, 0.5, alternative="greater").pvalue)


def test_no_coins_at_all_say_nothing() -> None:
    assert flips({"a": True}, {"a": True}).p_worse == 1.0
    assert flips({"a": True}, {"a": True}).p_changed == 1.0


def test_only_cases_of_both_runs_are_compared() -> None:
    turned = flips(
        {"kept": True, "worse": True, "better": False, "gone": True}, {"kept": True, "worse": False, "better": True, "new": False}
    )
    assert (turned.gained, turned.lost) == (("better",), ("worse",))


def test_getting_better_is_never_worse_by_chance() -> None:
    before, now = dict.fromkeys("abcdefgh", False), dict.fromkeys("abcdefgh", True)
    assert flips(before, now).p_worse == 1.0
    assert flips(before, now).p_changed < 0.05


def test_the_bootstrap_holds_the_share_and_narrows_with_more_cases() -> None:
    few, many = bootstrap_interval([True, False] * 20), bootstrap_interval([True, False] * 500)
    assert few.low < 0.5 < few.high
    assert many.high - many.low < few.high - few.low


def test_turns_of_one_conversation_count_as_one_draw() -> None:
    outcomes = [True] * 50 + [False] * 50
    groups = [str(place // 10) for place in range(100)]
    apart, together = bootstrap_interval(outcomes), bootstrap_interval(outcomes, groups)
    assert together.high - together.low > apart.high - apart.low


def test_the_interval_of_a_perfect_share_is_not_a_point() -> None:
    assert wilson_interval(1.0, 50) == Interval(0.9287, 1.0)


@pytest.mark.parametrize("interval", [lambda: bootstrap_interval([]), lambda: wilson_interval(0.5, 0)])
def test_nothing_has_no_interval(interval: object) -> None:
    with pytest.raises(ValueError, match="没有可以计算区间"):
        interval()  # type: ignore[operator]
