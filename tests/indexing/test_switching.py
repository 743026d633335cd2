"""Snapshots are switched while many search: no query fails, and nothing unchanged is embedded again."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from indexing.adapters.snapshot_searcher import SnapshotSearcher
from indexing.models import SearchQuery
from indexing.tuning import default_tuning
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder
from tests.indexing.index_desk import IndexDesk, some_policies
from tests.passage_factory import demo_regions

SWITCHES, THREADS, QUERIES = 10, 8, 2_000
# Looks at every query whether there was a switch.
AT_ONCE = replace(default_tuning(), snapshots=replace(default_tuning().snapshots, check_every_s=0.0))


def test_ten_switches_fail_no_query_and_embed_only_what_is_new(tmp_path: Path) -> None:
    desk = IndexDesk(tmp_path)
    policies = tuple(some_policies(30 + SWITCHES))
    desk.publish(*policies[:30])
    desk.index.run_waiting()
    searcher = SnapshotSearcher(desk.store, FakeEmbedder(), BigramTokenizer(), AT_ONCE, demo_regions())
    answered: list[str] = []
    failed: list[Exception] = []
    over = threading.Event()

    def search() -> None:
        query = SearchQuery("居住证申请材料", date(2024, 6, 1), "990100")
        while not over.is_set() or len(answered) < QUERIES:
            try:
                result = searcher.search(query)
                answered.append(result.snapshot_id if result.hits else "nothing found")
                # Leaves the builder some of the one interpreter both share.
                time.sleep(0.005)
            except Exception as error:  # whatever it is, it is what the test looks for
                failed.append(error)
                return

    threads = [threading.Thread(target=search) for _ in range(THREADS)]
    known = desk.embedder.embedded
    for thread in threads:
        thread.start()
    try:
        for policy in policies[30:]:
            desk.publish(policy)
            desk.index.run_waiting()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failed == []
    assert "nothing found" not in answered
    assert len(answered) >= QUERIES
    assert len(set(answered)) > 1
    assert [run.counts.embedded for run in desk.index.history(SWITCHES)] == [2] * SWITCHES
    assert desk.embedder.embedded - known == 2 * SWITCHES
