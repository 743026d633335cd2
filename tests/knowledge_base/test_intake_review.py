"""A person at a draft: correcting, confirming, putting aside; what was set by hand stays."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from knowledge_base.document_reader import document_id_for
from knowledge_base.errors import ImpossibleChange, UnknownRegion
from knowledge_base.intake.errors import DraftChanged, DraftDecided
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.intake.models import Draft, DraftState, EvidenceKind, UploadState
from knowledge_base.models import ChangeKind, ParsedText
from tests.fakes.containers import REGIONS
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.intake import memory_intake
from tests.fakes.safe_reader import InProcessReader

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TEXT = "示范市居住证管理办法\n示政发〔2024〕12号\n第一条 申领居住证，应当提交身份证明。\n示范市人民政府\n2024年1月8日\n"


@pytest.fixture
def desk() -> IntakeDesk:
    return memory_intake(MemoryDocumentStore(), REGIONS, lambda: NOW)


def drafted(desk: IntakeDesk, text: str = TEXT) -> Draft:
    upload = desk.read(desk.receive("办法.txt", io.BytesIO(text.encode()), by="王编辑").id)
    assert upload.state is UploadState.READ
    return desk.draft(upload.draft_ids[0])


def corrected(desk: IntakeDesk, draft: Draft, **fields: object) -> Draft:
    return desk.correct(draft.id, draft.version, replace(draft.metadata, **fields), "李审核")  # type: ignore[arg-type]


def test_a_corrected_field_rests_on_the_person(desk: IntakeDesk) -> None:
    draft = corrected(desk, drafted(desk), effective_on=date(2024, 3, 1))
    assert (draft.metadata.effective_on, draft.metadata.effective_on_inferred) == (date(2024, 3, 1), False)
    found = [item for item in draft.evidence if item.field == "effective_on"]
    assert [(item.kind, "李审核" in item.note) for item in found] == [(EvidenceKind.PERSON, True)]
    assert draft.metadata.set_by_hand == ("effective_on", "effective_on_inferred")
    assert desk.draft(draft.id) == draft


def test_names_are_brought_into_normal_form(desk: IntakeDesk) -> None:
    draft = corrected(desk, drafted(desk), title="《示范市 居住证管理办法》", document_number="示政发[2024]13号", jurisdiction="明德区")
    assert draft.metadata.document_number == "示政发〔2024〕13号"
    assert "《" not in draft.metadata.title
    assert draft.metadata.jurisdiction == "990102"


def test_nothing_changed_is_no_new_version(desk: IntakeDesk) -> None:
    draft = drafted(desk)
    assert corrected(desk, draft) == draft


def test_an_id_made_from_title_and_number_follows_them(desk: IntakeDesk) -> None:
    draft = corrected(desk, drafted(desk), document_number="示政发〔2024〕21号")
    assert draft.document.document_id == document_id_for("示范市居住证管理办法", "示政发〔2024〕21号")


def test_a_document_of_the_base_keeps_its_id_whatever_it_is_called(desk: IntakeDesk) -> None:
    first = drafted(desk)
    desk.publish(first.id, 1, "李审核", "无误")
    second = drafted(desk, TEXT.replace("身份证明", "身份证件"))
    assert corrected(desk, second, title="示范市居住证办法").document.document_id == first.document.document_id


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"title": " "}, ImpossibleChange),
        ({"effective_on": date(2024, 3, 1), "expires_on": date(2024, 1, 1)}, ImpossibleChange),
        ({"jurisdiction": "不存在的地方"}, UnknownRegion),
    ],
)
def test_metadata_that_makes_no_sense_is_refused(desk: IntakeDesk, fields: dict[str, object], error: type[Exception]) -> None:
    draft = drafted(desk)
    with pytest.raises(error):
        corrected(desk, draft, **fields)
    assert desk.draft(draft.id) == draft


def test_who_has_seen_an_older_version_must_look_again(desk: IntakeDesk) -> None:
    draft = drafted(desk)
    corrected(desk, draft, topics=("居住证",))
    for act in (
        lambda: corrected(desk, draft, topics=("户籍",)),
        lambda: desk.confirm_text(draft.id, 1, "李审核"),
        lambda: desk.discard(draft.id, 1, "李审核", "重复"),
        lambda: desk.publish(draft.id, 1, "李审核", "无误"),
    ):
        with pytest.raises(DraftChanged):
            act()


def test_what_is_decided_stays_decided(desk: IntakeDesk) -> None:
    draft = drafted(desk)
    discarded = desk.discard(draft.id, 1, "李审核", "重复上传")
    assert (discarded.state, discarded.decided_by, discarded.decision_reason) == (DraftState.DISCARDED, "李审核", "重复上传")
    assert discarded.decided_at == NOW
    with pytest.raises(DraftDecided, match="已放弃"):
        desk.publish(draft.id, 2, "李审核", "无误")


def test_putting_aside_needs_a_reason(desk: IntakeDesk) -> None:
    with pytest.raises(ImpossibleChange, match="理由"):
        desk.discard(drafted(desk).id, 1, "李审核", " ")


def test_a_text_read_by_machine_is_marked_until_somebody_confirms_it(desk: IntakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InProcessReader, "read", lambda *_: (ParsedText(TEXT, read_by_machine=True),))
    draft = drafted(desk)
    assert (draft.read_by_machine, draft.metadata.read_by_machine, draft.text_confirmed_by) == (True, True, "")
    confirmed = desk.confirm_text(draft.id, 1, "李审核")
    assert (confirmed.read_by_machine, confirmed.metadata.read_by_machine, confirmed.text_confirmed_by) == (True, False, "李审核")
    desk.publish(draft.id, 2, "李审核", "已与扫描件核对")
    again = desk.read(desk.receive("办法.txt", io.BytesIO(TEXT.encode()), by="王编辑").id)
    assert "内容没有变化" in again.warnings[0]


def test_what_was_corrected_before_is_kept_when_the_same_file_comes_again(desk: IntakeDesk) -> None:
    draft = corrected(desk, drafted(desk), effective_on=date(2024, 3, 1))
    desk.publish(draft.id, draft.version, "李审核", "施行日期按公告")
    again = desk.read(desk.receive("办法.txt", io.BytesIO(TEXT.encode()), by="王编辑").id)
    assert again.draft_ids == ()
    changed = drafted(desk, TEXT.replace("身份证明", "身份证件"))
    assert changed.metadata.effective_on == date(2024, 3, 1)
    assert [item.kind for item in changed.evidence if item.field == "effective_on"] == [EvidenceKind.PERSON]


def test_the_evidence_of_a_published_document_is_that_of_its_draft(desk: IntakeDesk) -> None:
    draft = corrected(desk, drafted(desk), topics=("居住证",))
    desk.publish(draft.id, draft.version, "李审核", "无误")
    kinds = {item.field: item.kind for item in desk.evidence_of(draft.document.document_id)}
    assert (kinds["topics"], kinds["document_number"]) == (EvidenceKind.PERSON, EvidenceKind.TEXT)


def test_a_document_that_came_another_way_has_its_evidence_found_in_its_text(desk: IntakeDesk) -> None:
    document = drafted(desk).document
    desk.catalog.publish(document, "王编辑", "导入")
    kinds = {item.field: item.kind for item in desk.evidence_of(document.document_id)}
    assert kinds["signed_on"] is EvidenceKind.TEXT


def test_publishing_records_what_became_of_the_draft(desk: IntakeDesk) -> None:
    draft = drafted(desk)
    outcome = desk.publish(draft.id, 1, "李审核", "无误")
    published = desk.draft(draft.id)
    assert (outcome.revision.change.kind, outcome.revision.change.by, outcome.revision.change.reason) == (
        ChangeKind.PUBLISH,
        "李审核",
        "无误",
    )
    assert (published.state, published.revision_number, published.decided_by) == (DraftState.PUBLISHED, 1, "李审核")


def test_publishing_that_was_cut_off_makes_no_second_revision(desk: IntakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = drafted(desk)
    with monkeypatch.context() as killed:
        killed.setattr(type(desk.store), "save_draft", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            desk.publish(draft.id, 1, "李审核", "无误")
    outcome = desk.publish(draft.id, 1, "李审核", "无误")
    assert (outcome.changed, outcome.revision.number) == (False, 1)
    assert desk.draft(draft.id).revision_number == 1
