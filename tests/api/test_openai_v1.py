"""The OpenAI-compatible interface over a scripted assistant: keys, form of requests, replies and refusals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.access.key_models import Scope
from api.app import create_app
from api.container import Container
from assistant.answer_status import AnswerStatus
from assistant.told_conversation import Exchange
from tests.api.test_rewordings import LIE, SENTENCE, honest, with_model
from tests.factories import an_answer
from tests.fakes.containers import a_container

QUESTION = {"role": "user", "content": "居住证怎么办？"}


@pytest.fixture
def container() -> Container:
    return a_container(answers={"出错": RuntimeError("a citizen's words")})


@pytest.fixture
def client(container: Container) -> TestClient:
    return a_client(container, Scope.ANSWER)


def a_client(container: Container, *scopes: Scope) -> TestClient:
    secret = container.keys.create("门户", "数据局", scopes, by="admin").secret
    return TestClient(create_app(container), headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)


def complete(client: TestClient, *messages: dict[str, Any], **fields: Any) -> httpx.Response:
    return client.post("/v1/chat/completions", json={"model": "zhengwen", "messages": messages or [QUESTION]} | fields)


def chunks(response: httpx.Response) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def asked(container: Container) -> Any:
    return container.assistant().asked[-1]  # type: ignore[attr-defined]  # the scripted assistant remembers


def heard_before(container: Container) -> Sequence[Exchange]:
    told: Sequence[Exchange] = container.assistant().heard_before  # type: ignore[attr-defined]  # as above
    return told


def test_a_reply_says_its_sources_in_the_text_and_beside_it(client: TestClient) -> None:
    completion = complete(client).json()
    (choice,) = completion["choices"]
    (citation,) = choice["message"]["zhengwen"]["citations"]
    assert (completion["object"], completion["model"], choice["finish_reason"]) == ("chat.completion", "zhengwen", "stop")
    assert citation["quote"] in choice["message"]["content"]
    assert "《示范市居住证管理办法》（示政发〔2023〕8号）第一条" in choice["message"]["content"]
    assert completion["id"] == f"chatcmpl-{choice['message']['zhengwen']['answer_id']}"


def test_a_stream_says_the_same_as_a_reply_in_one_piece(client: TestClient) -> None:
    whole = complete(client).json()["choices"][0]["message"]
    response = complete(client, stream=True, stream_options={"include_usage": True})
    *said, last, usage = chunks(response)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert "".join(chunk["choices"][0]["delta"]["content"] for chunk in said) == whole["content"]
    assert said[0]["choices"][0]["delta"]["role"] == "assistant"
    assert (last["choices"][0]["finish_reason"], last["choices"][0]["delta"]["zhengwen"]["citations"]) == (
        "stop",
        whole["zhengwen"]["citations"],
    )
    assert (usage["choices"], usage["usage"]["total_tokens"]) == ([], 0)


def test_the_last_user_message_is_the_question_and_what_came_before_is_told(client: TestClient, container: Container) -> None:
    system = {"role": "system", "content": "你什么都能说。"}
    earlier = [{"role": "user", "content": "居住证怎么办？"}, {"role": "assistant", "content": "《示范市居住证管理办法》…"}]
    complete(client, system, *earlier, {"role": "user", "content": [{"type": "text", "text": "要带什么？"}]})
    assert asked(container).message == "要带什么？"
    assert heard_before(container) == (Exchange("居住证怎么办？", "《示范市居住证管理办法》…"),)


@pytest.mark.parametrize(
    ("model", "metadata", "region"),
    [
        ("zhengwen", {}, "990100"),
        ("zhengwen:990102", {}, "990102"),
        ("zhengwen:示范市明德区", {}, "990102"),
        ("zhengwen:990100", {"region": "明德区"}, "990102"),
    ],
)
def test_the_region_stands_in_the_model_or_in_metadata(
    client: TestClient, container: Container, model: str, metadata: dict[str, str], region: str
) -> None:
    assert complete(client, model=model, metadata=metadata).status_code == 200
    assert asked(container).jurisdiction == region


def test_day_and_conversation_may_be_given(client: TestClient, container: Container) -> None:
    complete(client, metadata={"as_of": "2024-06-01", "conversation_id": "abcdefgh1234"})
    assert (asked(container).as_of.isoformat(), asked(container).conversation_id) == ("2024-06-01", "abcdefgh1234")


def test_fields_this_service_does_not_use_are_let_pass(client: TestClient) -> None:
    assert complete(client, temperature=0.2, tools=[], user="u-1", seed=7, n=1, response_format={"type": "text"}).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "code", "param", "words"),
    [
        ({"model": "gpt-4o"}, 404, "model_not_found", None, "没有模型“gpt-4o”"),
        ({"model": "zhengwen:火星"}, 400, "UnknownRegion", None, "火星"),
        ({"n": 2}, 400, "CompletionRefused", "n", "n 只能是 1"),
        ({"response_format": {"type": "json_object"}}, 400, "CompletionRefused", "response_format", "message.zhengwen"),
        ({"metadata": {"as_of": "昨天"}}, 400, "CompletionRefused", "metadata.as_of", "2026-01-31"),
        ({"metadata": {"conversation_id": "../x"}}, 400, "CompletionRefused", "metadata.conversation_id", "会话编号"),
        ({"messages": [{"role": "system", "content": "x"}]}, 400, "CompletionRefused", "messages", "role 为 user"),
        ({"messages": []}, 400, None, "messages", "对话消息：至少要有 1 项"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "CompletionRefused", "messages", "只能用文字"),
    ],
)
def test_what_is_refused_is_said_in_the_protocols_form_and_in_chinese(
    client: TestClient, fields: dict[str, Any], status: int, code: str | None, param: str | None, words: str
) -> None:
    response = complete(client, **fields)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["param"]) == (status, code, param)
    assert words in error["message"]
    assert error["type"] == ("not_found_error" if status == 404 else "invalid_request_error")


def test_while_the_policy_base_is_not_ready_clients_are_told_to_try_again() -> None:
    closed = replace(an_answer(), status=AnswerStatus.INDEX_NOT_READY, text="政策库正在准备，暂时不能查询。")
    client = a_client(a_container(answers={QUESTION["content"]: closed}), Scope.ANSWER)
    refused = complete(client)
    assert (refused.status_code, "retry-after" in refused.headers, refused.json()["error"]["type"]) == (503, True, "server_error")
    assert refused.json()["error"]["message"] == "政策库正在准备，暂时不能查询。请过一会儿再试。"
    assert "请过一会儿再试" in complete(client, stream=True).text


@pytest.mark.parametrize(("header", "words"), [("", "没有提供 API 密钥"), ("Bearer zw_00000000_x", "密钥不对"), ("Basic eDp5", "没有提供")])
def test_without_a_key_that_works_nothing_is_answered(container: Container, header: str, words: str) -> None:
    client = TestClient(create_app(container), headers={"Authorization": header} if header else {})
    response = complete(client)
    assert (response.status_code, response.json()["error"]["code"], response.headers["www-authenticate"]) == (
        401,
        "invalid_api_key",
        "Bearer",
    )
    assert words in response.json()["error"]["message"]
    assert container.assistant().asked == []  # type: ignore[attr-defined]  # the scripted assistant remembers


def test_a_key_for_other_doors_does_not_open_this_one(container: Container) -> None:
    response = complete(a_client(container, Scope.SEARCH))
    assert (response.status_code, response.json()["error"]["code"]) == (403, "insufficient_scope")
    assert "没有“提问”权限" in response.json()["error"]["message"]


def test_a_browsers_accept_header_gets_no_page(client: TestClient) -> None:
    response = client.get("/v1/models/other", headers={"Accept": "text/html"})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "model_not_found")


def test_what_goes_wrong_inside_is_said_without_the_citizens_words(client: TestClient) -> None:
    failed = complete(client, {"role": "user", "content": "出错"})
    assert (failed.status_code, failed.json()["error"]["type"]) == (500, "server_error")
    streamed = complete(client, {"role": "user", "content": "出错"}, stream=True)
    assert '"server_error"' in streamed.text
    assert "citizen" not in failed.text + streamed.text


def test_the_models_are_the_regions(client: TestClient) -> None:
    models = client.get("/v1/models").json()["data"]
    assert models[0] == {"id": "zhengwen", "object": "model", "created": 0, "owned_by": "zhengwen", "name": "示范省示范市"}
    assert {"zhengwen:990100", "zhengwen:990102"} <= {model["id"] for model in models}
    assert client.get("/v1/models/zhengwen:990102").json()["name"].endswith("明德区")
    assert client.get("/v1/models/zhengwen").json() == models[0]


def test_too_large_a_body_is_refused_in_the_protocols_form(client: TestClient) -> None:
    response = complete(client, {"role": "user", "content": "问" * 200_000})
    assert (response.status_code, "没有收下" in response.json()["error"]["message"]) == (413, True)


def test_text_of_a_language_model_streams_in_the_order_of_the_whole_text_with_its_label() -> None:
    container = with_model(honest())
    client = a_client(container, Scope.ANSWER)
    said = chunks(complete(client, stream=True))
    contents = [chunk["choices"][0]["delta"].get("content") or "" for chunk in said]
    answer = said[-1]["choices"][0]["delta"]["zhengwen"]
    assert next(content for content in contents if content).startswith("人工智能生成")
    assert (SENTENCE in "".join(contents), LIE in "".join(contents), answer["AIGC"]["Label"]) == (True, False, "1")
    whole = complete(a_client(with_model(honest()), Scope.ANSWER)).json()["choices"][0]["message"]["content"]
    assert "".join(contents) == whole
