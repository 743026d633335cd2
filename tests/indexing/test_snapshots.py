"""Snapshots on disk: written beside, verified, switched in one step, refused where damaged or foreign."""

from __future__ import annotations

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import bm25s
import numpy as np
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.adapters.lexical_index import build_lexical_index
from indexing.adapters.snapshot_columns import SnapshotColumns
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.errors import NoSnapshot, RefreshInProgress, SnapshotDamaged, SnapshotMismatch
from indexing.models import Passage, RankingMode, SearchQuery, SnapshotManifest
from indexing.tuning import LexicalTuning, Tuning, default_tuning
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder
from tests.passage_factory import CITY, DISTRICT, NATION, OTHER_DISTRICT, PROVINCE, a_passage, a_searcher, demo_regions, publish_snapshot

QUESTION = SearchQuery("居住证")


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path)


def folder_of(tmp_path: Path, manifest: SnapshotManifest) -> Path:
    return tmp_path / "snapshots" / manifest.snapshot_id


def answered_by(store: SnapshotStore) -> str:
    return a_searcher(store).search(QUESTION).snapshot_id


def eager_tuning(keep: int = 3) -> Tuning:
    """Looks at CURRENT on every query."""
    return replace(default_tuning(), snapshots=replace(default_tuning().snapshots, check_every_s=0.0, keep=keep))


class TestManifest:
    def test_it_states_counts_fingerprints_and_checksums(self, store: SnapshotStore, tmp_path: Path) -> None:
        manifest = publish_snapshot(store, [a_passage(), a_passage(document_id="d-2")])
        assert (manifest.passage_count, manifest.document_count, manifest.dimension) == (2, 2, 64)
        files = {
            path.relative_to(folder_of(tmp_path, manifest)).as_posix()
            for path in folder_of(tmp_path, manifest).rglob("*")
            if path.is_file()
        }
        assert manifest.checksums.keys() == files - {"manifest.json"}

    def test_it_reads_back_as_it_was_written(self, store: SnapshotStore) -> None:
        manifest = publish_snapshot(store, [a_passage()])
        assert store.current() == manifest
        assert store.snapshots() == (manifest,)

    def test_digests_and_places_of_the_passages_are_kept(self, store: SnapshotStore) -> None:
        passage = a_passage()
        states = store.passage_states(publish_snapshot(store, [passage]).snapshot_id)
        assert states == {passage.id: (passage.digest, passage.start, passage.end)}


class TestDamage:
    @pytest.mark.parametrize("name", ["vectors.faiss", "passages.jsonl", "columns.npz", "bm25/data.csc.index.npy", "bm25/vocab.index.json"])
    def test_one_changed_byte_is_noticed(self, store: SnapshotStore, tmp_path: Path, name: str) -> None:
        path = folder_of(tmp_path, manifest := publish_snapshot(store, [a_passage()])) / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        with pytest.raises(SnapshotDamaged, match=name):
            store.open(manifest.snapshot_id)

    @pytest.mark.parametrize("name", ["vectors.faiss", "terms.npz", "manifest.json"])
    def test_a_missing_file_is_named(self, store: SnapshotStore, tmp_path: Path, name: str) -> None:
        manifest = publish_snapshot(store, [a_passage()])
        (folder_of(tmp_path, manifest) / name).unlink()
        with pytest.raises(SnapshotDamaged, match=name):
            store.open(manifest.snapshot_id)

    def test_the_newest_sound_snapshot_answers_instead_and_the_log_says_so(self, store: SnapshotStore, tmp_path: Path) -> None:
        publish_snapshot(store, [a_passage()])
        sound = publish_snapshot(store, [a_passage()])
        damaged = publish_snapshot(store, [a_passage()])
        (folder_of(tmp_path, damaged) / "vectors.faiss").write_bytes(b"")
        with structlog.testing.capture_logs() as logs:
            assert answered_by(store) == sound.snapshot_id
        assert [log["snapshot"] for log in logs if log["event"] == "fell_back_to_older_snapshot"] == [sound.snapshot_id]

    def test_a_lost_pointer_is_no_loss(self, store: SnapshotStore, tmp_path: Path) -> None:
        manifest = publish_snapshot(store, [a_passage()])
        (tmp_path / "CURRENT").unlink()
        assert answered_by(store) == manifest.snapshot_id

    def test_nothing_sound_left_says_what_is_damaged(self, store: SnapshotStore, tmp_path: Path) -> None:
        manifest = publish_snapshot(store, [a_passage()])
        (folder_of(tmp_path, manifest) / "columns.npz").unlink()
        with pytest.raises(SnapshotDamaged, match=r"columns\.npz.*zhengwen index refresh"):
            answered_by(store)

    def test_a_running_searcher_keeps_what_it_has(self, store: SnapshotStore, tmp_path: Path) -> None:
        sound = publish_snapshot(store, [a_passage()])
        searcher = a_searcher(store, tuning=eager_tuning())
        searcher.search(QUESTION)
        damaged = publish_snapshot(store, [a_passage()])
        (folder_of(tmp_path, damaged) / "vectors.faiss").write_bytes(b"")
        assert {searcher.search(QUESTION).snapshot_id for _ in range(20)} == {sound.snapshot_id}


