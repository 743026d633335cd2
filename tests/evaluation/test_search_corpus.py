"""What the search benchmark measures on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation.benchmarks import search_corpus
from evaluation.benchmarks.search_corpus import SearchCorpus, build_corpus
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.token_embedder import FakeTokenEmbedder


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SearchCorpus:
    """21,000 passages without public data, 50 of them with vectors of their own."""
    monkeypatch.setattr(search_corpus, "LAWS", tmp_path / "absent")
    return build_corpus(21_000, 50, FakeEmbedder(), lambda *_: None)


def test_there_are_as_many_passages_and_vectors_as_asked_for(made: SearchCorpus) -> None:
    assert len(made.passages) == len(made.vectors) == 21_000
    assert len({passage.id for passage in made.passages}) == 21_000


def test_vectors_have_unit_length_and_copies_differ_from_their_originals(made: SearchCorpus) -> None:
    assert np.allclose(np.linalg.norm(made.vectors, axis=1), 1.0, atol=1e-4)
    kinship = np.sum(made.vectors[:50] * made.vectors[50:100], axis=1)
    assert 0.8 < kinship.min() <= kinship.max() < 0.999


def test_every_passage_has_tokens_where_the_embedder_gives_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(search_corpus, "LAWS", tmp_path / "absent")
    corpus = build_corpus(60, 20, FakeTokenEmbedder(), lambda *_: None)
    assert len(corpus.tokens) == 60
    assert np.array_equal(corpus.tokens[41], corpus.tokens[1])
    assert not np.array_equal(corpus.tokens[2], corpus.tokens[1])


def test_it_says_what_is_real_and_what_is_not(made: SearchCorpus) -> None:
    assert all(words in made.origin for words in ("没有找到公开数据", "前 50 段是真实向量", "副本"))


@pytest.mark.public_data
def test_real_laws_come_first(public_data: Path) -> None:
    assert (public_data / "laws" / "docs.jsonl.gz").is_file()
    corpus = build_corpus(30, 10, FakeEmbedder(), lambda *_: None)
    assert "公开法律法规" in corpus.origin
