"""Signing in and out and the account page, as a browser without JavaScript sees them."""

from __future__ import annotations

import re
from http.cookies import Morsel, SimpleCookie

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from api.access.guards import SESSION_COOKIE
from api.access.models import Role
from api.app import create_app
from api.container import Container
from api.links import inside
from tests.fakes.containers import a_container
from tests.moving_clock import MovingClock
from tests.staff_clients import PASSWORD, a_staff_client, a_staff_member

PAGE = {"Accept": "text/html"}
NEW = "violet roof in rain"


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def container(clock: MovingClock) -> Container:
    return a_container(clock=clock)


@pytest.fixture
def client(container: Container) -> TestClient:
    a_staff_member(container, Role.OPERATOR)
    return TestClient(create_app(container), follow_redirects=False, headers=PAGE)


def token_in(page: Response) -> str:
    found = re.search(r'name="csrf_token" value="(\w+)"', page.text)
    assert found, page.text
    return found[1]


def fault_in(page: Response) -> str:
    found = re.search(r'role="alert">(.*?)</p>', page.text)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def sign_in(client: TestClient, name: str = "zhang.san", password: str = PASSWORD, return_to: str = "") -> Response:
    token = token_in(client.get("/sign-in"))
    fields = {"csrf_token": token, "name": name, "password": password, "return_to": return_to}
    return client.post("/sign-in", data=fields)


def session_cookie(response: Response) -> Morsel[str]:
    for header in response.headers.get_list("set-cookie"):
        cookies: SimpleCookie = SimpleCookie(header)
        if SESSION_COOKIE in cookies:
            return cookies[SESSION_COOKIE]
    raise AssertionError("no session cookie was set")


def test_the_sign_in_page_is_a_plain_form_with_labels(client: TestClient) -> None:
    page = client.get("/sign-in?return_to=/desk/orders")
    assert page.status_code == 200
    assert '<form class="sign-in" method="post" action="/sign-in">' in page.text
    for field, words in (("name", "账号"), ("password", "密码")):
        assert f'<label for="{field}">{words}</label>' in page.text
        assert f'id="{field}"' in page.text
    assert 'autocomplete="current-password"' in page.text
    assert '<input type="hidden" name="return_to" value="/desk/orders">' in page.text


def test_the_right_password_opens_a_session_and_the_page_asked_for(client: TestClient) -> None:
    response = sign_in(client, return_to="/account?changed=false")
    assert (response.status_code, response.headers["location"]) == (303, "/account?changed=false")
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(("role", "page"), [(Role.OPERATOR, "/desk"), (Role.SUPERVISOR, "/desk"), (Role.AUDITOR, "/admin")])
def test_who_asked_for_nothing_gets_the_page_of_their_role(client: TestClient, container: Container, role: Role, page: str) -> None:
    a_staff_member(container, role, name="li.si")
    assert sign_in(client, "li.si").headers["location"] == page


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    cookie = session_cookie(sign_in(client))
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert not cookie["max-age"], "it goes when the browser is closed"


@pytest.mark.parametrize(
    ("setting", "address", "secure"),
    [
        ("auto", "http://testserver", ""),
        ("auto", "https://testserver", True),
        ("true", "http://testserver", True),
        ("false", "https://testserver", ""),
    ],
)
def test_the_cookie_is_for_https_alone_where_https_is_spoken(setting: str, address: str, secure: bool | str) -> None:
    container = a_container(secure_cookies=setting)
    a_staff_member(container, Role.OPERATOR)
    client = TestClient(create_app(container), base_url=address, follow_redirects=False)
    token = token_in(client.get("/sign-in", headers=PAGE))
    # A client keeps no cookie that may not travel its way; the form's own is sent by hand.
    form_cookie = client.get("/sign-in").headers["set-cookie"].split(";")[0]
    token = token_in(client.get("/sign-in", headers=PAGE | {"Cookie": form_cookie}))
    fields = {"csrf_token": token, "name": "zhang.san", "password": PASSWORD}
    assert session_cookie(client.post("/sign-in", data=fields, headers={"Cookie": form_cookie}))["secure"] == secure


