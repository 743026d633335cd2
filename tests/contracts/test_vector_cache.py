"""What every VectorCache promises."""

from __future__ import annotations

import logging
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.sqlite_vector_cache import SqliteVectorCache
from indexing.ports import VectorCache
from tests.fakes.vector_cache import FakeVectorCache


@pytest.fixture(params=["fake", "sqlite"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> VectorCache:
    return FakeVectorCache() if request.param == "fake" else SqliteVectorCache(tmp_path / "index" / "vectors.sqlite3")


def vector(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float32)


def test_what_was_put_comes_back(cache: VectorCache) -> None:
    cache.put({"a": vector(0.25, -1.5), "b": vector(3.0, 0.1)}, "e5")
    found = cache.get(["a", "b"], "e5")
    assert {digest: row.tolist() for digest, row in found.items()} == {"a": [0.25, -1.5], "b": vector(3.0, 0.1).tolist()}
    assert all(row.dtype == np.float32 for row in found.values())


def test_what_was_never_put_is_missing_from_the_result(cache: VectorCache) -> None:
    cache.put({"a": vector(1.0)}, "e5")
    assert set(cache.get(["a", "b"], "e5")) == {"a"}
    assert cache.get([], "e5") == {}


def test_vectors_of_another_embedder_are_not_given(cache: VectorCache) -> None:
    cache.put({"a": vector(1.0)}, "e5/float32")
    assert cache.get(["a"], "e5/int8") == {}


def test_one_digest_may_have_a_vector_per_embedder(cache: VectorCache) -> None:
    cache.put({"a": vector(1.0)}, "one")
    cache.put({"a": vector(2.0)}, "two")
    assert cache.get(["a"], "one")["a"].tolist() == [1.0]
    assert cache.get(["a"], "two")["a"].tolist() == [2.0]


def test_putting_again_is_harmless(cache: VectorCache) -> None:
    cache.put({"a": vector(1.0)}, "e5")
    cache.put({"a": vector(1.0), "b": vector(2.0)}, "e5")
    assert set(cache.get(["a", "b"], "e5")) == {"a", "b"}


def rows(*values: int) -> np.ndarray:
    return np.array([[value, -value] for value in values], np.int8).reshape(-1, 2)


def test_token_vectors_come_back_as_they_were_put_and_apart_from_the_vectors(cache: VectorCache) -> None:
    cache.put({"a": vector(1.0)}, "e5")
    cache.put_tokens({"a": rows(1, 127, -127), "b": rows()}, "e5")
    found = cache.tokens(["a", "b", "c"], "e5")
    assert {digest: each.tolist() for digest, each in found.items()} == {"a": rows(1, 127, -127).tolist(), "b": []}
    assert all(each.dtype == np.int8 and each.shape[1] == 2 for each in found.values())
    assert cache.get(["a"], "e5")["a"].tolist() == [1.0]


def test_it_says_of_which_texts_no_tokens_are_kept(cache: VectorCache) -> None:
    cache.put({"b": vector(1.0)}, "e5")
    cache.put_tokens({"a": rows(1), "empty": rows()}, "e5")
    assert cache.without_tokens(["a", "b", "empty"], "e5") == {"b"}
    assert cache.without_tokens(["a"], "e5#other weights") == {"a"}
    assert cache.without_tokens([], "e5") == set()


def test_token_vectors_once_kept_stay(cache: VectorCache) -> None:
    cache.put_tokens({"a": rows(1)}, "e5")
    cache.put_tokens({"a": rows(2), "b": rows(3)}, "e5")
    assert [each.tolist() for each in cache.tokens(["a", "b"], "e5").values()] == [rows(1).tolist(), rows(3).tolist()]


def test_thousands_of_digests_may_be_asked_at_once(cache: VectorCache) -> None:
    cache.put({str(number): vector(number) for number in range(3000)}, "e5")
    assert len(cache.get([str(number) for number in range(4000)], "e5")) == 3000


def test_threads_may_put_and_get_at_once(cache: VectorCache) -> None:
    def work(part: int) -> int:
        cache.put({f"{part}-{number}": vector(part, number) for number in range(50)}, "e5")
        return len(cache.get([f"{part}-{number}" for number in range(50)], "e5"))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(8))) == [50] * 8


def _write_from_elsewhere(path: Path, part: int) -> None:
    cache = SqliteVectorCache(path)
    for number in range(20):
        cache.put({f"{part}-{number}": vector(part, number)}, "e5")


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite3"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_from_elsewhere, args=(path, part)) for part in (0, 1)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(SqliteVectorCache(path).get([f"{part}-{number}" for part in (0, 1) for number in range(20)], "e5")) == 40


def test_vectors_survive_a_restart(tmp_path: Path) -> None:
    SqliteVectorCache(tmp_path / "vectors.sqlite3").put({"a": vector(1.0)}, "e5")
    assert set(SqliteVectorCache(tmp_path / "vectors.sqlite3").get(["a"], "e5")) == {"a"}


def test_a_file_that_is_no_database_is_set_aside_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "vectors.sqlite3"
    path.write_bytes(b"this is no database at all, only some bytes" * 100)
    with caplog.at_level(logging.WARNING):
        cache = SqliteVectorCache(path)
    cache.put({"a": vector(1.0)}, "e5")
    assert set(cache.get(["a"], "e5")) == {"a"}
    assert "向量缓存已损坏" in caplog.text
    assert [kept.read_bytes()[:10] for kept in tmp_path.glob("*.damaged-*")] == [b"this is no"]


def test_a_file_damaged_in_the_middle_is_set_aside_when_it_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite3"
    SqliteVectorCache(path).put({str(number): np.ones(384, np.float32) for number in range(500)}, "e5")
    content = bytearray(path.read_bytes())
    content[4096:-4096] = b"\xff" * (len(content) - 8192)
    path.write_bytes(bytes(content))
    cache = SqliteVectorCache(path)
    cache.get([str(number) for number in range(500)], "e5")
    cache.put({"new": vector(1.0)}, "e5")
    assert set(cache.get(["new"], "e5")) == {"new"}


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "vectors.sqlite3").mkdir()
    cache = SqliteVectorCache(tmp_path / "vectors.sqlite3")
    cache.put({"a": vector(1.0)}, "e5")
    cache.put_tokens({"a": rows(1)}, "e5")
    assert (cache.get(["a"], "e5"), cache.tokens(["a"], "e5"), cache.without_tokens(["a"], "e5")) == ({}, {}, {"a"})
    assert "向量缓存暂时用不了" in caplog.text
