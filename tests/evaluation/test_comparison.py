"""The gate: a worse result fails, noise passes, and what must be zero is zero."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.comparison import Change, compare, earlier_figure, regressions
from evaluation.figures import Figure, Section, Unit, figure_fields, never, share_of, stated_share


def outcomes(right: int, wrong: int, first: int = 0) -> dict[str, bool]:
    """`right` cases that are right, then `wrong` that are not, numbered from `first`."""
    return {f"g-{number:04d}": number < first + right for number in range(first, first + right + wrong)}


def a_section(*figures: Figure) -> Section:
    return Section("golden", "金标题目", "", figures)


def stopped(now: Mapping[str, bool], before: Mapping[str, bool]) -> list[str]:
    earlier = {"right": earlier_figure(figure_fields(share_of("right", "答对", before)))}
    return regressions(a_section(share_of("right", "答对", now)), earlier)


def test_many_cases_turned_wrong_stop_the_gate_and_are_named() -> None:
    (sentence,) = stopped(outcomes(80, 20), outcomes(90, 10))
    assert "10 题由对变错" in sentence
    assert "g-0080" in sentence


def test_a_few_cases_turned_wrong_are_noise() -> None:
    assert stopped(outcomes(85, 15), outcomes(90, 10)) == []


def test_as_many_gained_as_lost_is_noise() -> None:
    before, now = outcomes(50, 50), {case: not right for case, right in outcomes(50, 50).items()}
    assert stopped(now, before) == []


def test_getting_better_never_stops() -> None:
    assert stopped(outcomes(100, 0), outcomes(50, 50)) == []


def test_new_cases_that_are_wrong_do_not_stop() -> None:
    assert stopped({**outcomes(90, 10), **outcomes(0, 50, first=200)}, outcomes(90, 10)) == []


def test_a_figure_without_an_earlier_one_is_not_judged() -> None:
    assert regressions(a_section(share_of("right", "答对", outcomes(0, 100))), {}) == []


def test_what_must_be_zero_stops_even_without_a_baseline() -> None:
    (sentence,) = regressions(a_section(never("invented", "编造的数字", 1, 100)), {})
    assert sentence == "编造的数字：1 题，应为 0。"
    assert regressions(a_section(never("invented", "编造的数字", 0, 100)), {}) == []


def compared(now: Figure, before: Figure) -> Change:
    return compare(now, earlier_figure(figure_fields(before))).change


def test_case_by_case_a_small_difference_beyond_chance_is_told() -> None:
    before = share_of("right", "答对", outcomes(900, 100))
    assert compared(share_of("right", "答对", outcomes(910, 90)), before) is Change.BETTER
    assert compared(share_of("right", "答对", outcomes(890, 110)), before) is Change.WORSE
    assert compared(share_of("right", "答对", outcomes(903, 97)), before) is Change.NOISE
    assert compared(before, before) is Change.SAME


def test_shares_without_cases_are_compared_by_their_intervals() -> None:
    before = stated_share("refused", "婉拒", 0.90, 1000)
    assert compared(stated_share("refused", "婉拒", 0.91, 1000), before) is Change.NOISE
    assert compared(stated_share("refused", "婉拒", 0.99, 1000), before) is Change.BETTER
    assert compared(stated_share("refused", "婉拒", 0.50, 1000), before) is Change.WORSE


def test_where_less_is_better_more_is_worse() -> None:
    before = stated_share("misused", "误拒", 0.01, 1000, higher_is_better=False)
    assert compared(stated_share("misused", "误拒", 0.20, 1000, higher_is_better=False), before) is Change.WORSE


def test_a_count_that_must_be_zero_has_no_noise() -> None:
    assert compared(never("invented", "编造", 1, 100), never("invented", "编造", 0, 100)) is Change.WORSE


def test_one_measurement_of_time_says_nothing() -> None:
    fast, slow = (Figure("p95", "用时", ms, 100, Unit.MILLISECONDS, higher_is_better=False) for ms in (10.0, 90.0))
    assert compared(slow, fast) is Change.NOISE


def test_a_figure_of_nothing_has_nothing_to_compare_with() -> None:
    empty = share_of("right", "答对", {})
    assert compared(empty, empty) is Change.NEW
    assert compare(share_of("right", "答对", outcomes(1, 0)), None).change is Change.NEW