def test_a_session_known_before_signing_in_is_worth_nothing_after(client: TestClient, container: Container) -> None:
    planted = container.access.sessions.open(a_staff_member(container, Role.OPERATOR, name="attacker"))
    client.cookies.set(SESSION_COOKIE, planted.token)
    renewed = session_cookie(sign_in(client)).value
    assert renewed != planted.token
    assert container.access.sessions.find(planted.token) is None
    found = container.access.sessions.find(renewed)
    assert found is not None
    assert found.account.name == "zhang.san"


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "javascript:alert(1)",
        "desk",
        "",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(client: TestClient, address: str) -> None:
    assert sign_in(client, return_to=address).headers["location"] == "/desk"
    assert "elsewhere" not in client.get("/sign-in", params={"return_to": address}).text
    assert inside(address) == "/"


def test_a_wrong_password_says_so_and_keeps_the_name_only(client: TestClient) -> None:
    page = sign_in(client, password="something-else-1")
    assert page.status_code == 401
    assert fault_in(page) == "登录没有成功：账号或密码不对。连续输错 5 次会锁定 15 分钟。"
    assert 'value="zhang.san"' in page.text
    assert "something-else-1" not in page.text
    assert "set-cookie" not in page.headers or SESSION_COOKIE not in page.headers["set-cookie"]


def test_nobody_learns_from_the_page_whether_a_name_exists(client: TestClient) -> None:
    pages: dict[str, list[tuple[int, str]]] = {"zhang.san": [], "nobody": []}
    for name, seen in pages.items():
        for _ in range(7):
            page = sign_in(client, name, "something-else-1")
            seen.append((page.status_code, re.sub(r'value="\w+"', "", page.text.replace(name, "…"))))
    assert pages["zhang.san"] == pages["nobody"]
    assert [status for status, _ in pages["nobody"]] == [401] * 5 + [429] * 2


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(client: TestClient, clock: MovingClock) -> None:
    for _ in range(5):
        sign_in(client, password="something-else-1")
    locked = sign_in(client)
    assert (locked.status_code, "已暂停登录 15 分钟" in fault_in(locked)) == (429, True)
    clock.forward(minutes=15)
    assert sign_in(client).status_code == 303


def test_an_old_sign_in_form_is_shown_again_and_signs_nobody_in(client: TestClient) -> None:
    response = client.post("/sign-in", data={"name": "zhang.san", "password": PASSWORD, "csrf_token": "0" * 64})
    assert response.status_code == 403
    assert "刷新页面后重新提交" in fault_in(response)
    assert SESSION_COOKIE not in client.cookies


