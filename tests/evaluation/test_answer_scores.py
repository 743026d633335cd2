"""Scores of shown answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.answer_scores import ScoredAnswer, contains_span, rouge_l, summarise


def test_a_span_is_found_across_white_space_and_full_width_signs() -> None:
    assert contains_span(["补贴标准为每人每月 ３００\n元。"], "每人每月300元")


def test_a_span_may_run_over_two_quotes_that_follow_each_other() -> None:
    assert contains_span(["申请人应当年满", "十六周岁。"], "年满十六周岁")


def test_an_empty_label_is_never_contained() -> None:
    assert not contains_span(["任何内容"], " ")


def test_a_missing_span_is_not_contained() -> None:
    assert not contains_span(["每人每月200元"], "每人每月300元")


@given(st.text(alphabet="一二三四五六七八九十", min_size=1))
def test_a_text_agrees_fully_with_itself(text: str) -> None:
    assert rouge_l(text, text) == pytest.approx(1.0)


def test_half_of_the_characters_in_order_give_the_harmonic_mean() -> None:
    assert rouge_l("甲乙", "甲乙丙丁") == pytest.approx(2 * 1.0 * 0.5 / 1.5)


def test_nothing_in_common_scores_nothing() -> None:
    assert rouge_l("甲乙", "丙丁") == 0.0


def test_refusals_count_against_the_shares_but_not_against_the_length() -> None:
    shown = ScoredAnswer(answered=True, span_contained=True, rouge_l=1.0, citation_relevant=True, quoted_chars=400)
    refused = ScoredAnswer(answered=False, span_contained=False, rouge_l=0.0, citation_relevant=False, quoted_chars=0)
    scores = summarise([shown, refused])
    assert (scores.span_contained, scores.answered, scores.quoted_chars_p90) == (0.5, 0.5, 400)


def test_no_questions_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="没有可以评分的问题"):
        summarise([])
