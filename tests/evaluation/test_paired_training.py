"""Training and measuring where the embedder gives two vectors a row: heads belong on the tuned half."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from api.container import Container
from evaluation.benchmarks import search_corpus
from evaluation.benchmarks.search_corpus import build_corpus
from evaluation.training_sets import question_set
from indexing.adapters.adapter_folder import write_adapter
from indexing.adapters.head_trainer import TorchHeadTrainer
from indexing.adapters.vector_adapter import check_fits, load_adapter
from indexing.paired_vectors import BaseHalf, SearchHalf
from indexing.training.models import QuestionSet, TrainingMaterial, TrainingQuestion
from indexing.training.train_adapter import train_adapter
from indexing.vector_adaptation import UNADAPTED
from tests.encoder_lessons import GUIDES
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.paired_embedder import PairedFake
from tests.indexing.refreshing import a_synchroniser
from tests.training_material import small_recipe


def a_paired_set(folder: Path) -> QuestionSet:
    pair = PairedFake()
    synchroniser = a_synchroniser(folder, guides=GUIDES[:40], embedder=pair, adapter=SearchHalf(UNADAPTED))
    container = cast("Container", SimpleNamespace(synchroniser=lambda: synchroniser))
    passages, vectors = synchroniser.embedded_passages()
    assert vectors.shape[1] == pair.dimension
    questions = tuple(TrainingQuestion(passage.id, f"{passage.title}怎么办", (row,)) for row, passage in enumerate(passages))
    return question_set(container, "own", "自编", (passages, vectors), questions, lambda *_: None)


def test_a_question_set_holds_the_tuned_half(tmp_path: Path) -> None:
    one = a_paired_set(tmp_path)
    half = FakeEmbedder().dimension
    assert one.vectors.shape[1] == one.question_vectors.shape[1] == half
    turned = FakeEmbedder().embed_queries([question.text for question in one.questions])[:, ::-1]
    assert np.allclose(one.question_vectors, turned)


def test_heads_trained_beside_a_pair_fit_its_tuned_half(tmp_path: Path) -> None:
    pair = PairedFake()
    material = TrainingMaterial((a_paired_set(tmp_path / "index"),), (), pair.fingerprint)
    trained = train_adapter(material, small_recipe(optimiser={"epochs": 2}), TorchHeadTrainer("cpu"), lambda *_: None)
    write_adapter(tmp_path / "adapter", trained)
    adapter = load_adapter(tmp_path / "adapter")
    check_fits(adapter, "adapter", pair.fingerprint, BaseHalf(pair).dimension)
    assert adapter.card.base_model == "turned@1"
    rows = pair.embed_passages(["居住证怎么办"])
    assert np.array_equal(SearchHalf(adapter).passages(rows), adapter.passages(rows[:, adapter.card.dimension :]))


def test_each_half_of_a_benchmark_s_made_up_rows_has_unit_length(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(search_corpus, "LAWS", tmp_path / "absent")
    vectors = build_corpus(200, 50, PairedFake(), lambda *_: None).vectors
    halves = vectors.reshape(200, 2, -1)
    assert np.allclose(np.linalg.norm(halves, axis=-1), 1.0, atol=1e-4)
    assert not np.allclose(vectors[:50], vectors[50:100], atol=1e-2)
