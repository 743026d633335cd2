"""What a published text says of the end of others is proposed to a person, and done only by one."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest

from knowledge_base.document_reader import read_document
from knowledge_base.errors import ImpossibleChange
from knowledge_base.intake.errors import ProposalDecided, UnknownProposal
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.models import ChangeKind, ParsedDocument, ParsedText
from tests.fakes.containers import REGIONS
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.intake import memory_intake

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
OLD = "示范市暂住证管理办法\n示政发〔2010〕3号\n第一条 甲。\n第二条 本办法自2010年5月1日起施行。\n示范市人民政府\n2010年4月1日\n"
SENTENCE = "《示范市暂住证管理办法》（示政发〔2010〕3号）同时废止。"
NEW = (
    f"示范市居住证管理办法\n示政发〔2024〕12号\n第一条 乙。\n第二条 本办法自2024年3月1日起施行。{SENTENCE}\n示范市人民政府\n2024年1月8日\n"
)


@pytest.fixture
def desk() -> IntakeDesk:
    return memory_intake(MemoryDocumentStore(), REGIONS, lambda: NOW)


def published(desk: IntakeDesk, text: str, release_on: date | None = None) -> str:
    upload = desk.read(desk.receive("文件.txt", io.BytesIO(text.encode()), by="王编辑").id)
    draft = desk.draft(upload.draft_ids[0])
    return desk.publish(draft.id, 1, "李审核", "无误", release_on=release_on).revision.document_id


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_a_repeal_is_proposed_whichever_document_comes_first_and_nothing_is_repealed(desk: IntakeDesk, order: tuple[str, str]) -> None:
    ids = {text: published(desk, text) for text in order}
    (proposal,) = desk.proposals()
    assert (proposal.document_id, proposal.repealed_by) == (ids[OLD], ids[NEW])
    assert (proposal.title, proposal.repealed_by_title) == ("示范市暂住证管理办法", "示范市居住证管理办法")
    assert proposal.evidence.endswith(SENTENCE)
    assert proposal.evidence in NEW
    assert proposal.on == date(2024, 3, 1)
    assert desk.catalog.store.latest(ids[OLD]).repealed_on is None


def test_one_click_repeals_and_names_what_takes_its_place(desk: IntakeDesk) -> None:
    old, new = published(desk, OLD), published(desk, NEW)
    revision = desk.confirm_repeal(desk.proposals()[0].id, "李审核")
    assert (revision.document_id, revision.change.kind, revision.change.by) == (old, ChangeKind.REPEAL, "李审核")
    assert (revision.repealed_on, revision.repealed_by) == (date(2024, 3, 1), new)
    assert desk.proposals() == ()


def test_what_is_declined_is_not_proposed_again_and_not_settled_by_an_import(desk: IntakeDesk) -> None:
    old = published(desk, OLD)
    published(desk, NEW)
    desk.decline_repeal(desk.proposals()[0].id, "李审核", "只废止其中一章")
    published(desk, NEW.replace("乙。", "丙。"))
    desk.catalog.publish(_document(desk, OLD.replace("甲。", "丁。")), "王编辑", "导入自“旧.txt”")
    assert desk.proposals() == ()
    assert desk.catalog.store.latest(old).repealed_on is None


def test_declining_needs_a_reason(desk: IntakeDesk) -> None:
    published(desk, OLD)
    published(desk, NEW)
    with pytest.raises(ImpossibleChange, match="理由"):
        desk.decline_repeal(desk.proposals()[0].id, "李审核", "")


def test_an_import_leaves_alone_what_waits_for_a_person(desk: IntakeDesk) -> None:
    old = published(desk, OLD)
    published(desk, NEW)
    desk.catalog.publish(_document(desk, OLD.replace("甲。", "丁。")), "王编辑", "导入自“旧.txt”")
    assert desk.catalog.store.latest(old).repealed_on is None
    assert len(desk.proposals()) == 1


def test_an_import_still_settles_by_itself_what_nobody_was_asked_about(desk: IntakeDesk) -> None:
    desk.catalog.publish(_document(desk, OLD), "王编辑", "导入自“旧.txt”")
    outcome = desk.catalog.publish(_document(desk, NEW), "王编辑", "导入自“新.txt”")
    assert [revision.repealed_on for revision in outcome.repealed] == [date(2024, 3, 1)]


def test_a_decision_is_made_once(desk: IntakeDesk) -> None:
    published(desk, OLD)
    published(desk, NEW)
    proposal = desk.proposals()[0]
    desk.confirm_repeal(proposal.id, "李审核")
    for act in (lambda: desk.confirm_repeal(proposal.id, "王编辑"), lambda: desk.decline_repeal(proposal.id, "王编辑", "不")):
        with pytest.raises(ProposalDecided):
            act()
    with pytest.raises(UnknownProposal):
        desk.confirm_repeal("r-9", "王编辑")


def test_what_was_repealed_by_hand_meanwhile_needs_no_click(desk: IntakeDesk) -> None:
    old = published(desk, OLD)
    published(desk, NEW)
    proposal = desk.proposals()[0]
    desk.catalog.repeal(old, date(2023, 1, 1), "李审核", "另行废止")
    assert desk.proposals() == ()
    assert desk.confirm_repeal(proposal.id, "李审核").repealed_on == date(2023, 1, 1)


def test_what_a_person_restored_is_not_proposed_again(desk: IntakeDesk) -> None:
    old = published(desk, OLD)
    published(desk, NEW)
    desk.confirm_repeal(desk.proposals()[0].id, "李审核")
    desk.catalog.restore(old, "李审核", "废止有误")
    published(desk, NEW.replace("乙。", "丙。"))
    assert desk.proposals() == ()


def test_a_newer_text_under_the_same_title_is_proposed_without_a_sentence(desk: IntakeDesk) -> None:
    older = "示范市居住证管理办法\n示政发〔2016〕8号\n第一条 甲。\n第二条 本办法自2016年9月1日起施行。\n示范市人民政府\n2016年8月1日\n"
    old, new = published(desk, older), published(desk, NEW)
    (proposal,) = desk.proposals()
    assert (proposal.document_id, proposal.repealed_by, proposal.evidence) == (old, new, "")


def test_several_documents_that_may_be_meant_are_told_and_none_is_proposed(desk: IntakeDesk) -> None:
    for number in ("示政发〔2010〕3号", "示政发〔2011〕4号"):
        published(desk, OLD.replace("示政发〔2010〕3号", number).replace("2010年5月1日", f"{number[4:8]}年5月1日"))
    for proposal in desk.proposals():
        desk.decline_repeal(proposal.id, "李审核", "两件并行")
    upload = desk.read(desk.receive("新.txt", io.BytesIO(NEW.replace("（示政发〔2010〕3号）", "").encode()), by="王编辑").id)
    outcome = desk.publish(upload.draft_ids[0], 1, "李审核", "无误")
    assert "2份" in outcome.warnings[0]
    assert desk.proposals() == ()


def test_a_repeal_by_a_text_that_is_released_later_counts_from_its_release(desk: IntakeDesk) -> None:
    published(desk, OLD)
    published(desk, NEW, release_on=date(2027, 1, 1))
    assert desk.proposals()[0].on == date(2027, 1, 1)


def _document(desk: IntakeDesk, text: str) -> ParsedDocument:
    return read_document(ParsedText(text), desk.regions)
