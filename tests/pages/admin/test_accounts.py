"""The console's pages of accounts."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from api.access.errors import TooManyAttempts
from api.access.models import LOCAL, Role
from api.access.ports import SignInAnswer
from api.container import Container
from tests.fakes.containers import a_container
from tests.staff_clients import PASSWORD, a_staff_client, a_staff_member

GENERATED = re.compile(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}")


@pytest.fixture
def container() -> Container:
    return a_container()


@pytest.fixture
def admin(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR, name="admin"))


def signs_in(container: Container, name: str, password: str, address: str = "10.0.0.9") -> bool:
    session = container.access.sign_in.sign_in(LOCAL, SignInAnswer({"name": name, "password": password}, address))
    return session.account.name == name


def test_a_new_account_gets_a_password_that_is_shown_once(container: Container, admin: TestClient) -> None:
    page = admin.post("/admin/accounts", data={"name": "li.si", "display_name": "李四", "roles": ["operator", "supervisor"]})
    found = GENERATED.search(page.text)
    assert found
    assert page.headers["cache-control"] == "no-store"
    assert signs_in(container, "li.si", found.group())
    assert container.accounts.named("li.si").role_labels == "坐席、班长"
    assert found.group() not in admin.get("/admin/accounts").text
    created = next(event for event in container.audit.events() if event.action == "account_created" and event.subject == "li.si")
    assert (created.actor, "坐席、班长" in created.after, bool(created.address)) == ("admin", True, True)
    assert found.group() not in repr(container.audit.events())


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "李四", "roles": ["operator"]}, "账号名应为"),
        ({"name": "li.si"}, "请至少指定一个角色"),
        ({"name": "admin", "roles": ["operator"]}, "已经存在"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(admin: TestClient, form: dict[str, object], words: str) -> None:
    page = admin.post("/admin/accounts", data=form)
    assert page.status_code in (409, 422)
    assert words in page.text
    assert f'value="{form["name"]}"' in page.text


def test_roles_change_with_before_and_after_on_record(container: Container, admin: TestClient) -> None:
    a_staff_member(container, Role.OPERATOR, name="li.si")
    assert admin.post("/admin/accounts/li.si/roles", data={"roles": ["auditor"], "reason": "转岗"}).status_code == 303
    (event, *_) = container.audit.events()
    assert (event.action, event.before, event.after, event.reason) == ("roles_changed", "坐席", "审计员", "转岗")


def test_the_last_administrator_stays_one(container: Container, admin: TestClient) -> None:
    page = admin.post("/admin/accounts/admin/roles", data={"roles": ["operator"]})
    assert page.status_code == 409
    assert "最后一个可用的管理员" in page.text
    assert Role.ADMINISTRATOR in container.accounts.named("admin").roles


def test_nobody_disables_their_own_account(container: Container, admin: TestClient) -> None:
    a_staff_member(container, Role.ADMINISTRATOR, name="second")
    page = admin.post("/admin/accounts/admin/disable", data={"reason": "误点"})
    assert (page.status_code, "不能停用自己" in page.text) == (409, True)
    assert "停用须由另一位管理员操作" in admin.get("/admin/accounts/admin").text


def test_disabling_needs_a_reason_and_ends_what_is_open(container: Container, admin: TestClient) -> None:
    account = a_staff_member(container, Role.OPERATOR, name="li.si")
    session = container.access.sessions.open(account)
    assert admin.post("/admin/accounts/li.si/disable", data={"reason": "  "}).status_code == 422
    assert container.access.sessions.lasts(session.token)
    assert admin.post("/admin/accounts/li.si/disable", data={"reason": "离职"}).status_code == 303
    assert not container.access.sessions.lasts(session.token)
    assert admin.post("/admin/accounts/li.si/enable", data={"reason": "返岗"}).status_code == 303
    assert signs_in(container, "li.si", PASSWORD)


def test_a_locked_account_is_opened_without_another_password(container: Container, admin: TestClient) -> None:
    a_staff_member(container, Role.OPERATOR, name="li.si")
    for _ in range(5):
        with pytest.raises(Exception, match="账号或密码不对"):
            signs_in(container, "li.si", "wrong")
    with pytest.raises(TooManyAttempts):
        signs_in(container, "li.si", PASSWORD)
    assert admin.post("/admin/accounts/li.si/unlock", data={"reason": "本人来电"}).status_code == 303
    assert signs_in(container, "li.si", PASSWORD)


def test_a_reset_password_is_shown_once_and_works(container: Container, admin: TestClient) -> None:
    a_staff_member(container, Role.OPERATOR, name="li.si")
    assert admin.post("/admin/accounts/li.si/reset-password").status_code == 422
    page = admin.post("/admin/accounts/li.si/reset-password", data={"reason": "忘记密码"})
    found = GENERATED.search(page.text)
    assert found
    assert page.headers["cache-control"] == "no-store"
    assert signs_in(container, "li.si", found.group())


def test_sessions_are_ended_everywhere(container: Container, admin: TestClient) -> None:
    session = container.access.sessions.open(a_staff_member(container, Role.OPERATOR, name="li.si"))
    assert admin.post("/admin/accounts/li.si/end-sessions", data={"reason": "电脑遗失"}).status_code == 303
    assert not container.access.sessions.lasts(session.token)


def test_an_identity_from_elsewhere_is_bound_and_unbound(container: Container, admin: TestClient) -> None:
    a_staff_member(container, Role.OPERATOR, name="li.si")
    identity = {"provider": "city-sso", "subject": "248289761001"}
    assert admin.post("/admin/accounts/li.si/link", data=identity).status_code == 303
    assert "248289761001" in admin.get("/admin/accounts/li.si").text
    assert admin.post("/admin/accounts/li.si/link", data=identity).status_code == 409
    assert admin.post("/admin/accounts/li.si/unlink", data=identity).status_code == 303
    assert container.accounts.identities("li.si") == ()


ACTS = ("roles", "disable", "enable", "unlock", "end-sessions", "reset-password", "link", "unlink")


def test_an_auditor_looks_and_changes_nothing(container: Container) -> None:
    a_staff_member(container, Role.OPERATOR, name="li.si")
    client = a_staff_client(container, a_staff_member(container, Role.AUDITOR, name="auditor"))
    page = client.get("/admin/accounts/li.si")
    assert page.status_code == 200
    assert "<form" not in page.text.split("<main")[1]
    assert client.post("/admin/accounts", data={"name": "x.y", "roles": ["operator"]}).status_code == 403
    assert {client.post(f"/admin/accounts/li.si/{act}", data={"reason": "x"}).status_code for act in ACTS} == {403}


def test_an_unknown_account_is_not_found(admin: TestClient) -> None:
    assert admin.get("/admin/accounts/nobody").status_code == 404
    assert {admin.post(f"/admin/accounts/nobody/{act}", data={"reason": "x", "roles": "operator"}).status_code for act in ACTS} == {404}
