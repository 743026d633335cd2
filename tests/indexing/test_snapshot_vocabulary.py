"""A vocabulary that is edited: each snapshot is searched with the words it was made with, and both are switched together."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexing.adapters.jieba_tokenizer import JiebaTokenizer
from indexing.adapters.snapshot_searcher import SnapshotSearcher
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.adapters.snapshot_tokenizers import ServingTokenizer, Tokenizers
from indexing.errors import SnapshotMismatch
from indexing.models import RankingMode, SearchQuery
from indexing.tuning import default_tuning
from indexing.vocabulary import PolicyVocabulary, load_vocabulary, vocabulary_from_json
from indexing.vocabulary_entries import VocabularyRules, vocabulary_of, vocabulary_rows
from knowledge_base.content.ports import ProposedChange
from tests.fakes.embedder import FakeEmbedder
from tests.indexing.test_jieba_tokenizer import VOCABULARY
from tests.passage_factory import a_passage, demo_regions, parts_of, publish_snapshot

BEFORE = PolicyVocabulary(("居住证",), {}, ("的",))
AFTER = PolicyVocabulary(("居住证",), {"蓝本本": ("居住证",)}, ("的",))
ASKED = SearchQuery("蓝本本")


@pytest.fixture(scope="module")
def tokenizers() -> Tokenizers:
    return Tokenizers(JiebaTokenizer)


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path)


def a_searcher(store: SnapshotStore, tokenizers: Tokenizers, usual: PolicyVocabulary = BEFORE) -> SnapshotSearcher:
    return SnapshotSearcher(store, FakeEmbedder(), tokenizers.of(usual), default_tuning(), demo_regions(), tokenizers=tokenizers.of)


def found(searcher: SnapshotSearcher) -> list[str]:
    return [hit.passage.document_id for hit in searcher.search(ASKED, RankingMode.LEXICAL).hits if hit.lexical_score > 0]


def test_the_old_words_serve_until_a_snapshot_of_the_new_ones_is_current(store: SnapshotStore, tokenizers: Tokenizers) -> None:
    passages = [
        a_passage(text="申领居住证应当提交身份证明。"),
        a_passage(document_id="d-2", title="加装电梯办法", text="加装电梯应当经业主表决。"),
    ]
    publish_snapshot(store, passages, tokenizer=tokenizers.of(BEFORE))
    searcher = a_searcher(store, tokenizers)
    assert found(searcher) == []
    new = tokenizers.of(AFTER)
    vectors = FakeEmbedder().embed_passages([passage.search_text for passage in passages])
    written = store.write(passages, vectors, parts_of(FakeEmbedder(), new), lambda *_: None)
    assert (found(searcher), searcher.tokenizer().vocabulary) == ([], BEFORE)
    store.switch_to(written.snapshot_id)
    searcher.reload()
    assert found(searcher) == [passages[0].document_id]
    assert searcher.tokenizer().fingerprint == new.fingerprint


def test_a_process_that_starts_with_other_words_searches_with_those_of_the_snapshot(store: SnapshotStore, tokenizers: Tokenizers) -> None:
    passage = a_passage(text="申领居住证应当提交身份证明。")
    publish_snapshot(store, [passage], tokenizer=tokenizers.of(AFTER))
    assert found(a_searcher(store, tokenizers, usual=BEFORE)) == [passage.document_id]


def test_going_back_to_an_older_snapshot_goes_back_to_its_words(store: SnapshotStore, tokenizers: Tokenizers) -> None:
    passage = a_passage(text="申领居住证应当提交身份证明。")
    publish_snapshot(store, [passage], tokenizer=tokenizers.of(BEFORE))
    publish_snapshot(store, [passage], tokenizer=tokenizers.of(AFTER))
    searcher = a_searcher(store, tokenizers)
    assert found(searcher) == [passage.document_id]
    store.rollback()
    searcher.reload()
    assert (found(searcher), searcher.tokenizer().vocabulary) == ([], BEFORE)


def test_a_snapshot_whose_words_are_not_kept_with_it_is_refused(store: SnapshotStore, tokenizers: Tokenizers) -> None:
    class Silent(JiebaTokenizer):
        """As snapshots were written before vocabularies could be edited."""

        def __init__(self) -> None:
            super().__init__(AFTER)
            self.vocabulary = None

    publish_snapshot(store, [a_passage()], tokenizer=Silent())
    with pytest.raises(SnapshotMismatch):
        a_searcher(store, tokenizers).search(ASKED)


def test_questions_are_understood_with_the_words_they_are_searched_with(store: SnapshotStore, tokenizers: Tokenizers) -> None:
    searcher = a_searcher(store, tokenizers)
    serving = ServingTokenizer(searcher.tokenizer, tokenizers.of(BEFORE))
    assert "居住证" not in serving.query_terms("蓝本本"), "without any snapshot the usual words serve"
    publish_snapshot(store, [a_passage()], tokenizer=tokenizers.of(AFTER))
    assert "居住证" in serving.query_terms("蓝本本")


def test_a_vocabulary_comes_back_from_its_file_as_it_was() -> None:
    again = vocabulary_from_json(AFTER.to_json())
    assert (again, again.fingerprint) == (AFTER, AFTER.fingerprint)


def test_the_shipped_words_as_entries_make_the_shipped_vocabulary() -> None:
    rows = vocabulary_rows(VOCABULARY)
    assert vocabulary_of(rows).fingerprint == load_vocabulary(VOCABULARY).fingerprint
    assert list(VocabularyRules().faults(ProposedChange(rows, (), rows))) == []


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"sort": "everyday", "word": "蓝本本"}, "official"),
        ({"sort": "everyday", "word": "居住证", "official": "居住证"}, "official"),
        ({"sort": "everyday", "word": "蓝本本", "official": "居住证\n居住证"}, "official"),
        ({"sort": "everyday", "word": "蓝 本", "official": "居住证"}, "word"),
        ({"sort": "stop", "word": "低保"}, "sort"),
    ],
)
def test_words_that_contradict_are_refused(row: dict[str, str], field: str) -> None:
    key, rows = f"{row['sort']}：{row['word']}", {"everyday：低保": {"sort": "everyday", "word": "低保", "official": "最低生活保障"}}
    assert [fault.field for fault in VocabularyRules().faults(ProposedChange({key: row}, (), {**rows, key: row}))] == [field]