class TestMismatch:
    def test_another_embedder_is_refused_with_both_names(self, store: SnapshotStore) -> None:
        publish_snapshot(store, [a_passage()])
        with pytest.raises(SnapshotMismatch, match=r"fake-character-ngrams/64.*fake-character-ngrams/32"):
            a_searcher(store, embedder=FakeEmbedder(32)).search(QUESTION)

    def test_another_tokenizer_is_refused_with_both_names(self, store: SnapshotStore) -> None:
        publish_snapshot(store, [a_passage()])
        with pytest.raises(SnapshotMismatch, match=r"bigrams.*others"):
            a_searcher(store, tokenizer=BigramTokenizer("others")).search(QUESTION)

    def test_a_fall_back_never_takes_a_foreign_snapshot(self, store: SnapshotStore, tmp_path: Path) -> None:
        publish_snapshot(store, [a_passage()], embedder=FakeEmbedder(32))
        damaged = publish_snapshot(store, [a_passage()])
        (folder_of(tmp_path, damaged) / "vectors.faiss").unlink()
        with pytest.raises(SnapshotDamaged):
            answered_by(store)


class TestSwitching:
    def test_a_running_searcher_takes_up_a_new_snapshot_by_itself(self, store: SnapshotStore) -> None:
        publish_snapshot(store, [a_passage()])
        searcher = a_searcher(store, tuning=eager_tuning())
        searcher.search(QUESTION)
        newer = publish_snapshot(store, [a_passage()])
        wait_until(lambda: searcher.search(QUESTION).snapshot_id == newer.snapshot_id)

    def test_no_query_fails_while_snapshots_are_switched_and_pruned(self, tmp_path: Path) -> None:
        store = SnapshotStore(tmp_path, eager_tuning(keep=1))
        published = [publish_snapshot(store, [a_passage(document_id=f"d-{number}") for number in range(20)]).snapshot_id]
        searcher = a_searcher(store, tuning=eager_tuning())
        done = threading.Event()

        def ask() -> list[int]:
            counts = []
            while not done.is_set() or not counts:
                counts.append(len(searcher.search(SearchQuery("居住证", as_of=date(2024, 6, 1), jurisdiction=DISTRICT)).hits))
            return counts

        with ThreadPoolExecutor(4) as pool:
            asking = [pool.submit(ask) for _ in range(4)]
            for _ in range(8):
                published.append(publish_snapshot(store, [a_passage(document_id=f"d-{number}") for number in range(20)]).snapshot_id)
                store.prune()
            done.set()
            counts = [count for asked in asking for count in asked.result()]
        assert set(counts) == {10}
        wait_until(lambda: searcher.search(QUESTION).snapshot_id == published[-1])

    def test_only_the_newest_few_are_kept(self, tmp_path: Path) -> None:
        store = SnapshotStore(tmp_path, eager_tuning(keep=2))
        written = [publish_snapshot(store, [a_passage()]).snapshot_id for _ in range(4)]
        store.prune()
        assert store.snapshot_ids() == (written[3], written[2])

    def test_the_current_snapshot_is_never_pruned(self, tmp_path: Path) -> None:
        store = SnapshotStore(tmp_path, eager_tuning(keep=1))
        written = [publish_snapshot(store, [a_passage()]).snapshot_id for _ in range(3)]
        store.switch_to(written[0])
        store.prune()
        assert written[0] in store.snapshot_ids()

    def test_rollback_goes_back_to_the_snapshot_before(self, store: SnapshotStore) -> None:
        written = [publish_snapshot(store, [a_passage()]).snapshot_id for _ in range(3)]
        assert store.rollback() == written[1]
        assert answered_by(store) == written[1]
        assert store.rollback(written[2]) == written[2]
        assert answered_by(store) == written[2]

    def test_rollback_passes_over_a_damaged_snapshot(self, store: SnapshotStore, tmp_path: Path) -> None:
        written = [publish_snapshot(store, [a_passage()]) for _ in range(3)]
        (folder_of(tmp_path, written[1]) / "vectors.faiss").unlink()
        assert store.rollback() == written[0].snapshot_id

    def test_rollback_without_an_older_snapshot_is_refused(self, store: SnapshotStore) -> None:
        publish_snapshot(store, [a_passage()])
        with pytest.raises(NoSnapshot):
            store.rollback()

    def test_a_switch_to_nothing_is_refused(self, store: SnapshotStore) -> None:
        publish_snapshot(store, [a_passage()])
        with pytest.raises(SnapshotDamaged):
            store.switch_to("20200101T000000.000000Z-000000")


