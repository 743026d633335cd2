"""The MCP tools over fakes: what they say, who may call them, and the door in front of them. Stock clients: tests/acceptance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import anyio
import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from api.access.key_models import ApiKey, Scope
from api.app import create_app
from api.container import Container
from api.dependencies import AnsweringRoom
from api.mcp_server.calls import Outcome, call_tool
from api.mcp_server.door import key_of
from api.mcp_server.protocol import described_tools
from api.mcp_server.tools import TOOLS
from indexing.passage_splitter import split_edition
from knowledge_base.validity import editions
from tests.factories import a_revision
from tests.fakes.containers import a_container

TEXT = "第一条 为了规范居住证管理，制定本办法。\n第二条 补办居住证的，收取工本费十元。\n第三条 本办法自2024年3月1日起施行。\n"
IN_FORCE = a_revision("d-new", text=TEXT, title="示范市居住证管理办法", effective_on=date(2024, 3, 1), document_number="示政发〔2024〕1号")
REPEALED = a_revision(
    "d-old", title="示范市暂住证管理办法", effective_on=date(2010, 5, 1), repealed_on=date(2024, 3, 1), repealed_by="d-new"
)


@pytest.fixture
def container() -> Container:
    passages = [passage for edition in editions((IN_FORCE,)) for passage in split_edition(edition)]
    return a_container(revisions=[IN_FORCE, REPEALED], passages=passages, answers={"出错": RuntimeError("a citizen's words")})


def call(container: Container, name: str, key: ApiKey | None = None, **given: Any) -> Outcome:
    return anyio.run(call_tool, container, AnsweringRoom(container, 1), name, given, key)


def content(outcome: Outcome) -> Any:
    assert outcome.content is not None, outcome.text
    return outcome.content


def test_a_provision_comes_with_its_source_word_for_word(container: Container) -> None:
    outcome = call(container, "search_provisions", query="补办居住证工本费")
    (found, *_) = content(outcome).provisions
    assert found.citation.startswith("《示范市居住证管理办法》（示政发〔2024〕1号）")
    assert found.text in TEXT
    assert (found.citation in outcome.text, found.text in outcome.text) == (True, True)


def test_what_the_catalogue_has_ended_since_the_index_was_built_is_not_found(container: Container) -> None:
    container.documents.add(a_revision("d-new", text=TEXT, title="示范市居住证管理办法", number=2, repealed_on=date(2026, 11, 1)))
    outcome = call(container, "search_provisions", query="补办居住证工本费")
    assert content(outcome).provisions == []
    assert "没有找到" in outcome.text


def test_what_was_corrected_since_the_index_was_built_is_not_found(container: Container) -> None:
    corrected = TEXT.replace("十元", "五元")
    container.documents.add(a_revision("d-new", text=corrected, title="示范市居住证管理办法", number=2, effective_on=date(2024, 3, 1)))
    assert all("十元" not in found.text for found in content(call(container, "search_provisions", query="补办居住证工本费")).provisions)


def test_policies_are_listed_with_their_standing(container: Container) -> None:
    outcome = call(container, "look_up_policies", query="管理办法")
    assert {policy.title: policy.status_label for policy in content(outcome).policies} == {
        "示范市居住证管理办法": "现行有效",
        "示范市暂住证管理办法": "废止",
    }
    assert "《示范市暂住证管理办法》：废止" in outcome.text.replace("（示政发〔2023〕8号）", "")


def test_one_article_can_be_read(container: Container) -> None:
    policy = content(call(container, "read_policy", document_id="d-new", provision="第二条"))
    assert (policy.text.strip(), policy.provision, policy.status_label) == (
        "第二条 补办居住证的，收取工本费十元。",
        "第二条",
        "现行有效",
    )
    assert content(call(container, "read_policy", document_id="d-new", provision="第2条")).text == policy.text
    assert content(call(container, "read_policy", document_id="d-new")).text == TEXT


def test_a_repealed_policy_says_so_and_names_its_successor(container: Container) -> None:
    outcome = call(container, "read_policy", document_id="d-old")
    assert "不能作为现行依据。代替它的是《示范市居住证管理办法》" in outcome.text
    assert content(outcome).replaced_by == "示范市居住证管理办法"


def test_a_request_is_routed_without_its_personal_data_and_without_what_others_reported(container: Container) -> None:
    outcome = call(container, "route_request", text="我的电话13800138000，居住证办不下来")
    assert content(outcome).lead.department.name == "示范市公安局"
    assert "（没有十分把握，请人工核对）" in outcome.text
    assert [word for word in ("13800138000", "职责中写明") if word in outcome.text + repr(outcome.content)] == []


def test_an_answer_comes_with_its_citations(container: Container) -> None:
    outcome = call(container, "ask_policy", question="居住证怎么办？", region="明德区", conversation_id="abcdefgh1234")
    assert content(outcome).citations[0].quote in outcome.text
    asked = container.assistant().asked[0]  # type: ignore[attr-defined]  # the scripted assistant remembers
    assert (asked.jurisdiction, asked.conversation_id) == ("990102", "abcdefgh1234")


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("everything", {}, "没有工具“everything”。可用的有：search_provisions"),
        ("search_provisions", {}, "query：缺少这一项"),
        ("search_provisions", {"query": "x", "limit": 99}, "limit：不能大于 20"),
        ("search_provisions", {"query": "x", "other": 1}, "other：不认识这一项"),
        ("search_provisions", {"query": "x", "region": "火星"}, "火星"),
        ("read_policy", {"document_id": "nothing"}, "nothing"),
        ("read_policy", {"document_id": "d-new", "provision": "第九十条"}, "没有“第九十条”"),
        ("ask_policy", {"question": "出错"}, "系统处理时出了错"),
    ],
)
def test_what_cannot_be_done_is_said_in_chinese(container: Container, name: str, given: dict[str, Any], words: str) -> None:
    outcome = call(container, name, **given)
    assert outcome.content is None
    assert words in outcome.text
    assert "citizen" not in outcome.text


def test_each_tool_asks_for_its_own_scope(container: Container) -> None:
    for tool in TOOLS:
        others = {scope for scope in Scope if scope is not tool.scope}
        key = container.keys.create("别的", "数据局", others, by="admin").key
        assert f"没有“{tool.scope.label}”权限" in call(container, tool.name, key).text
    assert {tool.scope for tool in TOOLS} == set(Scope)


def test_a_request_that_did_not_come_through_the_door_has_no_rights() -> None:
    for request in (None, Request({"type": "http"})):
        with pytest.raises(AttributeError):
            key_of(request)  # type: ignore[arg-type]  # what an SDK may hand on some day


@pytest.mark.parametrize(
    ("name", "given"),
    [("search_provisions", {"query": "居住证"}), ("route_request", {"text": "居住证"}), ("ask_policy", {"question": "居住证"})],
)
def test_what_takes_a_search_is_turned_away_where_everything_is_taken(container: Container, name: str, given: dict[str, str]) -> None:
    room = AnsweringRoom(container, 1, waiting=0)
    with room.admission.place():
        outcome = anyio.run(call_tool, container, room, name, given, None)
    assert (outcome.content, "暂时排不上" in outcome.text) == (None, True)


def test_every_tool_is_described_in_chinese_down_to_its_fields() -> None:
    for tool in described_tools():
        assert tool.title
        assert tool.description
        assert all(field["description"] for field in tool.input_schema["properties"].values())


@pytest.fixture
def client(container: Container) -> Iterator[TestClient]:
    with TestClient(create_app(container)) as client:
        yield client


LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}


def post(client: TestClient, secret: str = "") -> httpx.Response:
    return client.post("/mcp", json=LIST, headers=HEADERS | ({"Authorization": f"Bearer {secret}"} if secret else {}))


def test_the_door_opens_to_a_key(container: Container, client: TestClient) -> None:
    secret = container.keys.create("助手", "数据局", {Scope.SEARCH}, by="admin").secret
    response = post(client, secret)
    assert [tool["name"] for tool in response.json()["result"]["tools"]] == [tool.name for tool in TOOLS]
    assert post(client, secret).status_code == 200
    assert 'zhengwen_requests_total{method="POST",route="/mcp",status="200"} 2.0' in client.get("/metrics").text


def test_the_door_stays_shut_without_one(container: Container, client: TestClient) -> None:
    refused = post(client)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert "没有提供 API 密钥" in refused.json()["detail"]
    made = container.keys.create("助手", "数据局", {Scope.SEARCH}, by="admin")
    container.keys.revoke(made.key.id, by="admin")
    assert "已停用" in post(client, made.secret).json()["detail"]


def test_a_service_that_is_not_running_says_that_it_is_not_ready(container: Container) -> None:
    secret = container.keys.create("助手", "数据局", {Scope.SEARCH}, by="admin").secret
    response = post(TestClient(create_app(container)), secret)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
