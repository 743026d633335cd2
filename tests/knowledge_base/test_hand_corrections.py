"""A person's correction goes before what the same file says again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.models import ChangeKind, DocumentMetadata
from tests.factories import A_TEXT, a_document
from tests.fakes.document_store import MemoryDocumentStore

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
OTHER_TEXT = A_TEXT.replace("身份证明", "身份证件")


@pytest.fixture
def catalog() -> DocumentCatalog:
    return DocumentCatalog(MemoryDocumentStore(), lambda: NOW)


def imported(catalog: DocumentCatalog, text: str = A_TEXT, **about: object) -> bool:
    return catalog.publish(a_document(text=text, **about), "root", "导入自“办法.txt”").changed


def corrected(catalog: DocumentCatalog, text: str = A_TEXT, **about: object) -> None:
    catalog.correct(a_document(text=text, **about), "李审核", "按公告更正")


def present(catalog: DocumentCatalog) -> DocumentMetadata:
    return catalog.store.latest("d-residence").metadata


def test_the_same_file_again_does_not_take_a_correction_back(catalog: DocumentCatalog) -> None:
    imported(catalog)
    corrected(catalog, effective_on=date(2024, 3, 1), topics=("居住证",))
    assert not imported(catalog)
    assert present(catalog).effective_on == date(2024, 3, 1)
    assert present(catalog).topics == ("居住证",)
    assert set(present(catalog).set_by_hand) == {"effective_on", "effective_on_inferred", "topics"}


def test_what_nobody_corrected_still_follows_the_file(catalog: DocumentCatalog) -> None:
    imported(catalog)
    corrected(catalog, effective_on=date(2024, 3, 1))
    assert imported(catalog, source_url="https://www.shifan.example/a")
    assert present(catalog).source_url == "https://www.shifan.example/a"
    assert present(catalog).effective_on == date(2024, 3, 1)


def test_a_text_put_right_by_hand_stays_when_the_faulty_file_comes_again(catalog: DocumentCatalog) -> None:
    imported(catalog)
    corrected(catalog, OTHER_TEXT)
    assert not imported(catalog)
    assert catalog.store.latest("d-residence").text == OTHER_TEXT


def test_a_file_with_another_text_is_read_and_the_corrected_fields_stay(catalog: DocumentCatalog) -> None:
    imported(catalog)
    corrected(catalog, topics=("居住证",))
    assert imported(catalog, OTHER_TEXT)
    latest = catalog.store.latest("d-residence")
    assert (latest.text, latest.metadata.topics, latest.change.kind) == (OTHER_TEXT, ("居住证",), ChangeKind.CORRECT)


def test_an_earlier_day_set_by_hand_does_not_make_the_old_day_an_amendment(catalog: DocumentCatalog) -> None:
    imported(catalog)
    corrected(catalog, effective_on=date(2023, 12, 1))
    imported(catalog, OTHER_TEXT)
    assert catalog.store.latest("d-residence").change.kind is ChangeKind.CORRECT
    assert present(catalog).effective_on == date(2023, 12, 1)


def test_an_amendment_speaks_for_itself(catalog: DocumentCatalog) -> None:
    imported(catalog)
    corrected(catalog, topics=("居住证",))
    imported(catalog, OTHER_TEXT, effective_on=date(2026, 1, 1))
    latest = catalog.store.latest("d-residence")
    assert (latest.edition, latest.metadata.topics, latest.metadata.set_by_hand) == (2, (), ())


def test_without_a_correction_the_file_decides_as_ever(catalog: DocumentCatalog) -> None:
    imported(catalog)
    assert imported(catalog, topics=("居住证",))
    assert imported(catalog)
    assert present(catalog).topics == ()


def test_what_a_person_reviewed_is_published_as_it_was_seen(catalog: DocumentCatalog) -> None:
    imported(catalog)
    corrected(catalog, topics=("居住证",))
    catalog.publish_reviewed(a_document(), "李审核", "主题有误，撤回")
    assert present(catalog).topics == ()


def test_a_correction_says_which_fields_a_person_set(catalog: DocumentCatalog) -> None:
    imported(catalog)
    corrected(catalog, OTHER_TEXT, title="示范市居住证办法")
    assert present(catalog).set_by_hand == ("text", "title")
    again = replace(present(catalog), topics=("居住证",))
    catalog.correct(a_document(text=OTHER_TEXT, metadata=again), "李审核", "补主题")
    assert present(catalog).set_by_hand == ("text", "title", "topics")
