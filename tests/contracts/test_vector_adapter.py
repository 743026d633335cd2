"""What every VectorAdapter promises, run on the one that changes nothing and on trained heads of several shapes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.vector_adapter import load_adapter
from indexing.ports import VectorAdapter, Vectors
from indexing.vector_adaptation import UNADAPTED
from tests.adapters import write_adapter

SHAPES = {
    "one head": {},
    "three heads": {"heads": 3},
    "two blocks": {"blocks": 2},
    "questions only": {"sides": ("queries",)},
}


@pytest.fixture(params=["unadapted", *SHAPES])
def adapter(request: pytest.FixtureRequest, tmp_path: Path) -> VectorAdapter:
    if request.param == "unadapted":
        return UNADAPTED
    return load_adapter(write_adapter(tmp_path / "adapter", **SHAPES[request.param]))


def some_vectors(count: int = 40) -> Vectors:
    vectors = np.random.default_rng(5).normal(size=(count, 64)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def test_vectors_come_out_as_float32_rows_of_unit_length(adapter: VectorAdapter) -> None:
    for adapted in (adapter.passages(some_vectors()), adapter.queries(some_vectors())):
        assert (adapted.dtype, adapted.shape) == (np.float32, (40, 64))
        assert np.allclose(np.linalg.norm(adapted, axis=1), 1.0, atol=1e-5)


def test_a_row_becomes_the_same_alone_and_in_any_company(adapter: VectorAdapter) -> None:
    vectors = some_vectors(10_000)
    for adapt in (adapter.passages, adapter.queries):
        together = adapt(vectors)
        for row in (0, 8191, 8192, 9_999):
            assert np.allclose(adapt(vectors[row : row + 1])[0], together[row], atol=1e-5)


def test_no_rows_stay_no_rows(adapter: VectorAdapter) -> None:
    assert adapter.passages(some_vectors(0)).shape == (0, 64)
    assert adapter.queries(some_vectors(0)).shape == (0, 64)


def test_what_is_given_is_not_changed(adapter: VectorAdapter) -> None:
    vectors = some_vectors()
    adapter.passages(vectors)
    adapter.queries(vectors)
    assert np.array_equal(vectors, some_vectors())


def test_many_threads_may_use_it_at_once(adapter: VectorAdapter) -> None:
    expected = adapter.queries(some_vectors())
    with ThreadPoolExecutor(4) as pool:
        assert all(np.array_equal(adapted, expected) for adapted in pool.map(adapter.queries, [some_vectors()] * 16))


def test_what_it_saves_is_the_same_adapter(adapter: VectorAdapter, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    adapter.save(kept)
    assert kept.exists() == bool(adapter.fingerprint)
    again = load_adapter(kept) if adapter.fingerprint else UNADAPTED
    assert again.fingerprint == adapter.fingerprint
    assert np.array_equal(again.passages(some_vectors()), adapter.passages(some_vectors()))
    assert np.array_equal(again.queries(some_vectors()), adapter.queries(some_vectors()))
