"""Many passages: quick vectors propose, exact ones decide, and a filter is never starved by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from indexing.adapters.open_snapshot import OpenSnapshot, RowFilter
from indexing.adapters.snapshot_format import QUICK_VECTORS
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.errors import SnapshotDamaged
from indexing.tuning import Tuning, default_tuning
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder
from tests.passage_factory import a_passage, parts_of

MANY, WIDTH, WANTED = 6000, 64, 50


def from_so_many(passages: int) -> Tuning:
    return replace(default_tuning(), snapshots=replace(default_tuning().snapshots, quick_from=passages))


@pytest.fixture(scope="module")
def vectors() -> npt.NDArray[np.float32]:
    """In groups, as texts about a matter are, and all of them to one side, as a model's are."""
    random = np.random.default_rng(7)
    matters = random.normal(size=(60, WIDTH))
    made = matters[random.integers(60, size=MANY)] + 0.6 * random.normal(size=(MANY, WIDTH)) + 2
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def snapshot(vectors: npt.NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> OpenSnapshot:
    return written(tmp_path_factory.mktemp("index"), vectors, from_so_many(MANY))


def written(folder: Path, vectors: npt.NDArray[np.float32], tuning: Tuning) -> OpenSnapshot:
    """Every other passage has ended with 2025."""
    passages = [
        a_passage(document_id=f"d-{number}", ends_on=date(2026, 1, 1) if number % 2 else None, text=f"第{number}项")
        for number in range(len(vectors))
    ]
    store = SnapshotStore(folder, tuning)
    manifest = store.write(passages, vectors, parts_of(FakeEmbedder(WIDTH), BigramTokenizer()), lambda *_: None)
    return store.open(manifest.snapshot_id)


def exactly_nearest(vectors: npt.NDArray[np.float32], query: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_]) -> list[int]:
    found: list[int] = np.argsort(-np.where(allowed, vectors @ query, -np.inf), kind="stable")[:WANTED].tolist()
    return found


@pytest.mark.parametrize("day", [None, date(2026, 6, 1)], ids=["all", "half of them"])
def test_nearly_all_of_the_nearest_are_found_and_in_their_order(
    snapshot: OpenSnapshot, vectors: npt.NDArray[np.float32], day: date | None
) -> None:
    rows = snapshot.row_filter(day, None)
    allowed = np.ones(MANY, dtype=bool) if day is None else np.arange(MANY) % 2 == 0
    shares = []
    for query in vectors[:40]:
        found = snapshot.nearest(query, rows, WANTED).tolist()
        assert len(found) == WANTED
        assert allowed[found].all()
        assert (np.diff(vectors[found] @ query) <= 1e-6).all()
        shares.append(len(set(found) & set(exactly_nearest(vectors, query, allowed))) / WANTED)
    assert np.mean(shares) >= 0.97


def test_where_hardly_any_of_the_proposed_are_allowed_every_row_is_looked_at(
    snapshot: OpenSnapshot, vectors: npt.NDArray[np.float32]
) -> None:
    query = vectors[0]
    allowed = np.ones(MANY, dtype=bool)
    allowed[np.argsort(-(vectors @ query))[: MANY * 7 // 10]] = False
    rows = RowFilter.of(allowed, snapshot.columns)
    assert snapshot.nearest(query, rows, WANTED).tolist() == exactly_nearest(vectors, query, allowed)


def test_with_fewer_passages_there_are_none(vectors: npt.NDArray[np.float32], tmp_path: Path) -> None:
    few = written(tmp_path, vectors[:100], from_so_many(101))
    assert QUICK_VECTORS not in few.manifest.checksums
    query = vectors[3]
    assert few.nearest(query, few.row_filter(None, None), 5).tolist() == np.argsort(-(vectors[:100] @ query))[:5].tolist()


def test_cut_short_they_make_the_snapshot_a_damaged_one(vectors: npt.NDArray[np.float32], tmp_path: Path) -> None:
    made = written(tmp_path, vectors[:200], from_so_many(200))
    file = tmp_path / "snapshots" / made.manifest.snapshot_id / QUICK_VECTORS
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(SnapshotDamaged, match=QUICK_VECTORS):
        SnapshotStore(tmp_path).open(made.manifest.snapshot_id)
    with pytest.raises(SnapshotDamaged):
        OpenSnapshot(file.parent, verify=False)
