"""From a received file to drafts: what is taken, what comes out, what an interruption leaves."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from knowledge_base.errors import StoreUnavailable, UnreadableDocument
from knowledge_base.intake.errors import FileRefused
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.intake.models import DraftFilter, EvidenceKind, UploadState
from knowledge_base.intake.reception import plain_name
from tests.factories import a_revision
from tests.fakes.containers import REGIONS
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.intake import memory_intake
from tests.fakes.safe_reader import InProcessReader

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TEXT = (
    "示范市居住证管理办法\n示政发〔2024〕12号\n第一条 申领居住证，应当提交身份证明。\n"
    "第二条 本办法自2024年3月1日起施行，有效期5年。《示范市暂住证管理办法》同时废止。\n示范市人民政府\n2024年1月8日\n"
)


@pytest.fixture
def desk() -> IntakeDesk:
    return memory_intake(MemoryDocumentStore(), REGIONS, lambda: NOW)


def received(desk: IntakeDesk, content: str | bytes, name: str = "办法.txt", **about: str) -> str:
    content = content.encode() if isinstance(content, str) else content
    return desk.receive(name, io.BytesIO(content), by="王编辑", **about).id


def zipped(**files: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_file_that_is_received_waits_and_is_not_read_yet(desk: IntakeDesk) -> None:
    upload = desk.upload(received(desk, TEXT, origin="https://www.shifan.example/a", source_id="s-1"))
    assert (upload.state, upload.name, upload.size, upload.by) == (UploadState.WAITING, "办法.txt", len(TEXT.encode()), "王编辑")
    assert (upload.origin, upload.source_id) == ("https://www.shifan.example/a", "s-1")
    assert desk.unfinished() == (upload,)
    assert desk.count_drafts(DraftFilter()) == 0


@pytest.mark.parametrize(("name", "content"), [("a.exe", b"MZ"), ("a", b"x"), ("空.txt", b"")])
def test_what_nobody_reads_and_what_is_empty_is_refused(desk: IntakeDesk, name: str, content: bytes) -> None:
    with pytest.raises(FileRefused):
        desk.receive(name, io.BytesIO(content), by="王编辑")
    assert desk.uploads() == ()


def test_a_file_that_is_too_large_is_refused(desk: IntakeDesk) -> None:
    with pytest.raises(FileRefused, match="上限"):
        desk.receive("大.txt", io.BytesIO(b"x" * (21 << 20)), by="王编辑")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("C:\\文件\\办法.docx", "办法.docx"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("办法\u202efdp.txt", "办法fdp.txt"),
        ("a\x00b\n.txt", "ab.txt"),
        ("///", "未命名"),
    ],
)
def test_a_name_is_its_last_part_without_hidden_characters(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_a_very_long_name_keeps_its_ending() -> None:
    assert len(plain_name("长" * 400 + ".docx")) <= 200
    assert plain_name("长" * 400 + ".docx").endswith(".docx")


def test_reading_gives_a_draft_with_its_metadata(desk: IntakeDesk) -> None:
    upload = desk.read(received(desk, TEXT))
    assert (upload.state, len(upload.draft_ids)) == (UploadState.READ, 1)
    draft = desk.draft(upload.draft_ids[0])
    assert (draft.metadata.title, draft.metadata.document_number) == ("示范市居住证管理办法", "示政发〔2024〕12号")
    assert desk.unfinished() == ()


def test_every_filled_field_says_where_it_comes_from(desk: IntakeDesk) -> None:
    draft = desk.draft(desk.read(received(desk, TEXT)).draft_ids[0])
    words = {item.field: draft.document.text[item.start : item.end] for item in draft.evidence if item.kind is EvidenceKind.TEXT}
    assert words == {
        "title": "示范市居住证管理办法",
        "document_number": "示政发〔2024〕12号",
        "issuing_authorities": "示范市人民政府\n2024年1月8日",
        "jurisdiction": "示范市人民政府\n2024年1月8日",
        "signed_on": "2024年1月8日",
        "effective_on": "自2024年3月1日起施行",
        "expires_on": "有效期5年",
        "repeals": "《示范市暂住证管理办法》同时废止。",
    }


def test_what_the_file_states_and_what_is_inferred_is_told_apart(desk: IntakeDesk) -> None:
    line = json.dumps({"_id": "x-1", "title": "某某办法", "text": "第一条 甲。\n", "metadata": {"date": "2024-02-03"}}, ensure_ascii=False)
    draft = desk.draft(desk.read(received(desk, line, "a.jsonl")).draft_ids[0])
    kinds = {item.field: (item.kind, bool(item.note)) for item in draft.evidence}
    assert kinds["published_on"] == (EvidenceKind.FILE, True)
    assert kinds["effective_on"] == (EvidenceKind.INFERRED, True)


def test_reading_again_changes_nothing(desk: IntakeDesk) -> None:
    upload_id = received(desk, TEXT)
    first = desk.read(upload_id)
    drafts = desk.drafts(DraftFilter())
    assert desk.read(upload_id) == first
    assert desk.drafts(DraftFilter()) == drafts


def test_a_file_that_cannot_be_read_fails_with_the_reason(desk: IntakeDesk) -> None:
    upload = desk.read(received(desk, b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "坏.doc"))
    assert upload.state is UploadState.FAILED
    assert upload.reason
    assert upload == desk.upload(upload.id)


def test_an_original_that_is_gone_fails_the_upload(desk: IntakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_self: object, _digest: str) -> None:
        raise UnreadableDocument("x", "原件已不在服务器上。请重新上传这个文件。")

    upload_id = received(desk, TEXT)
    monkeypatch.setattr(type(desk.reading.originals), "path", gone)
    assert "重新上传" in desk.read(upload_id).reason


def test_a_reader_that_breaks_fails_the_upload_and_a_second_reading_may_succeed(desk: IntakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = received(desk, TEXT)
    with monkeypatch.context() as broken:
        broken.setattr(InProcessReader, "read", lambda *_: 1 / 0)
        assert desk.read(upload_id).state is UploadState.FAILED
    assert desk.read(upload_id).state is UploadState.READ


def test_a_store_that_is_away_leaves_the_upload_unfinished(desk: IntakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("磁盘空间已满。")

    upload_id = received(desk, TEXT)
    with monkeypatch.context() as full:
        full.setattr(type(desk.store), "finish_reading", away)
        with pytest.raises(StoreUnavailable):
            desk.read(upload_id)
    assert [upload.state for upload in desk.unfinished()] == [UploadState.READING]
    assert desk.read(upload_id).state is UploadState.READ
    assert desk.count_drafts(DraftFilter()) == 1


def test_one_document_of_a_file_that_makes_no_sense_does_not_stop_the_others(desk: IntakeDesk) -> None:
    good = {"_id": "a", "title": "甲办法", "text": "第一条 甲。\n"}
    bad = {"_id": "b", "title": "乙办法", "text": "第一条 乙。\n", "metadata": {"region": "不存在的地方"}}
    upload = desk.read(received(desk, "\n".join(json.dumps(line, ensure_ascii=False) for line in (bad, good)), "a.jsonl"))
    assert [draft.metadata.title for draft in desk.drafts(DraftFilter())] == ["甲办法"]
    assert any("不存在的地方" in warning for warning in upload.warnings)


def test_a_document_that_says_nothing_new_is_told_and_makes_no_draft(desk: IntakeDesk) -> None:
    draft = desk.draft(desk.read(received(desk, TEXT)).draft_ids[0])
    desk.publish(draft.id, draft.version, "李审核", "无误")
    again = desk.read(received(desk, TEXT))
    assert (again.state, again.draft_ids) == (UploadState.READ, ())
    assert "内容没有变化" in again.warnings[0]


def test_the_same_document_in_two_files_makes_one_draft_and_is_told(desk: IntakeDesk) -> None:
    desk.read(received(desk, TEXT, "甲.txt"))
    again = desk.read(received(desk, TEXT.replace("\n", "\r\n\r\n"), "乙.md"))
    assert again.draft_ids == ()
    assert "“甲.txt”" in again.warnings[0]


def test_two_readings_of_one_document_that_differ_both_wait_and_say_so(desk: IntakeDesk) -> None:
    desk.read(received(desk, TEXT, "甲.txt"))
    other = desk.read(received(desk, TEXT.replace("身份证明", "身份证件"), "乙.txt"))
    assert len(other.draft_ids) == 1
    assert "不完全相同" in other.warnings[0]


def test_a_person_may_say_which_document_a_file_is_the_new_text_of(desk: IntakeDesk) -> None:
    draft = desk.draft(desk.read(received(desk, TEXT, document_id="d-known")).draft_ids[0])
    assert draft.document.document_id == "d-known"


def test_what_a_new_text_does_not_say_of_a_known_document_stays(desk: IntakeDesk) -> None:
    address = "https://www.shifan.example/1"
    desk.catalog.store.add(a_revision("d-known", topics=("卫生",), source_url=address, is_demonstration=True))
    metadata = desk.draft(desk.read(received(desk, TEXT, document_id="d-known")).draft_ids[0]).metadata
    assert (metadata.topics, metadata.source_url, metadata.is_demonstration) == (("卫生",), address, True)


def test_an_archive_becomes_an_upload_for_every_file_inside(desk: IntakeDesk) -> None:
    content = zipped(**{"甲/办法.txt": TEXT, "乙/通知.md": "# 某某通知\n\n一、甲。\n", "程序.exe": b"MZ"})
    archive = desk.read(received(desk, content, "全部.zip"))
    assert (archive.state, len(archive.draft_ids)) == (UploadState.READ, 2)
    assert any("程序.exe" in warning for warning in archive.warnings)
    names = {upload.name: upload.origin for upload in desk.uploads() if upload.id != archive.id}
    assert names == {"办法.txt": "全部.zip/甲/办法.txt", "通知.md": "全部.zip/乙/通知.md"}


def test_an_archive_read_again_after_an_interruption_holds_every_file_once(desk: IntakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = received(desk, zipped(**{"甲.txt": TEXT, "乙.txt": "某某通知\n一、甲。\n"}), "全部.zip")
    read, cut_off = InProcessReader.read, []

    def killed(self: InProcessReader, *about: object) -> object:
        cut_off.append(1)
        if len(cut_off) == 2:
            raise KeyboardInterrupt
        return read(self, *about)  # type: ignore[arg-type]

    with monkeypatch.context() as interrupted:
        interrupted.setattr(InProcessReader, "read", killed)
        with pytest.raises(KeyboardInterrupt):
            desk.read(upload_id)
    assert [upload.id for upload in desk.unfinished()] == [upload_id]
    desk.read(upload_id)
    assert desk.count_drafts(DraftFilter()) == 2
    assert len(desk.uploads()) == 3


def test_an_archive_of_which_nothing_can_be_read_fails(desk: IntakeDesk) -> None:
    archive = desk.read(received(desk, zipped(**{"a.exe": b"MZ"}), "全部.zip"))
    assert archive.state is UploadState.FAILED
    assert "压缩包" in archive.reason