class TestRefreshing:
    def test_two_refreshes_at_once_are_refused(self, store: SnapshotStore, tmp_path: Path) -> None:
        with store.refreshing(), pytest.raises(RefreshInProgress), SnapshotStore(tmp_path).refreshing():
            pass

    def test_the_next_refresh_may_start_after_one_failed(self, store: SnapshotStore) -> None:
        with pytest.raises(ZeroDivisionError), store.refreshing():
            raise ZeroDivisionError
        with store.refreshing():
            pass

    def test_what_a_killed_refresh_left_is_cleared(self, store: SnapshotStore, tmp_path: Path) -> None:
        manifest = publish_snapshot(store, [a_passage()])
        left = tmp_path / "snapshots" / ".building-20240101"
        left.mkdir()
        (left / "vectors.faiss").write_bytes(b"half")
        with store.refreshing():
            assert not left.exists()
        assert store.snapshot_ids() == (manifest.snapshot_id,)

    def test_a_half_written_snapshot_is_never_seen(self, store: SnapshotStore, tmp_path: Path) -> None:
        (tmp_path / "snapshots" / ".building-20240101").mkdir(parents=True)
        assert store.snapshot_ids() == ()
        with pytest.raises(NoSnapshot):
            answered_by(store)


class TestTerms:
    def test_unchanged_passages_are_not_cut_into_words_again(self, store: SnapshotStore) -> None:
        tokenizer = BigramTokenizer()
        publish_snapshot(store, [a_passage(), a_passage("住房公积金。", "d-2")], tokenizer=tokenizer)
        tokenizer.calls = 0
        publish_snapshot(store, [a_passage("停车管理。", "d-3"), a_passage("住房公积金。", "d-2"), a_passage()], tokenizer=tokenizer)
        assert tokenizer.calls == 1
        hits = a_searcher(store).search(SearchQuery("住房公积金"), RankingMode.LEXICAL).hits
        assert hits[0].passage.document_id == "d-2"

    def test_scores_are_those_of_bm25s(self) -> None:
        chance = random.Random(7)  # noqa: S311 (a fixed corpus, not a secret)
        corpus = [[f"w{chance.randint(0, 30)}" for _ in range(chance.randint(1, 40))] for _ in range(60)]
        words = sorted({word for terms in corpus for word in terms})
        vocabulary = {word: number for number, word in enumerate(words)}
        ids = np.array([vocabulary[word] for terms in corpus for word in terms], dtype=np.int32)
        offsets = np.concatenate([[0], np.cumsum([len(terms) for terms in corpus])]).astype(np.int64)
        ours = build_lexical_index(ids, offsets, vocabulary, LexicalTuning(1.5, 0.75))
        theirs = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
        theirs.index(corpus, show_progress=False)
        for query in (["w1"], ["w2", "w9", "w30"], words):
            assert np.allclose(ours.get_scores(query), theirs.get_scores(query), atol=1e-5)

    def test_no_passage_scores_above_the_ceiling(self, store: SnapshotStore) -> None:
        passages = [a_passage("居住证" * repeats, f"d-{repeats}") for repeats in range(1, 30)]
        lexical = store.open(publish_snapshot(store, passages).snapshot_id).lexical
        assert 0 < lexical.scores(["居住", "住证"]).max() < lexical.ceiling(["居住", "住证"]) < lexical.ceiling(["居住", "住证", "没有"])


