"""The snapshot on disk, that on PostgreSQL and the fake in memory keep the same contract."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from indexing.adapters.postgres import PostgresSnapshots
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.models import Passage
from indexing.ports import PassageSearcher
from tests.contracts.passage_searcher import PassageSearcherContract
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.memory_passage_searcher import MemoryPassageSearcher
from tests.passage_factory import a_searcher, demo_regions, publish_snapshot


class TestSnapshotSearcher(PassageSearcherContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def searcher_over(self, passages: Sequence[Passage] | None) -> PassageSearcher:
        store = SnapshotStore(self.folder)
        if passages is not None:
            publish_snapshot(store, passages)
        return a_searcher(store)


@pytest.mark.postgres
class TestPostgresSearcher(PassageSearcherContract):
    @pytest.fixture(autouse=True)
    def _engine(self, passages_engine: Engine) -> None:
        self.engine = passages_engine

    def searcher_over(self, passages: Sequence[Passage] | None) -> PassageSearcher:
        store = PostgresSnapshots(self.engine)
        if passages is not None:
            publish_snapshot(store, passages)
        return a_searcher(store)


class TestMemoryPassageSearcher(PassageSearcherContract):
    def searcher_over(self, passages: Sequence[Passage] | None) -> PassageSearcher:
        return MemoryPassageSearcher(passages, FakeEmbedder(), BigramTokenizer(), demo_regions())