def test_another_site_cannot_sign_somebody_in(client: TestClient) -> None:
    token = token_in(client.get("/sign-in"))
    fields = {"csrf_token": token, "name": "zhang.san", "password": PASSWORD}
    assert client.post("/sign-in", data=fields, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    client.cookies.clear()
    assert client.post("/sign-in", data=fields).status_code == 403


def test_two_forms_open_in_one_browser_both_work(client: TestClient) -> None:
    first, second = token_in(client.get("/sign-in")), token_in(client.get("/sign-in"))
    for token in (second, first):
        assert client.post("/sign-in", data={"csrf_token": token, "name": "zhang.san", "password": PASSWORD}).status_code == 303


def test_signing_out_ends_the_session_on_this_side_too(client: TestClient, container: Container) -> None:
    sign_in(client)
    token = client.cookies[SESSION_COOKIE]
    response = client.post("/sign-out", data={"csrf_token": token_in(client.get("/account"))})
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
    assert container.access.sessions.find(token) is None
    assert client.get("/account").headers["location"] == "/sign-in?return_to=%2Faccount"


def test_a_link_cannot_sign_somebody_out(client: TestClient) -> None:
    sign_in(client)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 403
    assert client.get("/account").status_code == 200


def change(client: TestClient, current: str, new: str, again: str) -> Response:
    fields = {"csrf_token": token_in(client.get("/account")), "current": current, "new": new, "again": again}
    return client.post("/account/password", data=fields)


def test_a_changed_password_renews_this_session_and_ends_the_others(client: TestClient, container: Container) -> None:
    sign_in(client)
    before, elsewhere = client.cookies[SESSION_COOKIE], container.access.sessions.open(container.accounts.named("zhang.san"))
    response = change(client, PASSWORD, NEW, NEW)
    assert (response.status_code, response.headers["location"]) == (303, "/account?changed=true")
    assert "密码已修改" in client.get(response.headers["location"]).text
    assert [container.access.sessions.find(token) for token in (before, elsewhere.token)] == [None, None]
    assert sign_in(client, password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again", "status", "words"),
    [
        ("something-else-1", NEW, NEW, 422, "现在的密码不对"),
        (PASSWORD, NEW, NEW + "x", 422, "两次输入的新密码不一样"),
        (PASSWORD, "short", "short", 422, "密码应为 10 到 200 个字符"),
        (PASSWORD, "my-zhang.san-1", "my-zhang.san-1", 422, "不能包含账号名"),
        (PASSWORD, PASSWORD, PASSWORD, 422, "不能与现在的密码相同"),
    ],
)
def test_a_password_that_cannot_be_changed_stays(client: TestClient, current: str, new: str, again: str, status: int, words: str) -> None:
    sign_in(client)
    page = change(client, current, new, again)
    assert page.status_code == status
    assert words in fault_in(page)
    assert new not in page.text
    assert sign_in(client).status_code == 303


def test_an_initial_password_must_be_changed_before_anything_else(client: TestClient, container: Container) -> None:
    made = container.accounts.create("li.si", {Role.OPERATOR}, by="test")
    assert made.initial_password
    assert sign_in(client, "li.si", made.initial_password, "/desk").headers["location"] == "/account"
    page = client.get("/account")
    assert "请先修改初始密码" in page.text
    assert 'href="/desk"' not in page.text
    change(client, made.initial_password, NEW, NEW)
    page = client.get("/account")
    assert "请先修改初始密码" not in page.text
    assert 'href="/desk"' in page.text


@pytest.mark.parametrize(
    ("role", "offered", "withheld"),
    [
        (Role.OPERATOR, {"/desk", "/desk/orders"}, {"/desk/supervision"}),
        (Role.SUPERVISOR, {"/desk", "/desk/orders", "/desk/supervision"}, set()),
        (Role.ADMINISTRATOR, set(), {"/desk", "/desk/orders", "/desk/supervision"}),
        (Role.AUDITOR, set(), {"/desk", "/desk/orders", "/desk/supervision"}),
    ],
)
def test_the_bar_offers_what_the_role_may_open(container: Container, role: Role, offered: set[str], withheld: set[str]) -> None:
    client = a_staff_client(container, a_staff_member(container, role))
    page = client.get("/account", headers=PAGE).text
    links = set(re.findall(r'href="([^"]+)"', page[page.index("<nav") : page.index("</nav>")]))
    assert links >= offered | {"/account"}
    assert not links & withheld


def test_scripts_of_staff_pages_find_the_token_of_the_session(container: Container) -> None:
    client = a_staff_client(container, a_staff_member(container, Role.OPERATOR))
    page = client.get("/account", headers=PAGE)
    assert f'<meta name="csrf-token" content="{client.headers["X-CSRF-Token"]}">' in page.text
    assert token_in(page) == client.headers["X-CSRF-Token"]


def test_a_password_is_never_logged(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    sign_in(client, password="something-else-1")
    sign_in(client)
    change(client, PASSWORD, NEW, NEW)
    written = capsys.readouterr()
    assert "/account/password" in written.out + written.err
    for secret in ("something-else-1", PASSWORD, NEW, client.cookies[SESSION_COOKIE]):
        assert secret not in written.out + written.err


@pytest.mark.parametrize("fields", [{"name": "x" * 101}, {"password": "x" * 1001}, {"name": "a\x00b"}, {"name": "张三"}, {}])
def test_what_cannot_be_a_name_or_a_password_is_refused_in_chinese(client: TestClient, fields: dict[str, str]) -> None:
    page = client.post("/sign-in", data={"csrf_token": token_in(client.get("/sign-in"))} | fields)
    assert page.status_code in {401, 422}
    assert re.search("账号|密码：不能超过 1000 个字", page.text)
