"""Stock clients of other systems on the served demonstration content: each gets an answer with its source."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
import httpx2
import openai
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from api.access.key_models import Scope
from tests.demonstration import Home, command_line
from tests.journeys.service import Service

pytestmark = pytest.mark.model

QUESTION = "居住证怎么办，要带什么材料？"


@pytest.fixture(scope="module")
def service(demonstration: Home) -> Iterator[Service]:
    served = Service.on(demonstration)
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def secret(service: Service) -> str:
    return service.container.keys.create("门户", "数据局", set(Scope), by="test").secret


@pytest.fixture(scope="module")
def client(service: Service, secret: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{service.address}/v1", api_key=secret, max_retries=0) as client:
        yield client


def citations_of(message: Any) -> list[dict[str, Any]]:
    """The field of this service beside those of the protocol."""
    found: list[dict[str, Any]] = message.zhengwen["citations"]
    return found


def ask(client: openai.OpenAI, *said: tuple[str, str], **options: Any) -> Any:
    messages: Any = [{"role": role, "content": content} for role, content in said]
    return client.chat.completions.create(**({"model": "zhengwen", "messages": messages} | options))


def test_the_openai_client_gets_a_cited_answer(client: openai.OpenAI) -> None:
    completion = ask(client, ("user", QUESTION))
    message = completion.choices[0].message
    assert "《示范市居住证管理办法》（第52号令）第" in message.content
    assert {citation["validity"] for citation in citations_of(message)} == {"in_force"}
    provisions = [citation for citation in citations_of(message) if citation["edition"]]
    assert provisions
    assert all(line in message.content for citation in provisions for line in citation["quote"].splitlines())
    assert completion.choices[0].finish_reason == "stop"


def test_the_openai_client_streams_the_same(client: openai.OpenAI) -> None:
    chunks = list(ask(client, ("user", QUESTION), stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    whole = ask(client, ("user", QUESTION)).choices[0].message
    assert (text, citations_of(chunks[-1].choices[0].delta)) == (whole.content, citations_of(whole))


def test_a_follow_up_goes_on_with_the_messages_before_it(client: openai.OpenAI) -> None:
    first = ask(client, ("user", "居住证怎么办？")).choices[0].message.content
    followed = ask(client, ("user", "居住证怎么办？"), ("assistant", first), ("user", "那要多少钱？"))
    alone = ask(client, ("user", "那要多少钱？"))
    assert "居住证" in followed.choices[0].message.content
    assert "居住证" not in alone.choices[0].message.content


def test_a_conversation_may_also_go_on_by_its_number(client: openai.OpenAI) -> None:
    first = ask(client, ("user", "居住证怎么办？")).choices[0].message
    number = first.zhengwen["conversation_id"]
    followed = ask(client, ("user", "那要多少钱？"), metadata={"conversation_id": number}).choices[0].message
    assert "居住证" in followed.content
    assert followed.zhengwen["conversation_id"] == number


def test_the_openai_client_lists_the_models(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names[0] == "zhengwen"
    assert client.models.retrieve(names[-1]).id == names[-1]
    assert ask(client, ("user", QUESTION), model=names[-1]).choices[0].message.zhengwen["region"] == names[-1].partition(":")[2]


def test_the_openai_client_meets_its_own_errors_in_chinese(service: Service, client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="没有模型"):
        ask(client, ("user", QUESTION), model="gpt-4o")
    with pytest.raises(openai.BadRequestError, match="n 只能是 1"):
        ask(client, ("user", QUESTION), n=2)
    with pytest.raises(openai.AuthenticationError, match="密钥不对"):
        ask(client.with_options(api_key="zw_00000000_wrong"), ("user", QUESTION))
    narrow = service.container.keys.create("检索", "数据局", {Scope.SEARCH}, by="test").secret
    with pytest.raises(openai.PermissionDeniedError, match="没有“提问”权限"):
        ask(client.with_options(api_key=narrow), ("user", QUESTION))


Talk = Callable[[Client], Awaitable[Any]]


def over_http(address: str, secret: str, talk: Talk, mode: str = "auto") -> Any:
    """With `mode` a protocol of before 2026 may be asked for."""

    async def run() -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=30) as http,
            Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=mode) as client,
        ):
            return await talk(client)

    return anyio.run(run)


def over_stdio(home: Home, talk: Talk) -> Any:
    command, *words = command_line()

    async def run() -> Any:
        async with Client(StdioServerParameters(command=command, args=[*words, "mcp"], env=home.environment())) as client:
            return await talk(client)

    return anyio.run(run)


async def talk_it_over(client: Client) -> dict[str, Any]:
    """Every tool once, as an assistant would."""
    names = [tool.name for tool in (await client.list_tools()).tools]
    found = await client.call_tool("search_provisions", {"query": "居住证 申请材料 补办", "region": "示范市"})
    policies = await client.call_tool("look_up_policies", {"query": "居住证管理办法"})
    document = policies.structured_content["policies"][0]["document_id"]
    read = await client.call_tool("read_policy", {"document_id": document, "provision": "第十条"})
    routed = await client.call_tool("route_request", {"text": "明德区政通路的路灯坏了好几天，晚上很黑，请派人修理。"})
    answered = await client.call_tool("ask_policy", {"question": QUESTION})
    refused = await client.call_tool("read_policy", {"document_id": "nothing"})
    return {"names": names, "found": found, "policies": policies, "read": read, "routed": routed, "answered": answered, "refused": refused}


def require_cited_answers(said: dict[str, Any]) -> None:
    assert said["names"] == ["search_provisions", "look_up_policies", "read_policy", "route_request", "ask_policy"]
    provisions = said["found"].structured_content["provisions"]
    assert any(provision["citation"].startswith("《示范市居住证管理办法》（第52号令）第") for provision in provisions)
    assert all(provision["text"] in said["found"].content[0].text for provision in provisions)
    assert said["read"].structured_content["text"].startswith("第十条")
    assert said["routed"].structured_content["lead"]["department"]["phone"].startswith("0900-")
    assert said["answered"].structured_content["citations"]
    assert "《示范市居住证管理办法》（第52号令）第" in said["answered"].content[0].text
    assert (said["refused"].is_error, "nothing" in said["refused"].content[0].text) == (True, True)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_mcp_client_gets_cited_answers_over_http(service: Service, secret: str, mode: str) -> None:
    require_cited_answers(over_http(service.address, secret, talk_it_over, mode))


def test_the_mcp_client_gets_cited_answers_over_stdio(demonstration: Home) -> None:
    require_cited_answers(over_stdio(demonstration, talk_it_over))


def test_the_mcp_client_gets_no_further_than_its_key(service: Service) -> None:
    async def talk(client: Client) -> Any:
        return await client.call_tool("ask_policy", {"question": QUESTION})

    narrow = service.container.keys.create("检索", "数据局", {Scope.SEARCH}, by="test").secret
    refused = over_http(service.address, narrow, talk)
    assert (refused.is_error, "没有“提问”权限" in refused.content[0].text) == (True, True)
