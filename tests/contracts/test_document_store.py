"""What every DocumentStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from knowledge_base.adapters.sql import SqlDocumentStore
from knowledge_base.errors import RevisionConflict, UnknownDocument
from knowledge_base.models import NATION_CODE, ChangeKind, DocumentMetadata, Provision, ProvisionLevel, RepealNotice
from knowledge_base.ports import DocumentStore
from tests.conftest import STORE_KINDS
from tests.factories import a_repeal_notice, a_revision
from tests.fakes.document_store import MemoryDocumentStore


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> DocumentStore:
    if request.param == "memory":
        return MemoryDocumentStore()
    return SqlDocumentStore(request.getfixturevalue(f"{request.param}_engine"))


def test_a_revision_comes_back_exactly_as_it_was_added(store: DocumentStore) -> None:
    metadata = DocumentMetadata(
        title="示范市居住证管理办法",
        document_number="示政发〔2024〕12号",
        issuing_authorities=("示范市人民政府", "示范市公安局"),
        jurisdiction=NATION_CODE,
        signed_on=date(2023, 12, 1),
        published_on=date(2023, 12, 5),
        effective_on=date(2024, 1, 1),
        effective_on_inferred=True,
        expires_on=date(2029, 1, 1),
        repeals=(RepealNotice("旧办法", "示政发〔2010〕1号", 3, 9),),
        topics=("居住证",),
        source_url="https://www.shifan.example/a?b=1#c",
        is_demonstration=True,
    )
    text = "第一条 甲\u3000“乙”。\r\n（一）𠮷野家；\n（二）丙。\n第二条 施行。"
    revision = a_revision(
        text=text, metadata=metadata, kind=ChangeKind.REPEAL, repealed_on=date(2025, 2, 3), repealed_by="d-new", reason="换行\n与“引号”"
    )
    store.add(revision)
    assert store.revisions(revision.document_id) == (revision,)


def test_the_moment_of_a_change_is_kept_to_the_microsecond_whatever_its_time_zone(store: DocumentStore) -> None:
    at = datetime(2024, 6, 1, 7, 8, 9, 123456, tzinfo=timezone(timedelta(hours=8)))
    store.add(a_revision(at=at))
    kept = store.latest("d-residence").change.at
    assert kept == at
    assert kept.tzinfo is not None


def test_revisions_are_oldest_first_and_the_latest_is_the_last(store: DocumentStore) -> None:
    revisions = tuple(a_revision(number=number, text=f"第一条 第{number}稿。") for number in (1, 2, 3))
    for revision in revisions:
        store.add(revision)
    assert store.revisions("d-residence") == revisions
    assert store.latest("d-residence") == revisions[-1]


def test_adding_a_number_twice_is_a_conflict_and_changes_nothing(store: DocumentStore) -> None:
    first = a_revision(number=1, title="先到")
    store.add(first)
    with pytest.raises(RevisionConflict, match="刚刚被别人改过"):
        store.add(a_revision(number=1, title="后到"))
    assert store.revisions("d-residence") == (first,)
    assert store.find_by_title("后到") == ()


def test_an_unknown_document_is_named(store: DocumentStore) -> None:
    with pytest.raises(UnknownDocument, match="d-nowhere"):
        store.latest("d-nowhere")
    with pytest.raises(UnknownDocument, match="d-nowhere"):
        store.revisions("d-nowhere")


def test_documents_stream_in_order_of_their_ids_each_with_its_newest_revision(store: DocumentStore) -> None:
    for document_id in ("d-b", "d-a", "D-c", "d-10", "d-9"):
        store.add(a_revision(document_id, number=1))
    newest = a_revision("d-a", number=2, title="第二稿")
    store.add(newest)
    latest = tuple(store.all_latest())
    assert [revision.document_id for revision in latest] == ["D-c", "d-10", "d-9", "d-a", "d-b"]
    assert newest in latest


def test_more_documents_than_one_page_stream_completely(store: DocumentStore) -> None:
    ids = [f"d-{number:04}" for number in range(150)]
    for document_id in ids:
        store.add(a_revision(document_id))
    store.add(a_revision(ids[63], number=2))
    histories = list(store.histories())
    assert [history[0].document_id for history in histories] == ids
    assert [revision.number for revision in histories[63]] == [1, 2]
    assert [revision.document_id for revision in store.all_latest()] == ids


def test_a_caller_may_write_while_it_streams(store: DocumentStore) -> None:
    for number in range(3):
        store.add(a_revision(f"d-{number}"))
    for revision in store.all_latest():
        store.add(a_revision(revision.document_id, number=2))
    assert all(revision.number == 2 for revision in store.all_latest())


def test_a_document_is_found_by_what_its_newest_revision_is_called(store: DocumentStore) -> None:
    store.add(a_revision(number=1, metadata=_named("旧名", "示政发〔2020〕1号")))
    store.add(a_revision(number=2, metadata=_named("新名", "示政发〔2021〕2号")))
    assert store.find_by_title("新名") == store.find_by_number("示政发〔2021〕2号") == ("d-residence",)
    assert store.find_by_title("旧名") == store.find_by_number("示政发〔2020〕1号") == ()


def test_titles_are_matched_exactly(store: DocumentStore) -> None:
    store.add(a_revision(metadata=_named("示范市居住证管理办法", None)))
    assert store.find_by_title("示范市居住证") == ()


def test_documents_of_one_title_are_all_found_by_id(store: DocumentStore) -> None:
    for document_id in ("d-2", "d-1"):
        store.add(a_revision(document_id, metadata=_named("同名", None)))
    assert store.find_by_title("同名") == ("d-1", "d-2")


def test_the_document_that_repeals_a_title_or_a_number_is_found(store: DocumentStore) -> None:
    notices = (a_repeal_notice("旧办法"), a_repeal_notice("旧通知", "示政发〔2010〕1号"))
    store.add(a_revision("d-new", repeals=notices))
    assert store.find_repealing("旧办法", None) == ("d-new",)
    assert store.find_repealing("别的标题", "示政发〔2010〕1号") == ("d-new",)
    assert store.find_repealing("别的标题", "示政发〔2010〕2号") == ()
    assert store.find_repealing("别的标题", None) == ()


def test_only_the_newest_revision_counts_for_what_a_document_repeals(store: DocumentStore) -> None:
    store.add(a_revision("d-new", number=1, repeals=(a_repeal_notice("旧办法"),)))
    store.add(a_revision("d-new", number=2, repeals=(a_repeal_notice("旧规定"),)))
    assert store.find_repealing("旧办法", None) == ()
    assert store.find_repealing("旧规定", None) == ("d-new",)


def test_documents_are_counted_once_whatever_their_revisions(store: DocumentStore) -> None:
    assert store.count() == 0
    for document_id, number in (("d-1", 1), ("d-1", 2), ("d-2", 1)):
        store.add(a_revision(document_id, number=number, at=datetime(2024, 1, 1, tzinfo=UTC)))
    assert store.count() == 2


def test_histories_for_lists_are_the_same_without_texts(store: DocumentStore) -> None:
    for document_id, number in (("d-1", 1), ("d-1", 2), ("d-2", 1)):
        store.add(a_revision(document_id, number=number, repealed_on=date(2025, 1, 1)))
    bare = Provision(ProvisionLevel.DOCUMENT, "", "", "", "", 0, 0)
    expected = [tuple(replace(revision, text="", outline=bare) for revision in history) for history in store.histories()]
    assert list(store.histories_without_text()) == expected
    assert len(expected) == 2


def test_every_revision_counts_as_a_change(store: DocumentStore) -> None:
    counts = [store.revision_count()]
    for number in (1, 2):
        store.add(a_revision(number=number))
        counts.append(store.revision_count())
    assert counts == [0, 1, 2]


def test_an_id_that_no_store_can_hold_is_simply_unknown(store: DocumentStore) -> None:
    with pytest.raises(UnknownDocument):
        store.latest("d-\x00")


def _named(title: str, number: str | None) -> DocumentMetadata:
    return DocumentMetadata(title=title, document_number=number, effective_on=date(2024, 1, 1))
