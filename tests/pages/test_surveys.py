"""问卷 as citizens meet it: under an answer, at the end of a hand-over, on a closed order; once, and never in the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

from api.app import create_app
from api.container import Container
from assistant.answer_status import AnswerStatus
from assistant.hotline.models import Contact, Satisfaction
from assistant.surveys.models import SurveyResponse, SurveySubject
from tests.factories import an_answer
from tests.fakes.containers import a_container
from tests.hotline_factories import a_draft

GIVEN = {"grade": "satisfied", "resolved": "yes", "comment": "电话13800138000打不通"}


@pytest.fixture
def container() -> Container:
    return a_container(answers={"停车": an_answer(AnswerStatus.NO_EVIDENCE)})


@pytest.fixture
def client(container: Container) -> TestClient:
    return TestClient(create_app(container), follow_redirects=False)


def ask(client: TestClient, words: str = "居住证怎么办") -> str:
    """The address of the page with the answer."""
    answered = client.post("/ask", data={"message": words})
    assert answered.status_code == 303
    return str(answered.headers["location"])


def survey_on(client: TestClient, address: str) -> object:
    return LexborHTMLParser(client.get(address.partition("#")[0]).text).css_first("survey-form form")


def response_of(container: Container, subject: SurveySubject) -> SurveyResponse:
    (found,) = (each for each in container.insight.surveys.store.responses.values() if each.subject is subject)  # type: ignore[attr-defined]  # the fake shows them
    return found


def test_an_answer_with_evidence_invites_and_nothing_else_does(client: TestClient) -> None:
    assert survey_on(client, ask(client)) is not None
    assert survey_on(client, ask(client, "停车费多少")) is None


def test_the_invitation_is_folded_away_and_every_choice_has_its_label(client: TestClient) -> None:
    page = LexborHTMLParser(client.get(ask(client).partition("#")[0]).text)
    folded = page.css_first("survey-form details")
    assert folded is not None
    assert "open" not in folded.attributes
    assert len(page.css("survey-form fieldset > legend")) == 2
    assert all(choice.parent is not None and choice.parent.tag == "label" for choice in page.css("survey-form input[type=radio]"))
    box = page.css_first("survey-form textarea")
    assert box is not None
    assert page.css_first(f"label[for='{box.attributes['id']}']") is not None


def test_a_conversation_is_rated_once_and_the_comment_is_masked(client: TestClient, container: Container) -> None:
    address = ask(client)
    told = client.post("/answers/a-1/survey", data=GIVEN)
    assert "survey=thanks" in told.headers["location"]
    assert "谢谢您的评价" in client.get(told.headers["location"].partition("#")[0]).text
    kept = response_of(container, SurveySubject.CONVERSATION)
    assert (kept.grade, kept.resolved, kept.comment) == (Satisfaction.SATISFIED, "yes", "电话【手机号】打不通")
    assert survey_on(client, address) is None
    assert "survey=again" in client.post("/answers/a-1/survey", data=GIVEN).headers["location"]


def test_without_a_choice_the_form_stays_open_and_says_what_to_do(client: TestClient) -> None:
    ask(client)
    told = client.post("/answers/a-1/survey", data={"comment": "很好"})
    page = LexborHTMLParser(client.get(told.headers["location"].partition("#")[0]).text)
    assert "请先选择一项" in page.text()
    folded = page.css_first("survey-form details")
    assert folded is not None
    assert "open" in folded.attributes


def test_with_javascript_only_the_outcome_is_sent(client: TestClient) -> None:
    ask(client)
    headers = {"X-Fragment": "1"}
    assert client.post("/answers/a-1/survey", data={}, headers=headers).status_code == 422
    told = client.post("/answers/a-1/survey", data=GIVEN, headers=headers)
    assert (told.status_code, "谢谢" in told.text, "<html" in told.text) == (200, True, False)


def test_a_survey_of_an_unknown_answer_is_not_found(client: TestClient) -> None:
    assert client.post("/answers/nowhere/survey", data=GIVEN).status_code == 404


def test_the_streamed_answer_invites_as_well(client: TestClient) -> None:
    events = client.post("/ask", data={"message": "居住证怎么办"}, headers={"Accept": "text/event-stream"}).text
    assert "survey-form" in events


def test_who_talks_to_a_person_is_asked_there_and_not_twice(client: TestClient, container: Container) -> None:
    address = ask(client)
    handed = client.post("/answers/a-1/handoff").headers["location"]
    assert survey_on(client, address) is None
    handoff_id = handed.rsplit("/", 1)[1]
    claimed = container.handoffs.claim(handoff_id, container.handoffs.get(handoff_id).version, "li.si")
    container.handoffs.close(handoff_id, claimed.version, "li.si")
    assert "您的问题解决了吗" in client.get(handed).text
    assert client.post(f"{handed}/rating", data={"satisfaction": "fair", "resolved": "partly"}).status_code == 303
    kept = response_of(container, SurveySubject.HANDOFF)
    assert (kept.subject_id, kept.grade, kept.resolved) == (handoff_id, None, "partly")
    assert survey_on(client, address) is None


@pytest.fixture
def replied(container: Container) -> tuple[str, Callable[[], None]]:
    """The number of an order with a reply, and what follows it up by telephone and closes it."""
    desk = container.work_orders
    order = desk.submit(a_draft(), Contact("王芳", "13800005678", ""), "li.si").order
    order = desk.dispatch(order.number, order.version, "li.si", "dept-police")
    order = desk.start(order.number, order.version, "li.si")
    order = desk.reply(order.number, order.version, "li.si", "已经停工整改。")

    def close() -> None:
        followed = desk.follow_up(order.number, order.version, "li.si", Satisfaction.SATISFIED)
        desk.close(order.number, followed.version, "li.si")

    return order.number, close


def test_the_rating_of_an_order_asks_whether_it_was_resolved(
    client: TestClient, container: Container, replied: tuple[str, Callable[[], None]]
) -> None:
    known = {"number": replied[0], "suffix": "5678"}
    assert "您的问题解决了吗" in client.post("/progress", data=known).text
    rated = client.post("/progress/rating", data=known | {"satisfaction": "satisfied", "resolved": "yes"}).text
    assert "谢谢您的评价" in rated
    assert "/progress/survey" not in rated
    kept = response_of(container, SurveySubject.ORDER)
    assert (kept.subject_id, kept.grade, kept.resolved) == (replied[0], None, "yes")


def test_a_closed_order_asks_only_what_the_telephone_did_not(
    client: TestClient, container: Container, replied: tuple[str, Callable[[], None]]
) -> None:
    number, close = replied
    close()
    known = {"number": number, "suffix": "5678"}
    page = LexborHTMLParser(client.post("/progress", data=known).text)
    assert page.css_first("form[action='/progress/survey'] input[name=resolved]") is not None
    assert page.css_first("form[action='/progress/survey'] input[name=grade]") is None
    assert client.post("/progress/survey", data=known).status_code == 422
    assert "谢谢您的评价" in client.post("/progress/survey", data=known | {"resolved": "no"}).text
    assert "已经评价过" in client.post("/progress/survey", data=known | {"resolved": "yes"}).text
    assert response_of(container, SurveySubject.ORDER).resolved == "no"


def test_an_order_still_in_work_has_no_survey(client: TestClient, replied: tuple[str, Callable[[], None]]) -> None:
    assert client.post("/progress/survey", data={"number": replied[0], "suffix": "5678", "resolved": "yes"}).status_code == 409


def test_nobody_rates_the_order_of_others(client: TestClient, replied: tuple[str, Callable[[], None]]) -> None:
    replied[1]()
    assert client.post("/progress/survey", data={"number": replied[0], "suffix": "0000", "resolved": "yes"}).status_code == 404
