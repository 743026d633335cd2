"""Signing in with an identity provider elsewhere, played by a stand-in that knows one code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from api.access.guards import SESSION_COOKIE
from api.access.models import Account, Identity, Role
from api.app import create_app
from tests.fakes.account_store import MemoryAccountStore, memory_access
from tests.fakes.containers import NOW, a_container
from tests.fakes.identity_provider import RedirectingProvider

PAGE = {"Accept": "text/html"}
KNOWN = Account("a-1", "zhang.san", "张三", frozenset({Role.OPERATOR}), datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def client() -> TestClient:
    accounts = MemoryAccountStore()
    accounts.add(KNOWN, "", (Identity("city", "248289761001"),))
    provider = RedirectingProvider("city", {"code-1": "248289761001", "code-2": "somebody without an account"})
    access = memory_access(lambda: NOW, accounts=accounts, elsewhere=[provider])
    return TestClient(create_app(replace(a_container(), access=access)), follow_redirects=False, headers=PAGE)


def leave(client: TestClient, return_to: str = "/desk/orders?page=2") -> dict[str, list[str]]:
    """What the provider is told."""
    response = client.get("/sign-in/city", params={"return_to": return_to})
    assert (response.status_code, urlsplit(response.headers["location"]).netloc) == (303, "login.example")
    return parse_qs(urlsplit(response.headers["location"]).query)


def test_the_sign_in_page_offers_the_other_way(client: TestClient) -> None:
    page = client.get("/sign-in?return_to=/desk/orders?page=2").text
    assert '<a class="button" href="/sign-in/city?return_to=%2Fdesk%2Forders%3Fpage%3D2">市统一身份认证</a>' in page


def test_who_is_known_there_and_has_an_account_here_gets_to_the_page_asked_for(client: TestClient) -> None:
    told = leave(client)
    assert told["redirect_uri"] == ["http://testserver/sign-in/city/callback"]
    response = client.get("/sign-in/city/callback", params={"code": "code-1", "state": told["state"][0]})
    assert (response.status_code, response.headers["location"]) == (303, "/desk/orders?page=2")
    assert "张三" in client.get("/account").text


def test_an_answer_that_this_browser_did_not_ask_for_signs_nobody_in(client: TestClient) -> None:
    assert client.get("/sign-in/city/callback?code=code-1&state=").status_code == 403
    leave(client)
    for state in ("", "0" * 64):
        page = client.get("/sign-in/city/callback", params={"code": "code-1", "state": state})
        assert (page.status_code, "没有通过安全核对" in page.text) == (403, True)
    assert SESSION_COOKIE not in client.cookies


def test_an_answer_cannot_be_used_twice(client: TestClient) -> None:
    state = leave(client)["state"][0]
    address = f"/sign-in/city/callback?code=code-1&state={state}"
    assert [client.get(address).status_code for _ in range(2)] == [303, 403]


@pytest.mark.parametrize("answer", [{"code": "code-2"}, {"code": "made-up"}, {"error": "access_denied"}])
def test_who_is_refused_there_or_unknown_here_sees_the_sign_in_page_again(client: TestClient, answer: dict[str, str]) -> None:
    state = leave(client)["state"][0]
    page = client.get("/sign-in/city/callback", params=answer | {"state": state})
    assert (page.status_code, "身份认证没有通过，或者这里没有对应的账号" in page.text) == (401, True)
    assert SESSION_COOKIE not in client.cookies


def test_nobody_is_sent_to_another_site_afterwards(client: TestClient) -> None:
    state = leave(client, return_to="//elsewhere.example")["state"][0]
    assert client.get(f"/sign-in/city/callback?code=code-1&state={state}").headers["location"] == "/desk"


@pytest.mark.parametrize("provider", ["local", "nowhere"])
def test_a_way_that_leads_nowhere_is_not_found(client: TestClient, provider: str) -> None:
    page = client.get(f"/sign-in/{provider}")
    assert (page.status_code, "没有这种登录方式" in page.text) == (404, True)
