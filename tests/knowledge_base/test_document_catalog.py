"""The catalogue: what each change does, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from knowledge_base.document_catalog import DocumentCatalog, digest_text
from knowledge_base.errors import ImpossibleChange, UnknownDocument
from knowledge_base.models import ChangeKind
from tests.factories import a_document
from tests.fakes.document_store import MemoryDocumentStore

NOW = datetime(2024, 6, 1, 20, 30, tzinfo=UTC)
TODAY_IN_CHINA = date(2024, 6, 2)
NEW_TEXT = "第一条 新的规定。\n"


@pytest.fixture
def catalog() -> DocumentCatalog:
    return DocumentCatalog(MemoryDocumentStore(), lambda: NOW)


def test_a_new_document_becomes_its_first_revision_with_who_when_and_why(catalog: DocumentCatalog) -> None:
    document = a_document()
    outcome = catalog.publish(document, "王编辑", "首次收录")
    revision = outcome.revision
    assert outcome.changed
    assert (revision.number, revision.edition, revision.change.kind) == (1, 1, ChangeKind.PUBLISH)
    assert (revision.change.by, revision.change.at, revision.change.reason) == ("王编辑", NOW, "首次收录")
    assert (revision.text, revision.outline, revision.metadata) == (document.text, document.outline, document.metadata)
    assert revision.text_digest == digest_text(document.text)
    assert catalog.store.revisions(document.document_id) == (revision,)


def test_publishing_the_same_again_changes_nothing(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(), "王编辑", "首次收录")
    outcome = catalog.publish(a_document(), "李编辑", "又导入一次")
    assert not outcome.changed
    assert len(catalog.store.revisions("d-residence")) == 1


def test_another_text_that_takes_effect_later_is_a_new_edition(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(effective_on=date(2024, 1, 1)), "王编辑", "首次收录")
    revision = catalog.publish(a_document(text=NEW_TEXT, effective_on=date(2025, 1, 1)), "王编辑", "修改").revision
    assert (revision.number, revision.edition, revision.change.kind) == (2, 2, ChangeKind.AMEND)


def test_another_text_of_the_same_day_corrects_the_edition(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(), "王编辑", "首次收录")
    revision = catalog.publish(a_document(text=NEW_TEXT), "王编辑", "改错字").revision
    assert (revision.number, revision.edition, revision.change.kind) == (2, 1, ChangeKind.CORRECT)


def test_the_same_text_with_a_later_day_corrects_the_day(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(effective_on=date(2024, 1, 1)), "王编辑", "首次收录")
    revision = catalog.publish(a_document(effective_on=date(2024, 3, 1)), "王编辑", "日期有误").revision
    assert (revision.edition, revision.change.kind, revision.metadata.effective_on) == (1, ChangeKind.CORRECT, date(2024, 3, 1))


def test_the_text_of_an_earlier_edition_imported_again_changes_nothing(catalog: DocumentCatalog) -> None:
    old, new = a_document(effective_on=date(2024, 1, 1)), a_document(text=NEW_TEXT, effective_on=date(2025, 1, 1))
    for document in (old, new, old, new):
        catalog.publish(document, "王编辑", "导入")
    assert [revision.edition for revision in catalog.store.revisions("d-residence")] == [1, 2]


def test_a_better_reading_of_the_outline_is_kept_as_a_correction(catalog: DocumentCatalog) -> None:
    document = a_document()
    catalog.publish(document, "王编辑", "首次收录")
    better = replace(document, outline=replace(document.outline, title="目录"))
    assert catalog.publish(better, "王编辑", "重新解析").revision.change.kind is ChangeKind.CORRECT


@pytest.mark.parametrize(
    ("published_on", "signed_on", "expected"),
    [
        (date(2024, 2, 2), date(2024, 1, 1), date(2024, 2, 2)),
        (None, date(2024, 1, 1), date(2024, 1, 1)),
        (None, None, TODAY_IN_CHINA),
    ],
)
def test_without_a_stated_day_it_takes_effect_when_published_else_signed_else_when_first_seen(
    catalog: DocumentCatalog, published_on: date | None, signed_on: date | None, expected: date
) -> None:
    document = a_document(effective_on=None, published_on=published_on, signed_on=signed_on)
    metadata = catalog.publish(document, "王编辑", "首次收录").revision.metadata
    assert (metadata.effective_on, metadata.effective_on_inferred) == (expected, True)


@pytest.mark.parametrize(("number", "expected"), [("示政发〔2017〕29号", date(2017, 12, 31)), ("示政发〔2024〕2号", TODAY_IN_CHINA)])
def test_an_undated_document_was_there_by_the_end_of_the_year_in_its_number(catalog: DocumentCatalog, number: str, expected: date) -> None:
    metadata = catalog.publish(a_document(effective_on=None, number=number), "王编辑", "首次收录").revision.metadata
    assert (metadata.effective_on, metadata.effective_on_inferred) == (expected, True)


def test_an_undated_document_keeps_the_day_it_was_first_seen(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(effective_on=None), "王编辑", "首次收录")
    tomorrow = DocumentCatalog(catalog.store, lambda: datetime(2024, 7, 1, tzinfo=UTC))
    assert not tomorrow.publish(a_document(effective_on=None), "王编辑", "再次导入").changed
    revision = tomorrow.publish(a_document(text=NEW_TEXT, effective_on=None), "王编辑", "再次导入").revision
    assert (revision.metadata.effective_on, revision.change.kind) == (TODAY_IN_CHINA, ChangeKind.CORRECT)


def test_a_repeal_ends_the_document_and_says_by_what(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(), "王编辑", "首次收录")
    revision = catalog.repeal("d-residence", date(2025, 5, 1), "王编辑", "市政府决定废止", replaced_by="d-new")
    assert (revision.repealed_on, revision.repealed_by, revision.change.kind) == (date(2025, 5, 1), "d-new", ChangeKind.REPEAL)
    assert catalog.store.latest("d-residence") == revision


def test_a_restored_document_is_as_before_the_repeal(catalog: DocumentCatalog) -> None:
    before = catalog.publish(a_document(), "王编辑", "首次收录").revision
    catalog.repeal("d-residence", date(2025, 5, 1), "王编辑", "误操作")
    after = catalog.restore("d-residence", "李编辑", "撤回误操作")
    assert (after.repealed_on, after.repealed_by) == (None, None)
    assert (after.text, after.metadata, after.edition) == (before.text, before.metadata, before.edition)
    assert [revision.change.kind for revision in catalog.store.revisions("d-residence")] == ["publish", "repeal", "restore"]


def test_a_correction_of_a_repealed_document_leaves_it_repealed(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(), "王编辑", "首次收录")
    catalog.repeal("d-residence", date(2025, 5, 1), "王编辑", "废止")
    assert catalog.correct(a_document(text=NEW_TEXT), "王编辑", "改错字").revision.repealed_on == date(2025, 5, 1)


def test_changing_an_unknown_document_names_it(catalog: DocumentCatalog) -> None:
    document = a_document("d-nowhere")
    for change in (
        lambda: catalog.amend(document, "王编辑", "修改"),
        lambda: catalog.correct(document, "王编辑", "更正"),
        lambda: catalog.repeal("d-nowhere", date(2025, 1, 1), "王编辑", "废止"),
        lambda: catalog.restore("d-nowhere", "王编辑", "恢复"),
    ):
        with pytest.raises(UnknownDocument, match="d-nowhere"):
            change()


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (a_document(text=" \n"), "没有正文"),
        (a_document(title=" "), "没有标题"),
        (a_document(text="第一条\x00 甲。"), "空字符"),
        (a_document(effective_on=date(2024, 1, 1), expires_on=date(2024, 1, 1)), "失效日期不晚于施行日期"),
    ],
)
def test_an_unusable_document_is_refused(catalog: DocumentCatalog, document: object, reason: str) -> None:
    with pytest.raises(ImpossibleChange, match=reason):
        catalog.publish(document, "王编辑", "收录")  # type: ignore[arg-type]
    assert catalog.store.count() == 0


def test_a_change_without_a_name_or_reason_is_refused(catalog: DocumentCatalog) -> None:
    for by, reason in ((" ", "收录"), ("王编辑", "")):
        with pytest.raises(ImpossibleChange, match="操作人或理由"):
            catalog.publish(a_document(), by, reason)


def test_an_amendment_must_be_another_text_that_takes_effect_later(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(effective_on=date(2024, 1, 1)), "王编辑", "首次收录")
    with pytest.raises(ImpossibleChange, match="完全相同"):
        catalog.amend(a_document(effective_on=date(2025, 1, 1)), "王编辑", "修改")
    with pytest.raises(ImpossibleChange, match="必须晚于"):
        catalog.amend(a_document(text=NEW_TEXT, effective_on=date(2024, 1, 1)), "王编辑", "修改")


def test_a_repealed_document_cannot_be_amended_any_more(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(), "王编辑", "首次收录")
    catalog.repeal("d-residence", date(2025, 5, 1), "王编辑", "废止")
    with pytest.raises(ImpossibleChange, match="已于2025-05-01废止"):
        catalog.publish(a_document(text=NEW_TEXT, effective_on=date(2025, 6, 1)), "王编辑", "修改")


def test_a_correction_must_change_something(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(), "王编辑", "首次收录")
    with pytest.raises(ImpossibleChange, match="完全相同"):
        catalog.correct(a_document(), "王编辑", "更正")


def test_a_correction_cannot_put_an_edition_before_the_one_it_follows(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(effective_on=date(2024, 1, 1)), "王编辑", "首次收录")
    catalog.publish(a_document(text=NEW_TEXT, effective_on=date(2025, 1, 1)), "王编辑", "修改")
    with pytest.raises(ImpossibleChange, match="不晚于上一版文本"):
        catalog.correct(a_document(text=NEW_TEXT, effective_on=date(2023, 1, 1)), "王编辑", "更正")


@pytest.mark.parametrize(
    ("on", "replaced_by", "reason"), [(date(2023, 12, 31), None, "早于施行日期"), (date(2025, 1, 1), "d-residence", "由它自己")]
)
def test_an_impossible_repeal_is_refused(catalog: DocumentCatalog, on: date, replaced_by: str | None, reason: str) -> None:
    catalog.publish(a_document(effective_on=date(2024, 1, 1)), "王编辑", "首次收录")
    with pytest.raises(ImpossibleChange, match=reason):
        catalog.repeal("d-residence", on, "王编辑", "废止", replaced_by)


def test_a_document_is_repealed_once_and_restored_only_when_repealed(catalog: DocumentCatalog) -> None:
    catalog.publish(a_document(), "王编辑", "首次收录")
    with pytest.raises(ImpossibleChange, match="没有被废止"):
        catalog.restore("d-residence", "王编辑", "恢复")
    catalog.repeal("d-residence", date(2025, 5, 1), "王编辑", "废止")
    with pytest.raises(ImpossibleChange, match="已于2025-05-01废止"):
        catalog.repeal("d-residence", date(2025, 6, 1), "王编辑", "再废止")
