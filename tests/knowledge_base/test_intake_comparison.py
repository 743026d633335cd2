"""What separates two texts: fields in words, whole lines, the provision each lies in."""

from __future__ import annotations

import io
from dataclasses import fields
from datetime import UTC, date, datetime

import pytest

from knowledge_base.errors import UnknownDocument
from knowledge_base.intake.comparison import FIELD_LABELS, ComparedText, compare_texts, field_words
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.intake.models import FieldChange, TextChange, TextChangeKind
from knowledge_base.models import DocumentMetadata
from tests.factories import a_document, a_repeal_notice, some_metadata
from tests.fakes.containers import REGIONS
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.intake import memory_intake

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
BEFORE = "第一条 甲。\n第二条 乙。\n（一）丙；\n（二）丁。\n第三条 戊。\n"
AFTER = "第一条 甲。\n第二条 乙。\n（一）丙；\n（二）丁丁。\n第三条 戊。\n第四条 己。\n"
SAME, ADDED, REMOVED = TextChangeKind.SAME, TextChangeKind.ADDED, TextChangeKind.REMOVED


def side(text: str, **about: object) -> ComparedText:
    document = a_document(text=text, **about)
    return ComparedText(document.text, document.outline, document.metadata)


def test_lines_that_stay_come_and_go_are_told_with_their_provision() -> None:
    found = compare_texts(side(BEFORE), side(AFTER), REGIONS)
    assert found.fields == ()
    assert found.text == (
        TextChange(SAME, "第一条 甲。\n第二条 乙。\n（一）丙；\n", "第一条"),
        TextChange(REMOVED, "（二）丁。\n", "第二条第（二）项"),
        TextChange(ADDED, "（二）丁丁。\n", "第二条第（二）项"),
        TextChange(SAME, "第三条 戊。\n", "第三条"),
        TextChange(ADDED, "第四条 己。\n", "第四条"),
    )


def test_both_texts_can_be_put_together_again_from_the_changes() -> None:
    found = compare_texts(side(BEFORE), side(AFTER), REGIONS).text
    assert "".join(change.text for change in found if change.kind is not ADDED) == BEFORE
    assert "".join(change.text for change in found if change.kind is not REMOVED) == AFTER


def test_nothing_is_said_of_texts_that_are_the_same() -> None:
    assert compare_texts(side(BEFORE), side(BEFORE), REGIONS).text == ()


def test_a_new_document_is_all_added() -> None:
    found = compare_texts(None, side(BEFORE), REGIONS)
    assert [change.kind for change in found.text] == [ADDED]
    assert FieldChange("title", "标题", "", "示范市居住证管理办法") in found.fields


def test_fields_are_told_in_words() -> None:
    before = side(BEFORE, jurisdiction="990100", effective_on=date(2024, 1, 1))
    after = side(
        BEFORE,
        jurisdiction="990102",
        effective_on=date(2024, 3, 1),
        effective_on_inferred=True,
        expires_on=date(2029, 3, 1),
        issuing_authorities=("甲局", "乙局"),
        repeals=(a_repeal_notice("旧办法", "示政发〔2010〕3号"),),
        read_by_machine=True,
    )
    found = {change.label: (change.before, change.after) for change in compare_texts(before, after, REGIONS).fields}
    assert found == {
        "适用地区": ("示范省示范市", "示范省示范市明德区"),
        "施行日期": ("2024-01-01", "2024-03-01（推断）"),
        "有效期至": ("", "2029-02-28"),
        "发文机关": ("", "甲局、乙局"),
        "写明废止的文件": ("", "《旧办法》（示政发〔2010〕3号）"),
        "机器识别": ("", "是"),
    }


def test_every_field_a_person_may_care_for_has_a_label() -> None:
    told_elsewhere = {"effective_on_inferred", "set_by_hand"}
    assert set(FIELD_LABELS) == {field.name for field in fields(DocumentMetadata)} - told_elsewhere
    assert all(isinstance(field_words(some_metadata(), field, REGIONS), str) for field in FIELD_LABELS)


@pytest.fixture
def desk() -> IntakeDesk:
    return memory_intake(MemoryDocumentStore(), REGIONS, lambda: NOW)


def drafted(desk: IntakeDesk, text: str) -> str:
    return desk.read(desk.receive("办法.txt", io.BytesIO(text.encode()), by="王编辑").id).draft_ids[0]


TEXT = "示范市居住证管理办法\n第一条 甲。\n第二条 本办法自2024年3月1日起施行。\n"


def test_a_draft_is_compared_with_the_newest_revision_of_its_document(desk: IntakeDesk) -> None:
    first = drafted(desk, TEXT)
    assert {change.kind for change in desk.compare(first).text} == {ADDED}
    desk.publish(first, 1, "李审核", "无误")
    found = desk.compare(drafted(desk, TEXT.replace("甲。", "乙。")))
    assert [change.text for change in found.text if change.kind is not SAME] == ["第一条 甲。\n", "第一条 乙。\n"]
    assert found.fields == ()


def test_a_revision_is_compared_with_the_one_before(desk: IntakeDesk) -> None:
    document_id = desk.publish(drafted(desk, TEXT), 1, "李审核", "无误").revision.document_id
    desk.publish(drafted(desk, TEXT.replace("甲。", "乙。")), 1, "李审核", "改错字")
    assert {change.kind for change in desk.compare_revisions(document_id, 1).text} == {ADDED}
    assert [c.text for c in desk.compare_revisions(document_id, 2).text if c.kind is ADDED] == ["第一条 乙。\n"]
    with pytest.raises(UnknownDocument):
        desk.compare_revisions(document_id, 3)