DAYS = st.dates(date(2020, 1, 1), date(2020, 1, 12))
PASSAGES = st.lists(
    st.tuples(DAYS, st.one_of(st.none(), st.integers(1, 6)), st.sampled_from([NATION, PROVINCE, CITY, DISTRICT, OTHER_DISTRICT])),
    min_size=1,
    max_size=30,
).map(
    lambda rows: [
        a_passage(document_id=f"d-{at}", effective_on=day, ends_on=day + timedelta(length) if length else None, jurisdiction=region)
        for at, (day, length, region) in enumerate(rows)
    ]
)


@settings(deadline=None)
@given(PASSAGES, st.one_of(st.none(), DAYS), st.sampled_from([None, NATION, CITY, DISTRICT]))
def test_the_mask_agrees_with_a_filter_by_hand(passages: list[Passage], day: date | None, region: str | None) -> None:
    lineage = demo_regions_once().lineage(region) if region else None
    by_hand = [
        (day is None or (passage.effective_on <= day and (passage.ends_on is None or day < passage.ends_on)))
        and (lineage is None or passage.jurisdiction in lineage)
        for passage in passages
    ]
    assert SnapshotColumns.of(passages).mask(day, lineage).tolist() == by_hand


@settings(max_examples=25, deadline=None)
@given(PASSAGES, DAYS, st.sampled_from([NATION, CITY, DISTRICT]), st.sampled_from(RankingMode))
def test_a_search_finds_all_that_binds_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, passages: list[Passage], day: date, region: str, mode: RankingMode
) -> None:
    store = SnapshotStore(tmp_path_factory.mktemp("index"))
    publish_snapshot(store, passages)
    hits = a_searcher(store).search(SearchQuery("居住证", as_of=day, jurisdiction=region, limit=50), mode).hits
    allowed = SnapshotColumns.of(passages).mask(day, demo_regions_once().lineage(region))
    assert {hit.passage.id for hit in hits} == {passage.id for passage, binds in zip(passages, allowed, strict=True) if binds}


_REGIONS = []


def demo_regions_once():  # type: ignore[no-untyped-def]
    if not _REGIONS:
        _REGIONS.append(demo_regions())
    return _REGIONS[0]


def wait_until(happened, seconds: float = 20.0) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "没有等到"
        time.sleep(0.02)


def test_the_manifest_is_plain_json(store: SnapshotStore, tmp_path: Path) -> None:
    manifest = publish_snapshot(store, [a_passage()])
    stated = json.loads((folder_of(tmp_path, manifest) / "manifest.json").read_text(encoding="utf-8"))
    assert stated["snapshot_id"] == manifest.snapshot_id


@pytest.mark.parametrize("day", [None, date(2020, 1, 1)])
def test_the_nearest_rows_are_those_with_the_highest_cosines_among_the_allowed(store: SnapshotStore, day: date | None) -> None:
    passages = [
        a_passage(text=f"第{number % 90}条 居住证", path=str(number), effective_on=date(2019 + number % 3, 1, 1)) for number in range(120)
    ]
    snapshot = store.open(publish_snapshot(store, passages).snapshot_id)
    allowed = snapshot.row_filter(day, None)
    query = FakeEmbedder().embed_queries(["居住证 第3条"])[0]
    cosines = snapshot.similarities(query, np.arange(120))
    bound = np.arange(120) if allowed.mask is None else np.flatnonzero(allowed.mask)
    for limit in (1, 7, 30, len(bound), 120):
        found = snapshot.nearest(query, allowed, limit)
        assert len(set(found.tolist())) == min(limit, len(bound))
        assert set(found.tolist()) <= set(bound.tolist())
        # Equal texts have equal cosines: which of them is taken does not matter.
        assert np.allclose(np.sort(cosines[found]), np.sort(cosines[bound])[-limit:], atol=1e-6)
