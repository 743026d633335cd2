"""Guards of staff routes: who gets in, where the others are sent, and which requests are taken for forged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pytest
from fastapi import Depends, Form
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api.access.csrf import comes_from_here, is_token_of, token_for
from api.access.guards import SESSION_COOKIE, signed_in
from api.access.models import Account, Role
from api.app import create_app
from api.container import Container
from tests.fakes.containers import a_container
from tests.moving_clock import MovingClock
from tests.staff_clients import a_staff_member

PAGE = {"Accept": "text/html"}


class Note(BaseModel):
    text: str


def application(container: Container) -> TestClient:
    """The application with one route per role and two that change something."""
    app = create_app(container)
    for role in Role:
        app.get(f"/only/{role.value}")(_only(role))
    app.get("/only/either")(_only(Role.OPERATOR, Role.AUDITOR))
    app.post("/notes/form")(_form_route)
    app.post("/notes/json")(_json_route)
    return TestClient(app, follow_redirects=False)


Operator = Annotated[Account, Depends(signed_in(Role.OPERATOR))]


def _only(*roles: Role) -> Any:
    def route(account: Account = Depends(signed_in(*roles))) -> str:  # noqa: B008 - how FastAPI asks for it
        return account.name

    return route


async def _form_route(account: Operator, text: Annotated[str, Form()] = "") -> str:
    return text


async def _json_route(account: Operator, note: Note) -> str:
    return note.text


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def container(clock: MovingClock) -> Container:
    return a_container(clock=clock)


@pytest.fixture
def client(container: Container) -> TestClient:
    return application(container)


def enter(client: TestClient, container: Container, *roles: Role, name: str = "zhang.san") -> str:
    """Signs the client in and returns the token of its forms."""
    session = container.access.sessions.open(a_staff_member(container, *roles, name=name))
    client.cookies.set(SESSION_COOKIE, session.token)
    return session.csrf_token


def test_roles_open_their_own_routes_and_no_others(container: Container) -> None:
    opened = set()
    for held in Role:
        client = application(container)
        enter(client, container, held, name=f"{held.value}.one")
        opened |= {(held, wanted) for wanted in Role if client.get(f"/only/{wanted.value}").status_code == 200}
    assert opened == {(role, role) for role in Role} | {(Role.SUPERVISOR, Role.OPERATOR)}


def test_one_of_several_roles_is_enough(client: TestClient, container: Container) -> None:
    enter(client, container, Role.AUDITOR)
    assert client.get("/only/either").status_code == 200


def test_a_browser_without_a_session_is_sent_to_sign_in_and_back(client: TestClient) -> None:
    response = client.get("/only/operator?state=open&page=2", headers=PAGE)
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in?return_to=%2Fonly%2Foperator%3Fstate%3Dopen%26page%3D2")


def test_a_form_sent_too_late_leads_back_to_the_page_that_held_it(client: TestClient) -> None:
    here = client.post("/notes/form", headers=PAGE | {"Referer": "http://testserver/desk/orders/7?tab=1"})
    assert here.headers["location"] == "/sign-in?return_to=%2Fdesk%2Forders%2F7"
    elsewhere = client.post("/notes/form", headers=PAGE | {"Referer": "https://elsewhere.example/desk"})
    assert elsewhere.headers["location"] == "/sign-in?return_to="


def test_a_program_without_a_session_gets_problem_details(client: TestClient) -> None:
    response = client.get("/only/operator")
    assert (response.status_code, response.headers["content-type"]) == (401, "application/problem+json")
    assert "重新登录" in response.json()["detail"]


def test_the_wrong_role_gets_a_chinese_page_that_names_the_right_one(client: TestClient, container: Container) -> None:
    enter(client, container, Role.AUDITOR)
    page = client.get("/only/supervisor", headers=PAGE)
    assert page.status_code == 403
    assert "您的账号没有这项权限（需要：班长）" in page.text
    assert client.get("/only/supervisor").json()["title"] == "不能这样操作"


def test_a_made_up_session_is_no_session(client: TestClient) -> None:
    client.cookies.set(SESSION_COOKIE, "x" * 43)
    assert client.get("/only/operator").status_code == 401


def test_a_session_that_ended_is_no_session(client: TestClient, container: Container, clock: MovingClock) -> None:
    enter(client, container, Role.OPERATOR)
    assert client.get("/only/operator").status_code == 200
    clock.forward(minutes=61)
    assert client.get("/only/operator").status_code == 401


def test_an_initial_password_opens_nothing_but_the_account_page(client: TestClient, container: Container) -> None:
    made = container.accounts.create("li.si", {Role.OPERATOR}, by="test")
    client.cookies.set(SESSION_COOKIE, container.access.sessions.open(made.account).token)
    page = client.get("/only/operator", headers=PAGE)
    assert (page.status_code, page.headers["location"]) == (303, "/account")
    assert client.get("/only/operator").json()["detail"] == "请先修改初始密码，再使用其他功能。"
    assert client.get("/account", headers=PAGE).status_code == 200


def test_what_staff_see_is_not_kept_by_the_browser(client: TestClient, container: Container) -> None:
    enter(client, container, Role.OPERATOR)
    assert client.get("/only/operator").headers["cache-control"] == "no-store"
    assert "cache-control" not in client.get("/policies").headers


def test_the_token_is_taken_from_the_form_or_from_the_header(client: TestClient, container: Container) -> None:
    token = enter(client, container, Role.OPERATOR)
    assert client.post("/notes/form", data={"text": "一", "csrf_token": token}).json() == "一"
    assert client.post("/notes/form", data={"text": "二"}, headers={"X-CSRF-Token": token}).json() == "二"
    assert client.post("/notes/json", json={"text": "三"}, headers={"X-CSRF-Token": token}).json() == "三"
    assert client.post("/notes/form", files={"text": (None, "四"), "csrf_token": (None, token)}).json() == "四"


@pytest.mark.parametrize("given", [{}, {"csrf_token": ""}, {"csrf_token": "0" * 64}, {"csrf_token": "令牌"}])
def test_a_form_without_its_token_is_refused_and_does_nothing(client: TestClient, container: Container, given: dict[str, str]) -> None:
    enter(client, container, Role.OPERATOR)
    response = client.post("/notes/form", data={"text": "一"} | given)
    assert response.status_code == 403
    assert "没有生效" in response.json()["detail"]


def test_a_file_in_place_of_the_token_is_refused(client: TestClient, container: Container) -> None:
    enter(client, container, Role.OPERATOR)
    assert client.post("/notes/form", files={"csrf_token": ("a.txt", b"x")}).status_code == 403


def test_json_without_the_header_is_refused(client: TestClient, container: Container) -> None:
    token = enter(client, container, Role.OPERATOR)
    assert client.post("/notes/json", json={"text": "三", "csrf_token": token}).status_code == 403


def test_the_token_of_another_session_is_refused(client: TestClient, container: Container) -> None:
    foreign = container.access.sessions.open(a_staff_member(container, Role.OPERATOR, name="li.si")).csrf_token
    enter(client, container, Role.OPERATOR)
    assert client.post("/notes/form", data={"text": "一", "csrf_token": foreign}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_even_the_right_token_is_refused_from_another_site(client: TestClient, container: Container, headers: dict[str, str]) -> None:
    token = enter(client, container, Role.OPERATOR)
    assert client.post("/notes/form", data={"text": "一", "csrf_token": token}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"host": "zw.example:8443", "origin": "https://zw.example:8443"}, True),
        ({"host": "zw.example", "origin": "https://zw.example:8443"}, False),
        # A proxy that renames the host must not lock everybody out: the browser's own word counts.
        ({"host": "inner:8000", "origin": "https://zw.example", "sec-fetch-site": "same-origin"}, True),
        ({"host": "zw.example", "origin": "https://zw.example", "sec-fetch-site": "cross-site"}, False),
        ({"host": "zw.example", "sec-fetch-site": "none"}, True),
    ],
)
def test_where_a_request_comes_from(headers: Mapping[str, str], ours: bool) -> None:
    assert comes_from_here(headers) is ours


def test_a_token_belongs_to_one_secret_and_does_not_show_it() -> None:
    assert is_token_of("secret", token_for("secret"))
    assert not is_token_of("other", token_for("secret"))
    assert "secret" not in token_for("secret")


def test_citizens_need_no_token(client: TestClient) -> None:
    assert client.post("/ask", data={"message": "居住证怎么办？"}).status_code == 303
