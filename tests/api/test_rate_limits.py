"""Refusals of who asks too often: as a problem, in the form of OpenAI's protocol, as a page; visitors, staff and keys each by their own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.access.key_models import Scope
from api.access.models import Role
from api.app import create_app
from api.container import Container
from api.rate_limits import RateLimits, TooManyRequests, What, Who, counted_address, load_rate_rules
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_client, a_staff_member

ONCE = {(who, what): load_rate_rules().limits[Who.VISITOR, What.QUESTION][:1] for who in Who for what in What}
QUESTION = {"message": "居住证怎么办？"}


@pytest.fixture
def container() -> Container:
    """Everybody may ask once in a minute for each of the two."""
    rules = load_rate_rules()
    limits = {each: tuple(type(limit)(1, limit.multiples) for limit in some) for each, some in ONCE.items()}
    return replace(a_container(), rates=RateLimits(replace(rules, limits=limits), SlidingWindowCounterRateLimiter(MemoryStorage())))


@pytest.fixture
def client(container: Container) -> TestClient:
    return TestClient(create_app(container), follow_redirects=False)


def test_every_entry_of_the_file_is_loaded_and_used() -> None:
    rules = load_rate_rules()
    for who in Who:
        assert "{wait}" in rules.words[who]
        for what in What:
            assert all(limit.amount > 0 for limit in rules.limits[who, what])
    paths = {context.path for context in iter_route_contexts(create_app(a_container()).routes)}
    assert rules.questions <= paths


def test_a_program_gets_a_problem_with_the_time_to_come_back(client: TestClient) -> None:
    assert client.post("/api/v1/chat", json=QUESTION).status_code == 200
    refused = client.post("/api/v1/chat", json=QUESTION)
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "再试" in refused.json()["detail"]
    assert refused.json()["title"] == "请求过于频繁"


def test_a_person_gets_a_page_that_says_when_to_come_back(client: TestClient) -> None:
    as_browser = {"Accept": "text/html"}
    client.post("/ask", data=QUESTION, headers=as_browser)
    refused = client.post("/ask", data=QUESTION, headers=as_browser)
    assert refused.status_code == 429
    assert "Retry-After" in refused.headers
    assert "后再试" in refused.text
    assert "<html" in refused.text


def test_a_stream_is_refused_before_it_begins(client: TestClient) -> None:
    as_stream = {"Accept": "text/event-stream"}
    client.post("/ask", data=QUESTION, headers=as_stream)
    assert client.post("/ask", data=QUESTION, headers=as_stream).status_code == 429


def test_files_and_probes_are_not_counted(client: TestClient) -> None:
    for path in ("/healthz", "/readyz", "/static/css/tokens.css"):
        assert [client.get(path).status_code for _ in range(3)] == [200] * 3


def test_a_key_is_counted_by_itself_and_refused_as_the_protocol_says_it(container: Container) -> None:
    secrets = [container.keys.create(name, "数据局", {Scope.ANSWER}, by="admin").secret for name in ("甲", "乙")]
    client = TestClient(create_app(container))
    body = {"model": "zhengwen", "messages": [{"role": "user", "content": "居住证怎么办？"}]}

    def ask(secret: str) -> object:
        return client.post("/v1/chat/completions", json=body, headers={"Authorization": f"Bearer {secret}"})

    assert [ask(secret).status_code for secret in (*secrets, secrets[0])] == [200, 200, 429]  # type: ignore[attr-defined]  # a response
    refused = ask(secrets[0])
    assert refused.json()["error"]["type"] == "rate_limit_error"  # type: ignore[attr-defined]  # as above
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"  # type: ignore[attr-defined]  # as above
    assert "接口密钥" in refused.json()["error"]["message"]  # type: ignore[attr-defined]  # as above
    assert "Retry-After" in refused.headers  # type: ignore[attr-defined]  # as above


def test_whoever_tries_out_keys_is_refused_as_a_visitor(client: TestClient) -> None:
    wrong = {"Authorization": "Bearer zw_wrong"}
    assert [client.get("/v1/models", headers=wrong).status_code for _ in range(2)] == [401, 429]


def test_the_model_context_protocol_is_counted_by_key(container: Container) -> None:
    secret = container.keys.create("助手", "数据局", {Scope.SEARCH}, by="admin").secret
    container.rates.note(Who.KEY, container.keys.admit(secret).id, "/mcp")
    with TestClient(create_app(container)) as client:
        refused = client.post("/mcp", json={}, headers={"Authorization": f"Bearer {secret}"})
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"


def test_staff_are_counted_by_account_not_by_address(container: Container) -> None:
    one, other = (a_staff_client(container, a_staff_member(container, Role.OPERATOR, name=name)) for name in ("li.si", "wang.wu"))
    assert [client.get("/desk").status_code for client in (one, other, one)] == [200, 200, 429]


def test_an_ipv6_customer_counts_as_one() -> None:
    assert counted_address("2001:db8:1:2::7") == counted_address("2001:db8:1:2:3:4:5:6") != counted_address("2001:db8:1:3::7")
    assert counted_address("10.0.0.1") == "10.0.0.1"
    assert counted_address("") == ""


@pytest.mark.parametrize(("seconds", "said"), [(1, "1 秒"), (119, "119 秒"), (120, "2 分钟"), (3601, "61 分钟")])
def test_the_time_to_wait_is_said_in_words(seconds: int, said: str) -> None:
    assert str(TooManyRequests("请 {wait} 后再试。", seconds)) == f"请 {said} 后再试。"
