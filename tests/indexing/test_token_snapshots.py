"""Snapshots with the vectors of tokens: written once, noticed when damaged, read again by no refresh that does not need to."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.snapshot_store import SnapshotStore
from indexing.adapters.sqlite_vector_cache import SqliteVectorCache
from indexing.cached_vectors import CachedVectors
from indexing.errors import SnapshotDamaged
from indexing.models import SearchQuery, SnapshotManifest
from knowledge_base.models import DocumentRevision
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.token_embedder import FakeTokenEmbedder
from tests.fakes.vector_cache import FakeVectorCache
from tests.indexing.refreshing import a_synchroniser, many_articles
from tests.passage_factory import a_passage, a_searcher, publish_snapshot

QUESTION = SearchQuery("居住证")
TEXTS = ("申领居住证，应当提交身份证明。", "住房公积金可以提取。", "夜间禁止建筑施工噪声。")


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "index")


def published(store: SnapshotStore) -> SnapshotManifest:
    return publish_snapshot(store, [a_passage(text, f"d-{n}") for n, text in enumerate(TEXTS)], embedder=FakeTokenEmbedder())


def silent(*_: object) -> None:
    """Nobody listens."""


def folder_of(store: SnapshotStore, manifest: SnapshotManifest, tmp_path: Path) -> Path:
    return tmp_path / "index" / "snapshots" / manifest.snapshot_id


def test_the_tokens_of_each_passage_are_kept_and_named_in_the_manifest(store: SnapshotStore) -> None:
    manifest = published(store)
    assert manifest.token_fingerprint == FakeTokenEmbedder().token_fingerprint
    assert {"tokens.bin", "token_offsets.npy"} <= manifest.checksums.keys()
    snapshot = store.open(manifest.snapshot_id)
    assert snapshot.token_rows is not None
    _, expected = FakeTokenEmbedder().embed_passages_with_tokens([snapshot.passages[row].search_text for row in range(3)])
    assert all(np.array_equal(snapshot.token_rows.of(row), expected[row]) for row in range(3))


def test_without_a_token_embedder_nothing_of_it_is_written(store: SnapshotStore) -> None:
    manifest = publish_snapshot(store, [a_passage()])
    assert manifest.token_fingerprint == ""
    assert not [name for name in manifest.checksums if "token" in name]
    assert store.open(manifest.snapshot_id).token_rows is None


def test_an_empty_base_may_have_tokens_too(store: SnapshotStore) -> None:
    publish_snapshot(store, [], embedder=FakeTokenEmbedder())
    assert a_searcher(store, embedder=FakeTokenEmbedder()).search(QUESTION).hits == ()


@pytest.mark.parametrize("name", ["tokens.bin", "token_offsets.npy"])
def test_a_changed_byte_or_a_missing_file_is_noticed(store: SnapshotStore, tmp_path: Path, name: str) -> None:
    manifest = published(store)
    path = folder_of(store, manifest, tmp_path) / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(SnapshotDamaged, match=name):
        store.open(manifest.snapshot_id)
    path.unlink()
    with pytest.raises(SnapshotDamaged, match=name):
        store.open(manifest.snapshot_id)


def test_a_manifest_from_before_there_were_tokens_is_still_read(store: SnapshotStore, tmp_path: Path) -> None:
    manifest = publish_snapshot(store, [a_passage()])
    path = folder_of(store, manifest, tmp_path) / "manifest.json"
    older = json.loads(path.read_text(encoding="utf-8"))
    del older["token_fingerprint"]
    path.write_text(json.dumps(older), encoding="utf-8")
    assert store.manifest(manifest.snapshot_id) == manifest
    assert a_searcher(store, embedder=FakeTokenEmbedder()).search(QUESTION).snapshot_id == manifest.snapshot_id


def test_one_can_go_back_to_a_snapshot_without_tokens_and_forth_again(store: SnapshotStore) -> None:
    plain, full = publish_snapshot(store, [a_passage()]), published(store)
    assert a_searcher(store, embedder=FakeTokenEmbedder()).reranker() == full.token_fingerprint
    assert store.rollback() == plain.snapshot_id
    assert a_searcher(store, embedder=FakeTokenEmbedder()).reranker() == "off"
    store.rollback(full.snapshot_id)
    assert a_searcher(store, embedder=FakeTokenEmbedder()).reranker() == full.token_fingerprint


class TestRefreshing:
    @pytest.fixture(autouse=True)
    def _parts(self, tmp_path: Path) -> None:
        self.folder, self.cache, self.embedder = tmp_path / "index", FakeVectorCache(), FakeTokenEmbedder()

    def refresh(self, revisions: list[DocumentRevision], embedder: FakeEmbedder | None = None) -> bool:
        return a_synchroniser(self.folder, revisions, embedder=embedder or self.embedder, cache=self.cache).refresh().switched

    def current(self) -> SnapshotManifest:
        manifest = SnapshotStore(self.folder).current()
        assert manifest is not None
        return manifest

    def test_an_unchanged_passage_is_never_read_again(self) -> None:
        assert self.refresh([many_articles(1, articles=12)])
        read = self.embedder.read
        assert read > 0
        longer = many_articles(1, articles=13)
        assert self.refresh([longer])
        assert self.embedder.read == read + 1
        assert not self.refresh([longer])

    def test_switched_on_later_every_passage_is_read_once_more(self) -> None:
        revisions = [many_articles(1, articles=5)]
        assert self.refresh(revisions, FakeEmbedder())
        assert self.current().token_fingerprint == ""
        assert self.refresh(revisions)
        assert self.current().token_fingerprint == self.embedder.token_fingerprint
        assert self.embedder.read == self.current().passage_count

    def test_switched_off_the_next_refresh_leaves_them_out(self) -> None:
        revisions = [many_articles(1, articles=5)]
        self.refresh(revisions)
        assert self.refresh(revisions, FakeEmbedder())
        assert self.current().token_fingerprint == ""

    def test_other_weights_lead_to_a_new_snapshot(self) -> None:
        revisions, other = [many_articles(1, articles=5)], FakeTokenEmbedder(weights="fake-tokens/2")
        self.refresh(revisions)
        assert self.refresh(revisions, other)
        assert self.current().token_fingerprint == "fake-tokens/2"
        assert other.read == self.current().passage_count

    def test_tokens_that_the_cache_lost_are_made_anew(self) -> None:
        self.refresh([many_articles(1, articles=5)])
        tokens = CachedVectors(self.embedder, FakeVectorCache(), 2).tokens
        assert tokens is not None
        expected = self.embedder.embed_passages_with_tokens(TEXTS)[1]
        assert all(np.array_equal(found, rows) for found, rows in zip(tokens.of([*TEXTS]), expected, strict=True))

    def test_what_was_read_before_an_interruption_is_kept_with_its_tokens(self, tmp_path: Path) -> None:
        cache = SqliteVectorCache(tmp_path / "vectors.sqlite3")

        def stop(step: str, _done: int, _total: int) -> None:
            if step == "计算向量":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            CachedVectors(self.embedder, cache, 2).passages(TEXTS, stop)
        assert self.embedder.read == 2
        vectors = CachedVectors(self.embedder, cache, 2)
        assert vectors.passages(TEXTS, silent).embedded == 1
        assert vectors.tokens is not None
        list(vectors.tokens.of(TEXTS))
        assert self.embedder.read == 3

    def test_vectors_and_tokens_that_are_known_are_indexed_as_they_are(self) -> None:
        passages = [a_passage(text, f"d-{n}") for n, text in enumerate(TEXTS)]
        vectors, tokens = self.embedder.embed_passages_with_tokens([passage.search_text for passage in passages])
        synchroniser = a_synchroniser(self.folder, embedder=self.embedder, cache=self.cache)
        synchroniser.publish(passages, vectors, tokens, remember=True)
        assert a_searcher(SnapshotStore(self.folder), embedder=self.embedder).reranker() == self.embedder.token_fingerprint
        assert synchroniser.vectors.passages([passage.search_text for passage in passages], silent).embedded == 0
