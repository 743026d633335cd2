"""One policy in the console: its history, what each revision changed; correction, repeal with a successor, restoration, proposals."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi.testclient import TestClient

from api.access.models import Role
from api.container import Container
from api.pages.admin.policy import timeline
from api.policy_reading import read_policy
from knowledge_base.models import ChangeKind
from tests.factories import a_moment, a_revision
from tests.fakes.containers import a_container
from tests.pages.admin.reviewing import NEW, OLD, draft_of, published
from tests.staff_clients import a_staff_client, a_staff_member

POLICY = "/admin/policies/d-residence"


@pytest.fixture
def container() -> Container:
    return a_container()


@pytest.fixture
def client(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))


def correction(container: Container, **changes: str) -> dict[str, str]:
    about = container.documents.latest("d-residence").metadata
    kept = {
        "number": "1",
        "title": about.title,
        "jurisdiction": about.jurisdiction,
        "effective_on": str(about.effective_on),
        "reason": "录入有误",
    }
    return kept | changes


def test_the_page_shows_what_it_is_and_who_changed_it_when_and_why(client: TestClient) -> None:
    page = client.get(POLICY).text
    assert "首次收录" in page
    assert "王编辑" in page
    assert "现行有效" in page
    assert 'href="/policies/d-residence"' in page


def test_a_correction_is_a_revision_with_its_reason_and_can_be_looked_into(client: TestClient, container: Container) -> None:
    assert client.post(f"{POLICY}/edit", data=correction(container, topics="户籍")).headers["location"].startswith(POLICY)
    latest = container.documents.latest("d-residence")
    assert (latest.change.kind, latest.change.by, latest.change.reason, latest.metadata.topics) == (
        ChangeKind.CORRECT,
        "zhang.san",
        "录入有误",
        ("户籍",),
    )
    page = client.get(f"{POLICY}/revisions/2").text
    assert "主题" in page
    assert "户籍" in page
    assert "正文没有变化" in page
    assert ("refresh_index", "") in container.work.submitted


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"reason": " "}, "请写明更正的理由"), ({"title": ""}, "请填写标题"), ({"number": "7"}, "刚刚被别人改过"), ({}, "没有需要保存的改动")],
)
def test_a_correction_that_makes_no_sense_changes_nothing(
    client: TestClient, container: Container, changes: dict[str, str], words: str
) -> None:
    answer = client.post(f"{POLICY}/edit", data=correction(container, **changes))
    assert answer.status_code in {409, 422}
    assert words in answer.text
    assert container.documents.latest("d-residence").number == 1


def test_a_repeal_asks_for_the_successor_by_its_title(client: TestClient, container: Container) -> None:
    page = client.get(f"{POLICY}/repeal?words=助餐&on=2026-11-22&reason=新办法施行").text
    assert 'name="replaced_by" value="d-future"' in page
    assert 'value="新办法施行"' in page
    answer = client.post(f"{POLICY}/repeal", data={"on": "2026-11-22", "reason": "新办法施行", "replaced_by": "d-future"})
    latest = container.documents.latest("d-residence")
    assert answer.status_code == 303
    assert (latest.repealed_on, latest.repealed_by, latest.change.reason) == (date(2026, 11, 22), "d-future", "新办法施行")
    assert "明德区老年人助餐办法" in client.get(POLICY).text
    event = container.audit.events(action="policy_repealed", limit=1)[0]
    assert (event.actor, event.reason) == ("zhang.san", "新办法施行")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"on": "2026-11-22", "reason": ""}, "请写明废止的理由"),
        ({"on": "", "reason": "不用了"}, "请填写废止日期"),
        ({"on": "2020-01-01", "reason": "不用了"}, "早于施行日期"),
    ],
)
def test_a_repeal_without_reason_or_sense_is_refused(client: TestClient, container: Container, form: dict[str, str], words: str) -> None:
    answer = client.post(f"{POLICY}/repeal", data=form)
    assert answer.status_code in {409, 422}
    assert words in answer.text
    assert container.documents.latest("d-residence").repealed_on is None


def test_what_was_repealed_by_mistake_is_restored_with_a_reason(client: TestClient, container: Container) -> None:
    assert "请写明恢复的理由" in client.post("/admin/policies/d-old/restore", data={"reason": ""}).text
    assert client.post("/admin/policies/d-old/restore", data={"reason": "登记错了"}).status_code == 303
    assert container.documents.latest("d-old").repealed_on is None
    assert container.audit.events(action="policy_restored", limit=1)[0].before == "2024-01-01 起废止"


def test_a_repeal_that_a_text_speaks_of_waits_for_one_click(client: TestClient, container: Container) -> None:
    old = published(client, container, OLD)
    new = published(client, container, NEW)
    (proposal,) = container.intake.proposals()
    assert "废止确认（1）" in client.get("/admin/policies").text
    page = client.get("/admin/repeals").text
    assert "《示范市居住证管理办法》（示政发〔2023〕8号）同时废止。" in page
    assert f"/admin/policies/{new.document.document_id}" in page
    assert container.documents.latest(old.document.document_id).repealed_on is None
    assert "去确认" in client.get(f"/admin/policies/{old.document.document_id}").text
    assert client.post(f"/admin/repeals/{proposal.id}/confirm").status_code == 303
    assert container.documents.latest(old.document.document_id).repealed_on == date(2026, 11, 1)
    assert "没有等待确认的废止" in client.get("/admin/repeals").text
    assert client.post(f"/admin/repeals/{proposal.id}/confirm").status_code == 409


def test_a_proposed_repeal_is_declined_with_a_reason(client: TestClient, container: Container) -> None:
    published(client, container, OLD)
    published(client, container, NEW)
    (proposal,) = container.intake.proposals()
    assert client.post(f"/admin/repeals/{proposal.id}/decline", data={"reason": " "}).status_code == 409
    assert client.post(f"/admin/repeals/{proposal.id}/decline", data={"reason": "过渡期内继续有效"}).status_code == 303
    assert container.intake.proposals() == ()


def test_the_original_of_an_uploaded_document_can_be_had_and_of_another_one_it_is_said_why_not(
    client: TestClient, container: Container
) -> None:
    draft = published(client, container, OLD)
    assert client.get(f"/admin/policies/{draft.document.document_id}/original").content == OLD.encode()
    missing = client.get(f"{POLICY}/original")
    assert missing.status_code == 404
    assert "不是从这里上传的" in missing.json()["detail"]


def test_an_amendment_is_uploaded_from_the_page_of_the_document(client: TestClient, container: Container) -> None:
    assert 'href="/admin/uploads?document=d-residence"' in client.get(POLICY).text
    draft = draft_of(client, container, NEW, document="d-residence")
    assert f"/admin/drafts/{draft.id}" in client.get(POLICY).text


def test_the_line_of_editions_holds_all_of_them_and_today() -> None:
    container = a_container(
        revisions=[
            a_revision(effective_on=date(2024, 1, 1), expires_on=date(2030, 1, 1)),
            a_revision(
                number=2,
                edition=2,
                text="第一条 新的。\n",
                kind=ChangeKind.AMEND,
                effective_on=date(2025, 1, 1),
                at=a_moment(date(2025, 1, 1)),
            ),
        ]
    )
    spans, now = timeline(read_policy(container.documents, "d-residence", date(2026, 1, 1)))
    first, second = spans
    assert first.start == 0
    assert first.start + first.width == pytest.approx(second.start)
    assert second.start < now < 100
    assert second.start + second.width == pytest.approx(100)


def test_an_auditor_sees_everything_and_changes_nothing(container: Container) -> None:
    auditor = a_staff_client(container, a_staff_member(container, Role.AUDITOR))
    page = auditor.get(POLICY).text
    assert "更正信息" not in page
    assert "/repeal" not in page
    assert "审计员不能登记废止" in auditor.get(f"{POLICY}/repeal").text
    for act in ("edit", "repeal", "restore"):
        assert auditor.post(f"{POLICY}/{act}", data={"reason": "x", "number": "1"}).status_code == 403
