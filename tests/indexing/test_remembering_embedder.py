"""Vectors of the last questions are kept, and are the ones the embedder gives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexing.adapters.remembering_embedder import RememberingEmbedder
from indexing.ports import Vectors
from tests.fakes.embedder import FakeEmbedder


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
