"""Every shelf of snapshots, on the disk and on PostgreSQL: written beside, switched in one step, kept for going back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexing.adapters.postgres import PostgresSnapshots
from indexing.adapters.snapshot_searcher import SnapshotSearcher
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.errors import NoSnapshot, RefreshInProgress, SnapshotDamaged, SnapshotMismatch
from indexing.models import RankingMode, SearchQuery
from indexing.paired_vectors import SearchHalf
from indexing.tuning import Tuning, default_tuning
from indexing.vector_adaptation import UNADAPTED
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.paired_embedder import PairedFake
from tests.fakes.token_embedder import FakeTokenEmbedder
from tests.indexing.refreshing import a_synchroniser, many_articles
from tests.passage_factory import a_passage, a_searcher, demo_regions, parts_of, publish_snapshot

Shelf = SnapshotStore | PostgresSnapshots
MakeShelf = Callable[..., Shelf]
RESIDENCE = a_passage()
PARKING = a_passage("机动车应当在规定地点停放。", "d-3", title="示范市停车管理办法")


def tuning(keep: int = 3) -> Tuning:
    """Looks at the pointer on every query."""
    return replace(default_tuning(), snapshots=replace(default_tuning().snapshots, check_every_s=0.0, keep=keep))


@pytest.fixture(params=["disk", pytest.param("postgres", marks=pytest.mark.postgres)])
def make_shelf(request: pytest.FixtureRequest, tmp_path: Path) -> MakeShelf:
    """Makes shelves over one place; `keep` snapshots stay."""
    if request.param == "disk":
        return lambda keep=3: SnapshotStore(tmp_path / "index", tuning(keep))
    engine = request.getfixturevalue("passages_engine")
    return lambda keep=3: PostgresSnapshots(engine, tuning(keep))


@pytest.fixture
def shelf(make_shelf: MakeShelf) -> Shelf:
    return make_shelf()


def found(shelf: Shelf, only: str | None = None, text: str = "居住证", mode: RankingMode = RankingMode.DEFAULT, **query: Any) -> list[str]:
    searcher = SnapshotSearcher(shelf, FakeEmbedder(), BigramTokenizer(), tuning(), demo_regions(), only)
    return [hit.passage.id for hit in searcher.search(SearchQuery(text, **query), mode).hits]


def test_what_is_written_is_not_current_before_the_switch(shelf: Shelf) -> None:
    embedder = FakeEmbedder()
    manifest = shelf.write([RESIDENCE], embedder.embed_passages([RESIDENCE.search_text]), parts_of(embedder, BigramTokenizer()), silent)
    assert shelf.current_id() is None
    assert shelf.current() is None
    assert found(shelf, manifest.snapshot_id) == [RESIDENCE.id]
    shelf.switch_to(manifest.snapshot_id)
    assert shelf.current() == manifest


def test_the_manifest_states_what_it_holds(shelf: Shelf) -> None:
    manifest = publish_snapshot(shelf, [RESIDENCE, PARKING])
    assert (manifest.passage_count, manifest.document_count, manifest.dimension) == (2, 2, 64)
    assert manifest.embedder_fingerprint == FakeEmbedder().fingerprint
    assert manifest.checksums
    assert shelf.snapshots() == (manifest,)


def test_digests_and_places_of_the_passages_are_kept(shelf: Shelf) -> None:
    manifest = publish_snapshot(shelf, [RESIDENCE, PARKING])
    assert shelf.passage_states(manifest.snapshot_id) == {
        passage.id: (passage.digest, passage.start, passage.end) for passage in (RESIDENCE, PARKING)
    }


def test_token_vectors_can_be_compared_passage_by_passage(shelf: Shelf) -> None:
    embedder = FakeTokenEmbedder()
    expected = embedder.embed_passages_with_tokens([RESIDENCE.search_text, PARKING.search_text])[1]
    manifest = publish_snapshot(shelf, [RESIDENCE, PARKING], embedder)
    digests = [hashlib.sha256(rows.tobytes()).hexdigest() for rows in expected]
    assert shelf.token_digests(manifest.snapshot_id) == dict(zip((RESIDENCE.id, PARKING.id), digests, strict=True))
    assert shelf.token_digests(publish_snapshot(shelf, [RESIDENCE]).snapshot_id) == {}


def test_a_kept_snapshot_goes_on_saying_what_it_said(shelf: Shelf) -> None:
    ended = replace(RESIDENCE, ends_on=date(2025, 1, 1), digest="ended")
    before = publish_snapshot(shelf, [RESIDENCE, PARKING])
    now = publish_snapshot(shelf, [ended])
    day = date(2026, 1, 1)
    assert set(found(shelf, before.snapshot_id, as_of=day)) == {RESIDENCE.id, PARKING.id}
    assert found(shelf, now.snapshot_id, as_of=day) == []


def test_words_weigh_as_in_the_snapshot_that_is_searched(shelf: Shelf) -> None:
    def best_score(snapshot_id: str) -> float:
        searcher = SnapshotSearcher(shelf, FakeEmbedder(), BigramTokenizer(), tuning(), demo_regions(), snapshot_id)
        return searcher.search(SearchQuery("居住证"), RankingMode.LEXICAL).hits[0].lexical_score

    alone = publish_snapshot(shelf, [RESIDENCE])
    rare = publish_snapshot(shelf, [RESIDENCE, *(a_passage("停车", f"p-{number}", title="停车") for number in range(20))])
    assert best_score(alone.snapshot_id) < best_score(rare.snapshot_id)
    again = publish_snapshot(shelf, [RESIDENCE])
    assert best_score(again.snapshot_id) == pytest.approx(best_score(alone.snapshot_id), abs=1e-6)


def test_going_back_and_forth(shelf: Shelf) -> None:
    first, second = publish_snapshot(shelf, [RESIDENCE]), publish_snapshot(shelf, [PARKING])
    assert shelf.rollback() == first.snapshot_id
    assert found(shelf) == [RESIDENCE.id]
    assert shelf.rollback(second.snapshot_id) == second.snapshot_id
    assert found(shelf) == [PARKING.id]


def test_what_follows_a_way_back_is_built_from_what_is_published(shelf: Shelf) -> None:
    first, _ = publish_snapshot(shelf, [RESIDENCE]), publish_snapshot(shelf, [PARKING])
    shelf.rollback(first.snapshot_id)
    third = publish_snapshot(shelf, [RESIDENCE, PARKING])
    assert set(found(shelf, third.snapshot_id)) == {RESIDENCE.id, PARKING.id}
    assert found(shelf, first.snapshot_id) == [RESIDENCE.id]


def test_without_an_older_one_there_is_no_way_back(shelf: Shelf) -> None:
    publish_snapshot(shelf, [RESIDENCE])
    with pytest.raises(NoSnapshot):
        shelf.rollback()


def test_a_switch_to_nothing_is_refused(shelf: Shelf) -> None:
    publish_snapshot(shelf, [RESIDENCE])
    with pytest.raises(SnapshotDamaged):
        shelf.switch_to("20200101T000000.000000Z-000000")
    assert found(shelf) == [RESIDENCE.id]


def test_only_the_newest_few_are_kept_and_always_the_current(make_shelf: MakeShelf) -> None:
    shelf = make_shelf(keep=2)
    made = [publish_snapshot(shelf, [a_passage(f"居住证第{number}版")]).snapshot_id for number in range(4)]
    shelf.switch_to(made[0])
    shelf.prune()
    assert shelf.snapshot_ids() == (made[3], made[2], made[0])
    assert [len(found(shelf, snapshot_id)) for snapshot_id in shelf.snapshot_ids()] == [1, 1, 1]


def test_one_may_be_discarded_but_never_the_current(shelf: Shelf) -> None:
    first, second = publish_snapshot(shelf, [RESIDENCE]), publish_snapshot(shelf, [PARKING])
    shelf.discard(second.snapshot_id)
    shelf.discard(first.snapshot_id)
    shelf.discard("20200101T000000.000000Z-000000")
    assert shelf.snapshot_ids() == (second.snapshot_id,)


def test_after_one_was_discarded_the_next_holds_all_that_is_published(shelf: Shelf) -> None:
    publish_snapshot(shelf, [RESIDENCE])
    embedder = FakeEmbedder()
    texts = embedder.embed_passages([RESIDENCE.search_text, PARKING.search_text])
    refused = shelf.write([RESIDENCE, PARKING], texts, parts_of(embedder, BigramTokenizer()), silent)
    shelf.discard(refused.snapshot_id)
    assert set(found(shelf, publish_snapshot(shelf, [RESIDENCE, PARKING]).snapshot_id)) == {RESIDENCE.id, PARKING.id}
    assert found(shelf, publish_snapshot(shelf, [RESIDENCE]).snapshot_id, text="停车") == [RESIDENCE.id]


def test_two_refreshes_at_once_are_refused(make_shelf: MakeShelf) -> None:
    with make_shelf().refreshing(), pytest.raises(RefreshInProgress), make_shelf().refreshing():
        pass
    with make_shelf().refreshing():
        pass


def test_a_refresh_that_fails_leaves_nothing(shelf: Shelf) -> None:
    def stop(_step: str, done: int, _total: int) -> None:
        if done >= 3:
            raise InterruptedError

    kept = publish_snapshot(shelf, [RESIDENCE])
    embedder = FakeEmbedder()
    with pytest.raises(InterruptedError):
        shelf.write([PARKING], embedder.embed_passages([PARKING.search_text]), parts_of(embedder, BigramTokenizer()), stop)
    assert shelf.snapshot_ids() == (kept.snapshot_id,)
    assert found(shelf) == [RESIDENCE.id]
    publish_snapshot(shelf, [PARKING])
    assert found(shelf) == [PARKING.id]


def test_a_running_searcher_takes_up_a_switch(shelf: Shelf) -> None:
    publish_snapshot(shelf, [RESIDENCE])
    searcher = a_searcher(shelf, tuning=tuning())
    assert searcher.search(SearchQuery("居住证")).hits[0].passage == RESIDENCE
    now = publish_snapshot(shelf, [PARKING])
    searcher.reload()
    result = searcher.search(SearchQuery("停车"))
    assert (result.snapshot_id, result.hits[0].passage) == (now.snapshot_id, PARKING)


def test_unchanged_passages_are_not_cut_into_words_again(shelf: Shelf) -> None:
    tokenizer, many = BigramTokenizer(), [a_passage(f"公积金第{number}条。", f"d-{number}") for number in range(20)]
    publish_snapshot(shelf, many, tokenizer=tokenizer)
    tokenizer.calls = 0
    publish_snapshot(shelf, [RESIDENCE, *many[::-1]], tokenizer=tokenizer)
    # A shelf may look for five of them by their words after writing.
    assert 1 <= tokenizer.calls <= 1 + 5


def test_text_that_only_moved_gets_its_new_place(shelf: Shelf) -> None:
    moved = replace(RESIDENCE, start=7, end=RESIDENCE.end + 7)
    publish_snapshot(shelf, [RESIDENCE])
    manifest = publish_snapshot(shelf, [moved])
    searcher = a_searcher(shelf)
    assert searcher.search(SearchQuery("居住证")).hits[0].passage == moved
    assert shelf.passage_states(manifest.snapshot_id)[moved.id].start == 7


def test_another_embedder_replaces_every_vector(shelf: Shelf) -> None:
    publish_snapshot(shelf, [RESIDENCE, PARKING])
    publish_snapshot(shelf, [RESIDENCE, PARKING], FakeEmbedder(32))
    hits = a_searcher(shelf, FakeEmbedder(32)).search(SearchQuery(PARKING.search_text), RankingMode.VECTOR).hits
    assert (hits[0].passage, len(hits)) == (PARKING, 2)
    assert hits[0].vector_score == pytest.approx(1.0, abs=1e-4)
    with pytest.raises(SnapshotMismatch):
        found(shelf)


def test_two_vectors_a_row_are_searched_by_one_and_judged_by_the_other(shelf: Shelf) -> None:
    pair = PairedFake()
    publish_snapshot(shelf, [RESIDENCE, PARKING], pair, adapter=SearchHalf(UNADAPTED))
    hit = a_searcher(shelf, pair).search(SearchQuery(PARKING.search_text)).hits[0]
    assert hit.passage == PARKING
    assert hit.vector_score == pytest.approx(1.0, abs=1e-3)


def test_a_refresh_embeds_only_what_is_new(shelf: Shelf, tmp_path: Path) -> None:
    one, two = many_articles(1, 6), many_articles(2, 6)
    first = a_synchroniser(tmp_path, [one], shelf=shelf).refresh()
    second = a_synchroniser(tmp_path, [one], shelf=shelf).refresh()
    third = a_synchroniser(tmp_path, [two], shelf=shelf).refresh()
    assert (first.switched, second.switched, third.switched) == (True, False, True)
    assert len(third.change.replaced) == 6
    assert shelf.current_id() == third.snapshot_id


def test_an_empty_policy_base_gives_an_empty_index(shelf: Shelf) -> None:
    publish_snapshot(shelf, [RESIDENCE])
    publish_snapshot(shelf, [])
    assert found(shelf) == []


def silent(*_: object) -> None:
    """Hears nothing."""
