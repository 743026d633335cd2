"""The dashboard, unanswered questions and hot issues as an administrator and an auditor see them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

from api.access.models import Role
from api.container import Container
from api.finding_issues import find_issues, find_when_due
from api.jobs.background_tasks import background_tasks
from assistant.answer_status import AnswerStatus
from assistant.hotline.models import Satisfaction
from assistant.insight.models import IssueKind
from assistant.surveys.models import SurveySubject
from tests.factories import an_answer, an_answer_record
from tests.fakes.containers import NOW, a_container
from tests.hotline_factories import an_order
from tests.staff_clients import a_staff_client, a_staff_member


@pytest.fixture
def container() -> Container:
    """Three wordings of one unanswered matter, one answer, and an order."""
    made = a_container()
    for number, text in enumerate(("养宠物狗要办证吗", "养宠物狗办证去哪", "养宠物狗要办证吗")):
        ask(made, f"a-{number}", text)
    ask(made, "b-1", "居住证怎么办", AnswerStatus.ANSWERED, "居住证首次申领")
    made.work_orders.intake.store.add(an_order(created_at=NOW))
    return made


def ask(container: Container, name: str, text: str, status: AnswerStatus = AnswerStatus.NO_EVIDENCE, subject: str = "") -> None:
    record = an_answer_record(name, f"c-{name}", text, NOW, an_answer(status), (subject,) if subject else ())
    container.conversations.save(replace(record, question=replace(record.question, jurisdiction="990102")))


def signed_in(container: Container, role: Role = Role.ADMINISTRATOR) -> TestClient:
    return a_staff_client(container, a_staff_member(container, role))


def table_of(page: str, name: str) -> list[list[str]]:
    table = LexborHTMLParser(page).css_first(f"section[aria-labelledby='sheet-{name}'] table")
    assert table is not None
    return [[cell.text(strip=True) for cell in row.css("th, td")] for row in table.css("tr")]


def csv_of(client: TestClient, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def acts(container: Container) -> list[str]:
    return [event.action for event in container.audit.events()]


@pytest.mark.parametrize("name", ["endings", "departments", "satisfaction", "latency", "topics", "classes"])
def test_a_csv_file_holds_what_the_table_shows(container: Container, name: str) -> None:
    container.insight.surveys.answer(SurveySubject.CONVERSATION, "c-1", {"grade": "satisfied"})
    client = signed_in(container)
    shown = table_of(client.get("/admin/insight?days=7").text, name)
    assert [[cell or "—" for cell in row] for row in csv_of(client, f"/admin/insight/{name}.csv?days=7")] == shown
    assert len(shown) > 1


def test_a_chart_is_told_which_columns_of_its_table_to_draw(container: Container) -> None:
    chart = LexborHTMLParser(signed_in(container).get("/admin/insight").text).css_first("insight-chart[data-name='每日提问与结果']")
    assert chart is not None
    assert (chart.attributes["data-kind"], chart.attributes["data-columns"]) == ("lines", "1,2,3,4")
    details = chart.css_first("details")
    assert details is not None
    assert "open" in details.attributes, "without JavaScript the table is what is seen"


def test_the_span_and_the_region_stand_in_the_address(container: Container) -> None:
    client = signed_in(container)
    today = container.today()
    custom = f"/admin/insight/endings.csv?days=custom&first={today - timedelta(days=2)}&last={today}"
    assert [row[:2] for row in csv_of(client, custom)[1:]] == [
        [str(today - timedelta(days=back)), "4" if not back else "0"] for back in (2, 1, 0)
    ]
    assert csv_of(client, f"{custom}&region=990102")[-1][1] == "4"
    assert csv_of(client, f"{custom}&region=990100")[-1][1] == "4", "the districts belong to their city"
    assert csv_of(client, f"{custom}&region=990103")[-1][1] == "0"


@pytest.mark.parametrize(
    "asked", ["first=&last=", "first=2026-01-01&last=2025-01-01", "first=2020-01-01&last=2026-01-01", "first=x&last=y"]
)
def test_an_impossible_span_is_explained(container: Container, asked: str) -> None:
    client = signed_in(container)
    page = client.get(f"/admin/insight?days=custom&{asked}")
    assert (page.status_code, "日期不对" in page.text) == (422, True)
    assert client.get(f"/admin/insight/endings.csv?days=custom&{asked}").status_code == 422


def test_an_unknown_sheet_is_not_found(container: Container) -> None:
    assert signed_in(container).get("/admin/insight/salaries.csv").status_code == 404


def test_an_empty_dashboard_says_what_to_do() -> None:
    page = signed_in(a_container()).get("/admin/insight").text
    assert "还没有提问" in page
    assert "还没有工单" in page
    assert "<insight-chart" not in page


def test_before_the_first_run_the_page_says_how_to_begin(container: Container) -> None:
    client = signed_in(container)
    assert "重新归并" in client.get("/admin/unanswered").text
    assert client.post("/admin/unanswered/refresh").status_code == 303
    assert container.work.submitted == [("find_issues", "unanswered")]  # type: ignore[attr-defined]  # the fake notes it
    container.work.run_waiting(background_tasks_of_insight(container))
    assert "养宠物狗要办证吗" in client.get("/admin/unanswered").text


def background_tasks_of_insight(container: Container) -> dict[str, object]:
    return {"find_issues": background_tasks(container)["find_issues"]}


def test_an_issue_leads_to_a_guide_filled_in_with_what_was_asked(container: Container) -> None:
    find_issues(container)
    page = LexborHTMLParser(signed_in(container).get("/admin/unanswered").text)
    link = next(each.attributes["href"] for each in page.css("a") if each.text() == "写答复")
    assert link is not None
    assert urlsplit(link).path == "/admin/guides/new"
    assert parse_qs(urlsplit(link).query) == {
        "title": ["养宠物狗要办证吗"],
        "question": ["养宠物狗要办证吗", "养宠物狗办证去哪"],
        "department": ["dept-police"],
    }
    assert "3 次" in page.text()
    assert "可能由示范市公安局承办" in page.text()


def test_a_decision_is_kept_with_its_reason_and_noted(container: Container) -> None:
    find_issues(container)
    client, address = signed_in(container), "/admin/unanswered/a-0/decision"
    assert "请写明理由" in client.post(address, data={"state": "ignored", "reason": " "}).text
    assert client.post(address, data={"state": "ignored", "reason": "已转公安局"}).status_code == 303
    assert "养宠物狗" not in client.get("/admin/unanswered").text
    decided = client.get("/admin/unanswered?state=decided").text
    assert "不必处理" in decided
    assert "已转公安局" in decided
    assert client.post("/admin/unanswered/a-0/reopen").status_code == 303
    assert "养宠物狗" in client.get("/admin/unanswered").text
    assert {"question_decided", "question_reopened"} <= set(acts(container))


def test_a_group_that_is_gone_is_explained(container: Container) -> None:
    answer = signed_in(container).post("/admin/unanswered/nowhere/decision", data={"state": "done", "reason": "好了"})
    assert (answer.status_code, "重新归并过" in answer.text) == (404, True)


def test_asking_again_tells_how_it_ends_now(container: Container) -> None:
    find_issues(container)
    before = len(container.insight.figures.store.endings(container.insight.finder._span(7)))
    answer = signed_in(container).post("/admin/unanswered/a-0/check")
    assert answer.status_code == 303
    assert len(container.insight.figures.store.endings(container.insight.finder._span(7))) == before


def test_exports_of_messages_are_noted_and_safe_in_a_spreadsheet() -> None:
    container = a_container()
    ask(container, "a-1", "=HYPERLINK(1)")
    find_issues(container)
    client = signed_in(container)
    assert csv_of(client, "/admin/unanswered/export.csv")[1][0] == "'=HYPERLINK(1)"
    csv_of(client, "/admin/hot-issues/export.csv")
    assert {"questions_exported", "hot_issues_exported"} <= set(acts(container))


def test_hot_issues_show_what_was_written_where_and_how_it_grows() -> None:
    container = a_container()
    for number, days_ago in enumerate((1, 2, 3, 40)):
        container.work_orders.intake.store.add(an_order(f"GD-{number}", created_at=NOW - timedelta(days=days_ago)))
    find_issues(container)
    client = signed_in(container)
    page = client.get("/admin/hot-issues").text
    for words in ("幸福路夜间施工噪声扰民", "比前一期多 2", "明德区幸福路口（3）"):
        assert words in page
    assert table_of(page, "hot")[1] == ["幸福路夜间施工噪声扰民", "3", "1"]
    assert client.get("/admin/hot-issues?source=orders").text.count("issue__title") == 1


def test_an_auditor_looks_and_changes_nothing(container: Container) -> None:
    find_issues(container)
    client = signed_in(container, Role.AUDITOR)
    for address in ("/admin/insight", "/admin/unanswered", "/admin/hot-issues"):
        page = client.get(address)
        assert page.status_code == 200
        forms = [form.attributes.get("action") for form in LexborHTMLParser(page.text).css("form[method=post]")]
        assert forms == ["/sign-out"]
        assert "写答复" not in page.text
    for address in ("unanswered/refresh", "unanswered/a-0/check", "unanswered/a-0/reopen", "hot-issues/refresh"):
        assert client.post(f"/admin/{address}").status_code == 403
    assert client.post("/admin/unanswered/a-0/decision", data={"state": "done", "reason": "x"}).status_code == 403


def test_every_night_it_is_handed_to_the_background_once(container: Container) -> None:
    assert find_when_due(container) == 1
    assert "未答问题：3条归为1组" in find_issues(container)
    assert find_when_due(container) == 0
    assert container.insight.board.report(IssueKind.HOT) is not None


def test_grades_and_comments_of_surveys_stand_on_the_dashboard(container: Container) -> None:
    container.insight.surveys.answer(SurveySubject.CONVERSATION, "c-1", {"grade": "fair", "comment": "窗口几点下班没写"})
    page = signed_in(container).get("/admin/insight").text
    assert "窗口几点下班没写" in page
    assert Satisfaction.FAIR.label in page
