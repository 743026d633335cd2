"""What every IntakeStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from knowledge_base.adapters.sql import SqlIntakeStore
from knowledge_base.intake.errors import DraftChanged, UnknownDraft, UnknownProposal, UnknownUpload
from knowledge_base.intake.models import (
    DraftFilter,
    DraftState,
    EvidenceKind,
    MetadataEvidence,
    ProposalState,
    UploadState,
)
from knowledge_base.intake.ports import IntakeStore
from tests.conftest import STORE_KINDS
from tests.factories import a_document
from tests.fakes.intake_store import MemoryIntakeStore
from tests.intake_factories import a_draft, a_proposal, an_upload

LATER = timedelta(minutes=5)


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> IntakeStore:
    if request.param == "memory":
        return MemoryIntakeStore()
    return SqlIntakeStore(request.getfixturevalue(f"{request.param}_engine"))


def test_an_upload_comes_back_exactly_as_it_was_saved(store: IntakeStore) -> None:
    upload = an_upload(
        name="居住证“办法”.docx",
        at=datetime(2026, 11, 22, 7, 8, 9, 123456, tzinfo=UTC),
        state=UploadState.FAILED,
        reason="文件加了密码。\n请取消。",
        done=3,
        total=7,
        draft_ids=("a", "b"),
        warnings=("一", "二"),
        origin="https://www.shifan.example/a?b=1",
        source_id="s-1",
    )
    store.save_upload(upload)
    assert store.upload(upload.id) == upload


def test_saving_an_upload_again_replaces_it(store: IntakeStore) -> None:
    store.save_upload(an_upload())
    store.save_upload(an_upload(state=UploadState.READING))
    assert [upload.state for upload in store.uploads()] == [UploadState.READING]


def test_an_upload_nobody_knows_is_an_error(store: IntakeStore) -> None:
    with pytest.raises(UnknownUpload):
        store.upload("u-9")


def test_uploads_are_listed_newest_first_by_state_and_source(store: IntakeStore) -> None:
    first = an_upload("u-1", source_id="s-1")
    second = an_upload("u-2", at=first.at + LATER, state=UploadState.READ)
    third = an_upload("u-3", at=first.at + 2 * LATER, source_id="s-1", state=UploadState.FAILED)
    for upload in (second, first, third):
        store.save_upload(upload)
    assert [upload.id for upload in store.uploads()] == ["u-3", "u-2", "u-1"]
    assert [upload.id for upload in store.uploads(states=(UploadState.READ, UploadState.FAILED))] == ["u-3", "u-2"]
    assert [upload.id for upload in store.uploads(source_id="s-1")] == ["u-3", "u-1"]
    assert [upload.id for upload in store.uploads(limit=1)] == ["u-3"]


def test_a_draft_comes_back_exactly_as_it_was_saved(store: IntakeStore) -> None:
    evidence = (
        MetadataEvidence("effective_on", EvidenceKind.TEXT, 3, 9),
        MetadataEvidence("expires_on", EvidenceKind.INFERRED, note="推断"),
    )
    document = a_document(text="第一条 甲\u3000“乙”。\n（一）𠮷野家；\n第二条 施行。", release_on=date(2027, 1, 1), read_by_machine=True)
    draft = a_draft(
        document=document,
        evidence=evidence,
        state=DraftState.PUBLISHED,
        read_by_machine=True,
        text_confirmed_by="王编辑",
        decided_by="李审核",
        decided_at=datetime(2026, 11, 22, 7, 8, 9, tzinfo=UTC),
        decision_reason="无误",
        revision_number=2,
    )
    store.finish_reading(an_upload(state=UploadState.READ), (draft,))
    assert store.draft(draft.id) == draft
    assert store.drafts(DraftFilter()) == (draft,)


def test_finishing_saves_the_upload_with_its_drafts(store: IntakeStore) -> None:
    upload = an_upload(state=UploadState.READ, draft_ids=("d-1", "d-2"))
    store.finish_reading(upload, (a_draft("d-1"), a_draft("d-2")))
    assert store.upload(upload.id) == upload
    assert [draft.id for draft in store.drafts(DraftFilter())] == ["d-1", "d-2"]


def test_reading_again_replaces_the_drafts_that_still_wait(store: IntakeStore) -> None:
    store.finish_reading(an_upload(), (a_draft("d-1"), a_draft("d-2"), a_draft("d-3")))
    store.save_draft(a_draft("d-3", version=2, state=DraftState.PUBLISHED))
    store.finish_reading(an_upload(), (a_draft("d-1", by="再次读取"), a_draft("d-3", by="再次读取")))
    assert [(draft.id, draft.version, draft.by) for draft in store.drafts(DraftFilter())] == [("d-1", 1, "再次读取"), ("d-3", 2, "王编辑")]


def test_drafts_of_another_upload_stay(store: IntakeStore) -> None:
    store.finish_reading(an_upload("u-1"), (a_draft("d-1", upload_id="u-1"),))
    store.finish_reading(an_upload("u-2"), ())
    assert store.count_drafts(DraftFilter()) == 1


def test_a_draft_is_saved_by_whoever_saw_its_newest_version(store: IntakeStore) -> None:
    store.finish_reading(an_upload(), (a_draft(),))
    changed = replace(a_draft(version=2), document=a_document(title="改过的标题", text="第一条 改过的。\n"))
    store.save_draft(changed)
    assert store.draft(changed.id) == changed
    with pytest.raises(DraftChanged):
        store.save_draft(a_draft(version=2, by="晚了一步"))
    assert store.draft(changed.id) == changed


def test_a_draft_that_is_not_there_cannot_be_changed(store: IntakeStore) -> None:
    with pytest.raises(DraftChanged):
        store.save_draft(a_draft(version=2))


def test_a_draft_nobody_knows_is_an_error(store: IntakeStore) -> None:
    with pytest.raises(UnknownDraft):
        store.draft("d-9")


def test_drafts_are_listed_newest_upload_first_and_in_the_order_of_the_file(store: IntakeStore) -> None:
    older, newer = an_upload("u-1"), an_upload("u-2", at=an_upload().at + LATER)
    store.finish_reading(newer, (a_draft("b", upload_id="u-2"), a_draft("a", upload_id="u-2")))
    store.finish_reading(older, (a_draft("c", upload_id="u-1"),))
    assert [draft.id for draft in store.drafts(DraftFilter())] == ["b", "a", "c"]
    assert [draft.id for draft in store.drafts(DraftFilter(limit=1, offset=1))] == ["a"]


def test_drafts_are_found_by_state_upload_document_and_words(store: IntakeStore) -> None:
    one = a_draft("d-1", document=a_document("doc-1", title="示范市居住证管理办法", number="示政发〔2024〕12号"))
    two = a_draft("d-2", document=a_document("doc-2", title="100%减免通知", issuing_authorities=("示范市ABC局",)))
    store.finish_reading(an_upload(), (one, two))
    store.save_draft(replace(two, version=2, state=DraftState.DISCARDED))

    def found(**wanted: object) -> list[str]:
        asked = DraftFilter(**wanted)  # type: ignore[arg-type]
        ids = [draft.id for draft in store.drafts(asked)]
        assert store.count_drafts(asked) == len(ids)
        return ids

    assert found(state=DraftState.WAITING) == ["d-1"]
    assert found(upload_id="u-9") == []
    assert found(document_id="doc-2") == ["d-2"]
    assert found(words="居住证") == ["d-1"]
    assert found(words="〔2024〕12") == ["d-1"]
    assert found(words="abc局") == ["d-2"]
    assert found(words="%") == ["d-2"]
    assert found(words="居住证", state=DraftState.DISCARDED) == []


def test_a_proposal_comes_back_exactly_as_it_was_saved_and_leaves_the_open_ones_once_decided(store: IntakeStore) -> None:
    late, early = a_proposal("r-1", on=date(2026, 2, 1)), a_proposal("r-2", on=date(2026, 1, 1))
    store.save_proposal(late)
    store.save_proposal(early)
    assert store.proposals() == (early, late)
    declined = replace(early, state=ProposalState.DECLINED, decided_by="李审核")
    store.save_proposal(declined)
    assert store.proposals() == (late,)
    assert store.proposals(open_only=False) == (declined, late)
    assert store.proposal("r-2") == declined


def test_a_proposal_nobody_knows_is_an_error(store: IntakeStore) -> None:
    with pytest.raises(UnknownProposal):
        store.proposal("r-9")
