"""Rating answers in the console: the list, one answer, and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.access.models import Role
from api.container import Container
from api.forgetting import forget_conversation
from assistant.answer_status import AnswerStatus
from assistant.models import SearchTrace, TracedPassage
from assistant.ratings.models import RatedCase
from tests.factories import an_answer, an_answer_record
from tests.fakes.containers import NOW, a_container
from tests.fakes.rating_store import MemoryCases
from tests.staff_clients import a_staff_client, a_staff_member

PAGE = "/admin/ratings"
FULL = {"sentences": "1", "citations": "1", "sentence-1": "100", "citation-1": "25", "comment": "很好，我的电话13800138000"}


@pytest.fixture
def container() -> Container:
    container = a_container()
    found = SearchTrace("990100", NOW.date(), (TracedPassage("d-residence.e1#第二条", 1.0, 1.0, 1.0),))
    container.conversations.save(replace(an_answer_record("a-1", asked_at=NOW), search=found))
    refused = an_answer(AnswerStatus.NO_EVIDENCE)
    refused = replace(refused, blocks=(), citations=(), text="没有找到依据。")
    container.conversations.save(an_answer_record("a-2", "c-2", "外星人落户", NOW - timedelta(days=1), refused))
    return container


def as_(container: Container, role: Role, name: str = "li.si") -> TestClient:
    return a_staff_client(container, a_staff_member(container, role, name=name))


def main_of(client: TestClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.text.split("<main")[1]


def test_the_list_says_what_is_rated_and_by_whom(container: Container) -> None:
    supervisor = as_(container, Role.SUPERVISOR)
    supervisor.post(f"{PAGE}/a-1", data=FULL)
    page = main_of(supervisor, PAGE)
    assert "100.0 分" in page
    assert "1 人，含我" in page
    assert "没有评过" in page
    assert "外星人落户" not in main_of(supervisor, f"{PAGE}?who=mine")
    assert "居住证怎么办" not in main_of(supervisor, f"{PAGE}?who=unrated")
    assert "外星人落户" in main_of(supervisor, f"{PAGE}?status=no_evidence&day=2026-11-21")
    assert "没有这样的答复" in main_of(supervisor, f"{PAGE}?status=no_evidence&day=2026-11-22")


def test_a_rating_is_kept_masked_noted_and_shown(container: Container) -> None:
    supervisor = as_(container, Role.SUPERVISOR)
    answer = supervisor.post(f"{PAGE}/a-1", data=FULL)
    assert answer.status_code == 303
    (rating,) = container.ratings.store.of("a-1")
    assert (rating.by, rating.sentences, rating.citations, rating.comment) == ("li.si", (100,), (25,), "很好，我的电话【手机号】")
    noted = container.audit.events(limit=1)[0]
    assert (noted.action, noted.subject, noted.after) == ("answer_rated", "a-1", "100 分")
    page = main_of(supervisor, f"{PAGE}/a-1")
    assert "您给了 100.0 分" in page
    assert page.count("checked") >= 2


def test_a_form_with_something_open_comes_back_with_what_was_chosen(container: Container) -> None:
    supervisor = as_(container, Role.SUPERVISOR)
    answer = supervisor.post(f"{PAGE}/a-1", data={**FULL, "citation-1": ""})
    assert answer.status_code == 422
    assert "还有 1 处没有评分" in answer.text
    assert 'name="sentence-1" value="100" required checked' in answer.text
    assert container.ratings.store.history("a-1") == ()


def test_a_page_that_is_out_of_date_is_refused(container: Container) -> None:
    answer = as_(container, Role.SUPERVISOR).post(f"{PAGE}/a-1", data={**FULL, "sentences": "2"})
    assert answer.status_code == 409
    assert "变了" in answer.text


def test_how_a_refusal_ended_is_what_is_rated(container: Container) -> None:
    supervisor = as_(container, Role.SUPERVISOR)
    assert "没有作答，结果是：没有找到依据" in main_of(supervisor, f"{PAGE}/a-2")
    supervisor.post(f"{PAGE}/a-2", data={"sentences": "1", "citations": "0", "sentence-1": "80"})
    assert [rating.sentences for rating in container.ratings.store.of("a-2")] == [(80,)]


def test_whoever_rates_has_not_seen_what_others_gave(container: Container) -> None:
    as_(container, Role.SUPERVISOR).post(f"{PAGE}/a-1", data=FULL)
    other = as_(container, Role.ADMINISTRATOR, "wang.wu")
    assert "评过的</h2>" not in main_of(other, f"{PAGE}/a-1")
    other.post(f"{PAGE}/a-1", data=FULL)
    assert "评过的</h2>" in main_of(other, f"{PAGE}/a-1")


def test_two_raters_see_how_far_they_agree(container: Container) -> None:
    as_(container, Role.SUPERVISOR).post(f"{PAGE}/a-1", data=FULL)
    other = as_(container, Role.ADMINISTRATOR, "wang.wu")
    other.post(f"{PAGE}/a-1", data={**FULL, "sentence-1": "0"})
    assert "评分人之间一致：50%" in main_of(other, f"{PAGE}/a-1")


def test_an_auditor_looks_and_changes_nothing(container: Container) -> None:
    auditor = as_(container, Role.AUDITOR)
    page = main_of(auditor, f"{PAGE}/a-1")
    assert "提交评分" not in page
    assert "以审计员身份查看" in page
    assert auditor.post(f"{PAGE}/a-1", data=FULL).status_code == 403


def test_a_supervisor_sees_nothing_else_of_the_console(container: Container) -> None:
    page = main_of(as_(container, Role.SUPERVISOR), PAGE)
    assert 'href="/admin/ratings"' in page
    assert 'href="/admin/policies"' not in page
    assert 'href="/admin"' not in page
    assert "审计员身份" not in page


def test_a_random_answer_is_one_that_nobody_rated(container: Container) -> None:
    supervisor = as_(container, Role.SUPERVISOR)
    supervisor.post(f"{PAGE}/a-1", data=FULL)
    assert supervisor.get(f"{PAGE}/sample").headers["location"] == f"{PAGE}/a-2"
    supervisor.post(f"{PAGE}/a-2", data={"sentences": "1", "citations": "0", "sentence-1": "100"})
    assert supervisor.get(f"{PAGE}/sample").headers["location"].startswith(f"{PAGE}?done=")


def test_a_full_score_becomes_a_case_as_it_is(container: Container) -> None:
    supervisor = as_(container, Role.SUPERVISOR)
    supervisor.post(f"{PAGE}/a-1", data=FULL)
    page = main_of(supervisor, f"{PAGE}/a-1")
    assert 'value="d-residence#第一条" checked' in page
    assert 'value="answered" selected' in page
    answer = supervisor.post(f"{PAGE}/a-1/case", data={"expect": "answered", "label": ["d-residence#第一条"]})
    assert answer.status_code == 303
    assert cases_of(container)["a-1"][1].provisions == ("d-residence#第一条",)
    assert container.audit.events(limit=1)[0].action == "answer_case_added"
    assert "作为用例 rated-0001" in main_of(supervisor, f"{PAGE}/a-1")


def test_a_wrong_answer_is_no_case_until_the_right_provisions_are_chosen(container: Container) -> None:
    supervisor = as_(container, Role.SUPERVISOR)
    supervisor.post(f"{PAGE}/a-1", data={**FULL, "sentence-1": "0", "citation-1": "0"})
    page = main_of(supervisor, f"{PAGE}/a-1")
    assert "checked" not in page.split("<legend>应当依据的条款")[1]
    assert 'value="d-residence#第二条"' in page
    assert "《示范市居住证管理办法》第二条" in page
    refused = supervisor.post(f"{PAGE}/a-1/case", data={"expect": "answered"})
    assert refused.status_code == 422
    assert "以后再来" in refused.text
    assert cases_of(container) == {}
    supervisor.post(f"{PAGE}/a-1/case", data={"expect": "answered", "others": "guide-residence\n"})
    assert cases_of(container)["a-1"][1].guides == ("guide-residence",)


def test_deleting_a_conversation_takes_its_case_along(container: Container) -> None:
    supervisor = as_(container, Role.SUPERVISOR)
    supervisor.post(f"{PAGE}/a-2", data={"sentences": "1", "citations": "0", "sentence-1": "100"})
    supervisor.post(f"{PAGE}/a-2/case", data={"expect": "no_evidence"})
    assert "a-2" in cases_of(container)
    forget_conversation(container, "a-2", "wang.wu", "市民要求")
    assert cases_of(container) == {}


def test_the_replay_of_an_answer_leads_to_its_rating(container: Container) -> None:
    administrator = as_(container, Role.ADMINISTRATOR)
    assert f'href="{PAGE}/a-1"' in main_of(administrator, "/admin/audit/answers/a-1")
    assert administrator.get(f"{PAGE}/nowhere").status_code == 404


def cases_of(container: Container) -> dict[str, tuple[str, RatedCase]]:
    assert isinstance(container.ratings.cases, MemoryCases)
    return container.ratings.cases.written
