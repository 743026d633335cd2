"""Review of drafts: the source beside what was read from it, corrections, publication now or later, several at once, discarding."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from fastapi.testclient import TestClient

from api.access.models import Role
from api.container import Container
from knowledge_base.intake.models import DraftState
from knowledge_base.models import ParsedText
from tests.fakes.containers import a_container
from tests.pages.admin.reviewing import NEW, OLD, UNDATED, draft_of, hand_in, published, typed
from tests.staff_clients import a_staff_client, a_staff_member


@pytest.fixture
def container() -> Container:
    return a_container(revisions=())


@pytest.fixture
def client(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))


def test_source_and_metadata_stand_beside_each_other_with_ways_to_and_fro(client: TestClient, container: Container) -> None:
    page = client.get(f"/admin/drafts/{draft_of(client, container, NEW).id}").text
    assert 'id="place-effective_on" href="#field-effective_on"' in page
    assert 'href="#place-effective_on">在正文中查看' in page
    assert "<mark>自2026年11月1日起施行</mark>" in page
    assert 'href="#第一条"' in page
    assert 'id="第一条"' in page
    assert "《示范市居住证管理办法》（示政发〔2023〕8号）" in page


def test_text_from_a_file_is_shown_as_text(client: TestClient, container: Container) -> None:
    page = client.get(f"/admin/drafts/{draft_of(client, container, OLD.replace('身份证明', '<script>alert(1)</script>')).id}").text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_a_correction_is_saved_and_shown_as_made_by_a_person(client: TestClient, container: Container) -> None:
    draft = draft_of(client, container, UNDATED)
    answer = client.post(
        f"/admin/drafts/{draft.id}", data=typed(draft, effective_on="2026-03-01", expires_on="2026-12-31", jurisdiction="明德区")
    )
    assert answer.status_code == 303
    about = container.intake.draft(draft.id).metadata
    assert (about.effective_on, about.effective_on_inferred, about.expires_on) == (date(2026, 3, 1), False, date(2027, 1, 1))
    assert about.jurisdiction == "990102"
    page = client.get(f"/admin/drafts/{draft.id}").text
    assert "请补填施行日期" not in page
    assert "人工填写" in page
    assert 'value="2026-12-31"' in page
    assert "施行日期" in container.audit.events(action="draft_corrected", limit=1)[0].after


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("effective_on", "2026-02-30", "确有这一天"),
        ("jurisdiction", "无此地", "没有这个地区"),
        ("title", " ", "请填写标题"),
        ("source_url", "javascript:alert(1)", "http://"),
        ("expires_on", "2020-01-01", "失效日期不晚于施行日期"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_lost(
    client: TestClient, container: Container, field: str, value: str, words: str
) -> None:
    draft = draft_of(client, container, OLD)
    answer = client.post(f"/admin/drafts/{draft.id}", data=typed(draft, topics="户籍", **{field: value}))
    assert answer.status_code in {409, 422}
    assert words in answer.text
    assert 'value="户籍"' in answer.text
    assert container.intake.draft(draft.id).version == draft.version


def test_publishing_saves_what_was_typed_first_and_asks_for_the_index(client: TestClient, container: Container) -> None:
    draft = published(client, container, OLD, topics="户籍、居住证", reason="市局来文")
    revision = container.documents.latest(draft.document.document_id)
    assert draft.state is DraftState.PUBLISHED
    assert revision.metadata.topics == ("户籍", "居住证")
    assert (revision.change.by, revision.change.reason) == ("zhang.san", "市局来文")
    assert ("refresh_index", "") in container.work.submitted
    assert container.audit.events(action="policy_published", limit=1)[0].reason == "市局来文"


def test_a_document_published_for_a_later_day_is_hidden_from_citizens(client: TestClient, container: Container) -> None:
    draft = published(client, container, OLD, release_on="2026-12-01")
    assert container.audit.events(limit=1)[0].action == "policy_scheduled"
    assert client.get(f"/policies/{draft.document.document_id}").status_code == 404
    assert draft.metadata.title not in client.get("/policies").text
    assert "2026年12月1日公开" in client.get("/admin/policies?note=scheduled").text


def test_the_second_of_two_reviewers_is_told_and_overwrites_nothing(client: TestClient, container: Container) -> None:
    draft = draft_of(client, container, OLD)
    client.post(f"/admin/drafts/{draft.id}", data=typed(draft, topics="户籍"))
    answer = client.post(f"/admin/drafts/{draft.id}", data=typed(draft, topics="养老"))
    assert answer.status_code == 409
    assert "刚刚被别人改过" in answer.text
    assert container.intake.draft(draft.id).metadata.topics == ("户籍",)


def test_a_published_draft_cannot_be_published_again(client: TestClient, container: Container) -> None:
    draft = published(client, container, OLD)
    answer = client.post(f"/admin/drafts/{draft.id}", data=typed(draft, act="publish"))
    assert answer.status_code == 409
    assert container.documents.revision_count() == 1


def test_a_draft_is_discarded_with_a_reason_only(client: TestClient, container: Container) -> None:
    draft = draft_of(client, container, OLD)
    address = f"/admin/drafts/{draft.id}/discard"
    assert "请写明放弃的理由" in client.post(address, data={"version": "1", "reason": " "}).text
    assert client.post(address, data={"version": "1", "reason": "传错了"}).status_code == 303
    assert container.intake.draft(draft.id).state is DraftState.DISCARDED


def test_text_read_by_a_machine_is_marked_until_somebody_confirms_it(client: TestClient, container: Container) -> None:
    draft = draft_of(client, container, OLD)
    container.intake.store.save_draft(
        replace(
            draft, version=2, read_by_machine=True, document=replace(draft.document, metadata=replace(draft.metadata, read_by_machine=True))
        )
    )
    assert "还没有人与原件核对" in client.get(f"/admin/drafts/{draft.id}").text
    assert client.post(f"/admin/drafts/{draft.id}/confirm", data={"version": "2"}).status_code == 303
    assert "张三已将识别出的文字与原件核对" in client.get(f"/admin/drafts/{draft.id}").text


def test_the_changes_against_the_present_revision_are_told_in_words_too(client: TestClient, container: Container) -> None:
    first = published(client, container, OLD)
    page = client.get(f"/admin/drafts/{draft_of(client, container, NEW, document=first.document.document_id).id}").text
    assert "与现有版本相比" in page
    assert "＋ 新增" in page
    assert "－ 删去" in page
    assert "示政发〔2026〕20号" in page


def test_one_goes_on_to_the_next_draft_that_waits(client: TestClient, container: Container) -> None:
    for text, name in ((OLD, "1.txt"), (NEW, "2.txt"), (UNDATED, "3.txt")):
        draft_of(client, container, text, name)
    # In the order of the list: uploads of one moment stand in any.
    first, middle, last = (container.intake.draft(upload.draft_ids[0]) for upload in container.intake.uploads())
    client.post(f"/admin/drafts/{middle.id}/discard", data={"version": "1", "reason": "不要"})
    assert f'rel="next" href="/admin/drafts/{last.id}"' in client.get(f"/admin/drafts/{first.id}").text
    assert f'rel="prev" href="/admin/drafts/{first.id}"' in client.get(f"/admin/drafts/{last.id}").text


def test_only_drafts_without_doubts_can_be_published_together(client: TestClient, container: Container) -> None:
    clear, doubtful = draft_of(client, container, OLD, "甲.txt"), draft_of(client, container, UNDATED, "乙.txt")
    page = client.get("/admin/drafts?state=waiting").text
    assert f'value="{clear.id} 1"' in page
    assert f'value="{doubtful.id} 1"' not in page
    chosen = {"draft": [f"{clear.id} 1", f"{doubtful.id} 1"]}
    preview = client.post("/admin/drafts", data=chosen)
    assert "确认发布 1 份文件" in preview.text
    assert container.documents.revision_count() == 0
    answer = client.post("/admin/drafts", data=chosen | {"confirmed": "yes"})
    page = client.get(answer.headers["location"]).text
    assert "发布了 1 份" in page
    assert "没有发布 1 份" in page
    assert container.intake.draft(doubtful.id).state is DraftState.WAITING


def test_publishing_several_passes_over_what_was_changed_meanwhile(client: TestClient, container: Container) -> None:
    draft = draft_of(client, container, OLD)
    client.post(f"/admin/drafts/{draft.id}", data=typed(draft, topics="户籍"))
    client.post("/admin/drafts", data={"draft": [f"{draft.id} 1"], "confirmed": "yes"})
    assert container.intake.draft(draft.id).state is DraftState.WAITING


def test_the_original_is_a_download_that_no_browser_renders(client: TestClient, container: Container) -> None:
    upload = hand_in(client, container, OLD, "坏<b>.html.txt")
    answer = client.get(f"/admin/drafts/{upload.draft_ids[0]}/original")
    assert answer.content == OLD.encode()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_an_auditor_reads_a_draft_and_can_change_nothing(client: TestClient, container: Container) -> None:
    draft = draft_of(client, container, OLD)
    auditor = a_staff_client(container, a_staff_member(container, Role.AUDITOR, name="shen.ji"))
    page = auditor.get(f"/admin/drafts/{draft.id}").text
    assert "readonly" in page
    assert "保存并发布" not in page
    assert auditor.post(f"/admin/drafts/{draft.id}", data=typed(draft, act="publish")).status_code == 403


def test_a_long_document_is_shown_whole(client: TestClient, container: Container) -> None:
    text = "示范市长篇办法\n" + "".join(f"第{number}条 {'各单位应当遵守下列规定。' * 12}\n" for number in map(_chinese, range(1, 1000)))
    assert len(ParsedText(text).text) > 140_000
    page = client.get(f"/admin/drafts/{draft_of(client, container, text).id}").text
    assert page.count('class="source__block') >= 999
    assert len(page) < 8 * len(text)


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    said = (digits[hundreds] + "百" if hundreds else "") + ("零" if hundreds and not tens and ones else "")
    said += (("" if tens == 1 and not hundreds else digits[tens]) + "十" if tens else "") + (digits[ones] if ones else "")
    return said
