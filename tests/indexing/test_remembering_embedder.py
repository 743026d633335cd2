"""Vectors of the last questions are kept, and are the ones the embedder gives."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from indexing.adapters.remembering_embedder import RememberingEmbedder, remembering
from indexing.late_interaction import QuestionVectors
from indexing.ports import TokenEmbedder, Vectors
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.token_embedder import FakeTokenEmbedder


class CountingEmbedder(FakeEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().embed_queries(texts)


def test_a_question_asked_again_is_not_embedded_again() -> None:
    counting = CountingEmbedder()
    remembering = RememberingEmbedder(counting)
    first, again = remembering.embed_queries(["居住证"]), remembering.embed_queries(["居住证"])
    assert counting.asked == ["居住证"]
    assert np.array_equal(first, again)
    assert np.array_equal(first, FakeEmbedder().embed_queries(["居住证"]))


def test_whoever_changes_a_vector_changes_only_a_copy() -> None:
    remembering = RememberingEmbedder(FakeEmbedder())
    remembering.embed_queries(["居住证"])[0] *= 0
    assert np.linalg.norm(remembering.embed_queries(["居住证"])[0]) > 0.9


def test_only_the_last_ones_are_kept() -> None:
    counting = CountingEmbedder()
    remembering = RememberingEmbedder(counting, kept=1)
    for text in ("甲", "乙", "甲"):
        remembering.embed_queries([text])
    assert counting.asked == ["甲", "乙", "甲"]


def test_passages_and_batches_are_the_embedders_own() -> None:
    own, remembering = FakeEmbedder(), RememberingEmbedder(FakeEmbedder())
    assert remembering.fingerprint == own.fingerprint
    assert remembering.dimension == own.dimension
    assert np.array_equal(remembering.embed_queries(["甲", "乙"]), own.embed_queries(["甲", "乙"]))
    assert np.array_equal(remembering.embed_passages(["甲"]), own.embed_passages(["甲"]))


def test_what_is_asked_for_and_what_is_computed_is_counted() -> None:
    told: list[str] = []
    remembering = RememberingEmbedder(FakeEmbedder(), count=told.append)
    for _ in range(3):
        remembering.embed_queries(["居住证"])
    assert (told.count("asked"), told.count("computed")) == (3, 1)


def test_threads_share_what_is_kept() -> None:
    counting = CountingEmbedder()
    remembering = RememberingEmbedder(counting)
    expected = FakeEmbedder().embed_queries(["居住证"])
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(lambda _: remembering.embed_queries(["居住证"]), range(64)))
    assert all(np.array_equal(vector, expected) for vector in vectors)
    assert len(counting.asked) <= 8


class CountingTokenEmbedder(FakeTokenEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_question(self, text: str) -> QuestionVectors:
        self.asked.append(text)
        return super().embed_question(text)


def test_a_question_s_vector_and_its_tokens_come_from_one_reading() -> None:
    counting, told = CountingTokenEmbedder(), list[str]()
    remembered = remembering(counting, count=told.append)
    assert isinstance(remembered, TokenEmbedder)
    vector = remembered.embed_queries(["居住证"])[0]
    question = remembered.embed_question("居住证")
    assert counting.asked == ["居住证"]
    assert told == ["asked", "computed"]
    assert np.array_equal(question.vector, vector)
    assert np.array_equal(question.tokens, FakeTokenEmbedder().embed_question("居住证").tokens)
    assert remembered.token_fingerprint == counting.token_fingerprint


def test_one_that_gives_no_tokens_is_not_said_to() -> None:
    assert not isinstance(remembering(FakeEmbedder()), TokenEmbedder)
