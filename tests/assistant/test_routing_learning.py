"""What the router's teacher does again, and what it does not, when people have decided something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from assistant.routing import ExampleSource, RoutingExample
from assistant.routing_learning import RoutingTeacher
from assistant.routing_settings import load_routing_settings
from indexing.ports import Vectors
from tests.factories import a_department
from tests.fakes.classifiers import FakeTrainer, MemoryShelf
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.entry_stores import MemoryDepartmentStore, MemoryGuideStore
from tests.fakes.routing_example_store import MemoryRoutingExampleStore


class CountingEmbedder(FakeEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().embed_queries(texts)


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def past() -> MemoryRoutingExampleStore:
    return MemoryRoutingExampleStore()


@pytest.fixture
def teacher(embedder: CountingEmbedder, past: MemoryRoutingExampleStore) -> RoutingTeacher:
    return RoutingTeacher(
        departments=MemoryDepartmentStore([a_department(), a_department("dept-b", "示范市城市管理局")]),
        guides=MemoryGuideStore(),
        past=past,
        labelled=lambda: {"dept-b": ("油烟熏人", "垃圾没人清")},
        embedder=embedder,
        trainer=FakeTrainer(),
        shelf=MemoryShelf(),
        settings=replace(load_routing_settings(), refresh_s=0),
    )


def test_of_what_is_known_only_new_texts_are_embedded(
    teacher: RoutingTeacher, embedder: CountingEmbedder, past: MemoryRoutingExampleStore
) -> None:
    teacher.knowledge()
    embedder.asked.clear()
    past.add(RoutingExample("楼下太吵", "dept-b", False, ExampleSource.SENT_BACK, "GD1", datetime(2026, 11, 22, tzinfo=UTC)))
    known = teacher.knowledge()
    assert embedder.asked == ["楼下太吵"]
    assert np.array_equal(known.vectors, FakeEmbedder().embed_queries([text.text for text in known.texts]))
