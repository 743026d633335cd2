"""kill -9 while the index is refreshed or switched, with readers at work all the time; a disk that fills up meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from indexing.adapters.snapshot_store import SnapshotStore
from indexing.adapters.sqlite_vector_cache import SqliteVectorCache
from indexing.models import RankingMode, SearchQuery
from tests.faults.killed_process import killed, run
from tests.faults.small_disk import fill, small_disk
from tests.indexing.refreshing import a_synchroniser, many_articles
from tests.passage_factory import CITY, a_searcher

ARTICLES = 400
QUESTION = SearchQuery("申领居住证应当提交材料", date(2024, 6, 1), CITY)


def refresh(folder: Path, generation: int) -> None:
    cache = SqliteVectorCache(folder / "vectors.sqlite3")
    a_synchroniser(folder, [many_articles(generation, ARTICLES)], cache=cache).refresh()


def refresh_to_the_next(folder: Path) -> None:
    refresh(folder, generation_of(folder) + 1)


def switch_back_and_forth(folder: Path) -> None:
    store = SnapshotStore(folder)
    for _ in range(20):
        for snapshot_id in store.snapshot_ids():
            store.rollback(snapshot_id)


def generation_of(folder: Path) -> int:
    text = a_searcher(SnapshotStore(folder)).search(QUESTION, RankingMode.LEXICAL).hits[0].passage.text
    return int(text.split("第")[2].split("版")[0])


@contextmanager
def readers(folder: Path, count: int = 4) -> Iterator[list[int]]:
    """Threads that search all the time; on leaving, none of their searches may have failed or found nothing."""
    stop, failures, done = threading.Event(), list[str](), [0]
    searcher = a_searcher(SnapshotStore(folder))

    def read() -> None:
        while not stop.is_set():
            try:
                if not searcher.search(QUESTION).hits:
                    failures.append("nothing found")
            except Exception as error:  # any failure of a query is what the test is about
                failures.append(repr(error))
            done[0] += 1

    threads = [threading.Thread(target=read) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []


def test_a_killed_refresh_leaves_the_last_good_snapshot_and_the_next_one_finishes(tmp_path: Path) -> None:
    refresh(tmp_path, 1)
    takes_s = run(refresh_to_the_next, tmp_path)
    with readers(tmp_path) as searched:
        last = generation_of(tmp_path)
        for _attempt in killed(refresh_to_the_next, tmp_path, takes_s=takes_s):
            now = generation_of(tmp_path)
            assert now in (last, last + 1), "the old snapshot whole, or the new one whole"
            last = now
    assert searched[0] > 100
    run(refresh_to_the_next, tmp_path)
    assert generation_of(tmp_path) == last + 1
    assert not list((tmp_path / "snapshots").glob(".*"))


def test_a_killed_switch_leaves_one_of_the_two_snapshots_in_use(tmp_path: Path) -> None:
    for generation in (1, 2):
        refresh(tmp_path, generation)
    takes_s = run(switch_back_and_forth, tmp_path)
    with readers(tmp_path):
        for _attempt in killed(switch_back_and_forth, tmp_path, takes_s=takes_s):
            assert generation_of(tmp_path) in (1, 2)
    refresh(tmp_path, 3)
    assert generation_of(tmp_path) == 3


def test_a_full_disk_keeps_the_last_good_snapshot_and_the_next_refresh_finishes(tmp_path: Path) -> None:
    with small_disk(tmp_path / "index", megabytes=8) as folder:
        refresh(folder, 1)
        ballast = fill(folder, leave_bytes=200_000)
        refused: Exception | None = None
        with readers(folder):
            try:
                refresh(folder, 2)
            except Exception as error:  # whatever it is, the last good snapshot answers
                refused = error
        assert refused is not None
        assert generation_of(folder) == 1
        ballast.unlink()
        refresh(folder, 2)
        assert generation_of(folder) == 2
