"""The best cosine for each token of a question, weighed by its share: as a plain double loop gives it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.late_interaction import QuestionVectors, TokenRows, max_similarities, quantised

WIDTH = 8


def unit_rows(count: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, WIDTH)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def a_question(tokens: int, seed: int = 1) -> QuestionVectors:
    shares = np.random.default_rng(seed).random(tokens).astype(np.float32)
    return QuestionVectors(np.ones(4, np.float32) / 2, unit_rows(tokens, seed), shares / max(float(shares.sum()), 1e-9))


def by_hand(question: QuestionVectors, rows: TokenRows) -> float:
    if not len(rows):
        return 0.0
    total = 0.0
    for token, share in zip(question.tokens, question.shares, strict=True):
        total += float(share) * max(float(sum(a * b for a, b in zip(token.tolist(), row.tolist(), strict=True))) / 127 for row in rows)
    return total


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 6), st.lists(st.integers(0, 7), max_size=6), st.integers(0, 99))
def test_it_is_what_a_double_loop_gives(asked: int, lengths: list[int], seed: int) -> None:
    question = a_question(asked, seed)
    passages = [quantised(unit_rows(length, seed + place)) for place, length in enumerate(lengths)]
    found = max_similarities(question, passages)
    assert found.dtype == np.float32
    assert np.allclose(found, [by_hand(question, rows) if asked else 0.0 for rows in passages], atol=1e-4)


def test_a_text_that_says_every_token_of_the_question_scores_nearly_one() -> None:
    question = a_question(5)
    assert abs(float(max_similarities(question, [quantised(question.tokens[::-1])])[0]) - 1) < 0.02


def test_a_score_does_not_depend_on_the_company() -> None:
    question = a_question(4)
    passages = [quantised(unit_rows(length, length)) for length in (3, 0, 9)]
    together = max_similarities(question, passages)
    assert np.allclose(together, [max_similarities(question, [rows])[0] for rows in passages], atol=1e-6)


def test_a_share_decides_which_token_must_be_said() -> None:
    first, second = unit_rows(1, 3), unit_rows(1, 4)
    question = QuestionVectors(np.ones(4, np.float32) / 2, np.concatenate([first, second]), np.array([0.9, 0.1], np.float32))
    found = max_similarities(question, [quantised(second), quantised(first)])
    assert found[1] > found[0]
