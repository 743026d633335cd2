"""Vectors are computed once, questions apart from passages, and kept batch by batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from indexing.cached_vectors import CachedVectors, QuestionKeepingEmbedder
from indexing.ports import Progress, Vectors
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.vector_cache import FakeVectorCache

TEXTS = ("居住证", "公积金", "居住证", "停车证")


class SidedEmbedder(FakeEmbedder):
    """Passages and questions of the same words have other vectors, as with prefixes; counts what it is given."""

    embedded = 0

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.embedded += len(texts)
        return super().embed_passages([f"passage: {text}" for text in texts])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return super().embed_queries([f"query: {text}" for text in texts])


def silent(*_: object) -> None:
    """Nobody listens."""


@pytest.fixture
def embedder() -> SidedEmbedder:
    return SidedEmbedder()


def test_each_text_is_embedded_once(embedder: SidedEmbedder) -> None:
    vectors = CachedVectors(embedder, FakeVectorCache(), batch=2)
    first = vectors.passages(TEXTS, silent)
    assert (first.embedded, first.from_cache, embedder.embedded) == (3, 0, 3)
    again = vectors.passages(TEXTS, silent)
    assert (again.embedded, again.from_cache, embedder.embedded) == (0, 3, 3)
    assert np.array_equal(first.vectors, again.vectors)
    assert np.array_equal(first.vectors[0], first.vectors[2])


def test_questions_are_kept_apart_from_passages_of_the_same_words(embedder: SidedEmbedder) -> None:
    vectors = CachedVectors(embedder, FakeVectorCache(), batch=2)
    passages, questions = vectors.passages(TEXTS, silent).vectors, vectors.questions(TEXTS, silent).vectors
    assert not np.allclose(passages, questions)
    embedded = embedder.embedded
    assert np.array_equal(vectors.questions(TEXTS, silent).vectors, questions)
    assert np.array_equal(questions, SidedEmbedder().embed_queries(TEXTS))
    assert embedder.embedded == embedded


def test_what_was_embedded_before_an_interruption_is_kept(embedder: SidedEmbedder) -> None:
    cache = FakeVectorCache()

    def stop(step: str, done: int, total: int) -> None:
        if step == "计算问题向量":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        CachedVectors(embedder, cache, batch=2).questions(TEXTS, stop)
    assert CachedVectors(embedder, cache, batch=2).questions(TEXTS, silent).embedded == 1


def test_vectors_that_are_known_from_elsewhere_are_taken_up(embedder: SidedEmbedder) -> None:
    vectors = CachedVectors(embedder, FakeVectorCache(), batch=2)
    known = np.eye(4, 64, dtype=np.float32)
    vectors.remember(["甲", "乙", "丙", "丁"], known)
    assert np.array_equal(vectors.passages(["丁", "甲"], silent).vectors, known[[3, 0]])
    assert embedder.embedded == 0


def test_lots_of_questions_outlive_the_process_and_single_ones_are_not_kept(embedder: SidedEmbedder) -> None:
    cache = FakeVectorCache()
    first = QuestionKeepingEmbedder(embedder, cache, batch=2).embed_queries(TEXTS)
    embedded = embedder.embedded
    next_process = QuestionKeepingEmbedder(embedder, cache, batch=2)
    assert np.array_equal(next_process.embed_queries(TEXTS), first)
    assert embedder.embedded == embedded
    next_process.embed_queries(["停车证到期了"])
    next_process.embed_queries(["停车证到期了"])
    assert embedder.embedded == embedded + 2
