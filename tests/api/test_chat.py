"""Questions and answers over JSON and as server-sent events."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from assistant.models import FeedbackKind
from tests.fakes.containers import NOW, a_container

Clients = Callable[..., TestClient]


def events(text: str) -> list[tuple[str, object]]:
    found = []
    for event in text.replace("\r\n", "\n").strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in event.splitlines() if not line.startswith(":"))
        found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_an_answer_carries_its_citations_word_for_word(client: TestClient) -> None:
    answer = client.post("/api/v1/chat", json={"message": "居住证怎么办？"}).json()
    assert answer["status"] == "answered"
    citation = answer["citations"][0]
    assert citation["quote"] in answer["text"]
    assert (citation["title"], citation["document_number"], citation["provision"]) == (
        "示范市居住证管理办法",
        "示政发〔2023〕8号",
        "第一条",
    )
    assert citation["validity"] == "in_force"


def test_the_region_may_be_a_name_and_the_day_may_be_given() -> None:
    container = a_container()
    client = TestClient(create_app(container))
    client.post("/api/v1/chat", json={"message": "居住证", "region": "示范市明德区", "as_of": "2023-12-31"})
    asked = container.assistant().asked[0]  # type: ignore[attr-defined]  # the scripted assistant remembers
    assert (asked.jurisdiction, asked.as_of.isoformat()) == ("990102", "2023-12-31")


def test_without_region_and_day_it_is_the_configured_region_and_today_in_china() -> None:
    container = a_container()
    TestClient(create_app(container)).post("/api/v1/chat", json={"message": "居住证"})
    asked = container.assistant().asked[0]  # type: ignore[attr-defined]  # the scripted assistant remembers
    assert (asked.jurisdiction, asked.as_of, asked.asked_at) == ("990100", NOW.date(), NOW)


def test_a_service_configured_for_no_region_searches_all() -> None:
    container = a_container(region="", demonstration=False)
    TestClient(create_app(container)).post("/api/v1/chat", json={"message": "居住证"})
    assert container.assistant().asked[0].jurisdiction is None  # type: ignore[attr-defined]  # the scripted assistant remembers


def test_a_follow_up_stays_in_its_conversation(client: TestClient) -> None:
    first = client.post("/api/v1/chat", json={"message": "居住证怎么办？"}).json()
    second = client.post("/api/v1/chat", json={"message": "那要多少钱？", "conversation_id": first["conversation_id"]}).json()
    assert second["conversation_id"] == first["conversation_id"]
    assert second["answer_id"] != first["answer_id"]


def test_an_empty_question_is_an_ending_with_a_sentence_not_an_error(client: TestClient) -> None:
    response = client.post("/api/v1/chat", json={"message": ""})
    assert response.status_code == 200
    assert response.json()["status"] == "empty_question"
    assert "请先输入" in response.json()["text"]


def test_events_come_in_order_and_the_last_holds_the_whole_answer(client: TestClient) -> None:
    response = client.post("/api/v1/chat", json={"message": "居住证怎么办？"}, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    received = events(response.text)
    assert [name for name, _ in received] == ["status", "block", "citations", "done"]
    assert "示范省示范市" in received[0][1]["text"]  # type: ignore[index]  # JSON
    assert received[-1][1]["citations"] == received[2][1]["citations"]  # type: ignore[index]  # JSON


def test_a_failure_inside_the_stream_is_told_in_chinese_without_what_was_asked(client_with: Clients) -> None:
    client = client_with(answers={"坏": RuntimeError("我叫张三")})
    received = events(client.post("/api/v1/chat", json={"message": "坏"}, headers={"Accept": "text/event-stream"}).text)
    name, content = received[-1]
    assert name == "error"
    assert "12345" in str(content)
    assert "张三" not in str(received)


def test_feedback_is_kept_with_personal_data_masked() -> None:
    container = a_container()
    client = TestClient(create_app(container))
    answer_id = client.post("/api/v1/chat", json={"message": "居住证"}).json()["answer_id"]
    response = client.post(f"/api/v1/answers/{answer_id}/feedback", json={"kind": "not_helpful", "comment": "请打13800138000"})
    assert response.json()["recorded"] is True
    kept = container.conversations.feedback_on(answer_id)[0]
    assert (kept.kind, kept.comment) == (FeedbackKind.NOT_HELPFUL, "请打【手机号】")


def test_who_wants_a_person_is_told_honestly_and_given_a_phone(client: TestClient) -> None:
    answer_id = client.post("/api/v1/chat", json={"message": "居住证"}).json()["answer_id"]
    receipt = client.post(f"/api/v1/answers/{answer_id}/feedback", json={"kind": "wants_person"}).json()
    assert "转人工" in receipt["message"]
    assert receipt["department"]["phone"] == "0900-8880101"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "问题：缺少这一项"),
        ({"message": 5}, "问题：应为文字"),
        ({"message": "居住证", "as_of": "2026-02-31"}, "日期：日期应写成 2026-01-31"),
        ({"message": "居住证", "as_of": "昨天"}, "日期：日期应写成 2026-01-31"),
        ({"message": "居住证", "region": "火星"}, "没有找到行政区划“火星”"),
        ({"message": "居住证", "conversation_id": "a b"}, "会话编号：格式不正确"),
        ({"message": "居住证", "regoin": "x"}, "不认识这一项"),
    ],
)
def test_bad_input_is_explained_in_chinese(client: TestClient, body: dict[str, object], words: str) -> None:
    response = client.post("/api/v1/chat", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]


def test_broken_json_is_explained_in_chinese(client: TestClient) -> None:
    response = client.post("/api/v1/chat", content=b"{", headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert "不是正确的 JSON" in response.json()["detail"]


def test_feedback_on_an_unknown_answer_is_not_found(client: TestClient) -> None:
    response = client.post("/api/v1/answers/nope/feedback", json={"kind": "helpful"})
    assert response.status_code == 404
    assert "没有编号为“nope”的答复" in response.json()["detail"]
