"""Making, using and revoking keys for other systems."""

from __future__ import annotations

import re
from datetime import date

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.access.api_keys import ApiKeys
from api.access.errors import ApiKeyNeeded, ApiKeyRefused, InvalidApiKey, ScopeMissing, UnknownApiKey
from api.access.key_models import KeyState, Scope
from api.access.models import Role
from api.commands import keys as keys_commands
from api.commands.console import CommandFailed
from api.container import Container
from knowledge_base.china_time import china_day
from tests.fakes.account_store import MemoryAuditTrail
from tests.fakes.api_key_store import MemoryApiKeyStore
from tests.fakes.containers import a_container, mask_one_number
from tests.moving_clock import MovingClock
from tests.staff_clients import a_staff_client, a_staff_member

SECRET = re.compile(r"zw_[0-9a-f]{8}_[\w-]{43}")
TODAY = date(2026, 11, 22)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def keys(clock: MovingClock) -> ApiKeys:
    return ApiKeys(MemoryApiKeyStore(), MemoryAuditTrail(clock, mask_one_number), mask_one_number, clock)


def test_a_key_opens_the_doors_of_its_scopes_and_no_others(keys: ApiKeys) -> None:
    made = keys.create("门户", "数据局", {Scope.ANSWER}, by="admin")
    assert SECRET.fullmatch(made.secret)
    assert keys.admit(made.secret, Scope.ANSWER).id == made.key.id
    with pytest.raises(ScopeMissing, match="没有“分派”权限"):
        keys.admit(made.secret, Scope.ROUTE)


def test_the_key_itself_is_kept_nowhere(keys: ApiKeys) -> None:
    made = keys.create("门户", "数据局", {Scope.ANSWER}, by="admin")
    tail = made.secret.rpartition("_")[2]
    assert tail not in repr(keys.store.__dict__)  # type: ignore[attr-defined]
    assert tail not in repr(keys.audit.events())


def test_no_key_and_a_wrong_key_are_told_apart(keys: ApiKeys) -> None:
    secret = keys.create("门户", "数据局", {Scope.ANSWER}, by="admin").secret
    with pytest.raises(ApiKeyNeeded):
        keys.admit("", Scope.ANSWER)
    with pytest.raises(ApiKeyRefused, match="密钥不对"):
        keys.admit(secret[:-1] + ("a" if secret[-1] != "a" else "b"), Scope.ANSWER)


def test_a_key_works_on_its_last_day_and_not_on_the_next(keys: ApiKeys, clock: MovingClock) -> None:
    secret = keys.create("门户", "数据局", {Scope.ANSWER}, by="admin", expires_on=keys_day(clock)).secret
    assert keys.admit(secret)
    clock.forward(days=1)
    with pytest.raises(ApiKeyRefused, match="已过期"):
        keys.admit(secret)


def test_a_revoked_key_opens_nothing_and_revoking_again_leaves_the_first_word(keys: ApiKeys) -> None:
    made = keys.create("门户", "数据局", {Scope.ANSWER}, by="admin")
    keys.revoke(made.key.prefix, by="admin", reason="系统下线")
    keys.revoke(made.key.id, by="li.si")
    with pytest.raises(ApiKeyRefused, match="已停用"):
        keys.admit(made.secret)
    assert next((event.action, event.actor, event.reason) for event in keys.audit.events()) == ("api_key_revoked", "admin", "系统下线")
    assert keys.named(made.secret).revoked_by == "admin"


def test_use_is_noted_once_a_minute(keys: ApiKeys, clock: MovingClock) -> None:
    made, begun = keys.create("门户", "数据局", {Scope.ANSWER}, by="admin"), clock()
    keys.admit(made.secret)
    clock.forward(seconds=59)
    keys.admit(made.secret)
    assert keys.named(made.key.id).last_used_at == begun
    clock.forward(seconds=1)
    keys.admit(made.secret)
    assert keys.named(made.key.id).last_used_at == clock()


def test_personal_data_in_what_is_written_about_a_key_is_masked(keys: ApiKeys) -> None:
    keys.create("门户 13800138000", "张三 13800138000", {Scope.ANSWER}, by="admin")
    assert "13800138000" not in repr(keys.all()) + repr(keys.audit.events())


@pytest.mark.parametrize(
    ("name", "owner", "scopes", "expires_on", "words"),
    [
        (" ", "数据局", {Scope.ANSWER}, None, "请填写用途"),
        ("门户", "", {Scope.ANSWER}, None, "请填写负责人"),
        ("门" * 61, "数据局", {Scope.ANSWER}, None, "不超过 60 个字"),
        ("门户", "数据局", set(), None, "至少选择一项权限"),
        ("门户", "数据局", {Scope.ANSWER}, date(2020, 1, 1), "有效期已经过了"),
    ],
)
def test_what_cannot_be_is_refused(keys: ApiKeys, name: str, owner: str, scopes: set[Scope], expires_on: date | None, words: str) -> None:
    with pytest.raises(InvalidApiKey, match=words):
        keys.create(name, owner, scopes, by="admin", expires_on=expires_on)
    assert keys.all() == ()


def test_a_key_that_nobody_made_cannot_be_revoked(keys: ApiKeys) -> None:
    with pytest.raises(UnknownApiKey):
        keys.revoke("zw_00000000", by="admin")


@pytest.fixture
def container() -> Container:
    return a_container()


@pytest.fixture
def admin(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR, name="admin"))


FORM = {"name": "市政务服务网", "owner": "数据局", "expires_on": "2027-11-22", "scopes": ["answer", "route"]}


def test_the_page_shows_a_new_key_exactly_once(container: Container, admin: TestClient) -> None:
    page = admin.post("/admin/api-keys", data=FORM)
    (secret,) = SECRET.findall(page.text)
    assert page.headers["cache-control"] == "no-store"
    assert container.keys.admit(secret, Scope.ROUTE).expires_on == date(2027, 11, 22)
    again = admin.get("/admin/api-keys").text
    assert (secret in again, secret[:11] in again, "提问、分派" in again) == (False, True, True)


def test_a_form_that_cannot_be_keeps_what_was_typed(container: Container, admin: TestClient) -> None:
    page = admin.post("/admin/api-keys", data=FORM | {"expires_on": "明年"})
    assert (page.status_code, "有效期应写成" in page.text, 'value="市政务服务网"' in page.text) == (422, True, True)
    assert container.keys.all() == ()


def test_the_page_revokes_with_a_reason_on_record(container: Container, admin: TestClient) -> None:
    key = container.keys.create("门户", "数据局", {Scope.ANSWER}, by="admin").key
    assert admin.post(f"/admin/api-keys/{key.id}/revoke", data={"reason": ""}).status_code == 422
    assert admin.post(f"/admin/api-keys/{key.id}/revoke", data={"reason": "系统下线"}).status_code == 303
    assert container.keys.named(key.id).state_on(TODAY) is KeyState.REVOKED
    assert (container.audit.events()[0].action, container.audit.events()[0].reason) == ("api_key_revoked", "系统下线")
    assert admin.post("/admin/api-keys/00000000/revoke", data={"reason": "x"}).status_code == 404


def keys_day(clock: MovingClock) -> date:
    return china_day(clock())


def test_the_command_line_makes_lists_and_revokes(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_commands, "open_container", lambda: container)
    run = CliRunner().invoke
    made = run(
        keys_commands.app, ["create", "门户", "--owner", "数据局", "--scope", "answer", "--scope", "查条款", "--expires", "2027-11-22"]
    )
    (secret,) = SECRET.findall(made.output)
    assert container.keys.admit(secret, Scope.SEARCH).name == "门户"
    listed = run(keys_commands.app, ["list"]).output
    assert (secret in listed, f"{secret[:11]}\t门户\t数据局\t提问、查条款\t可用\t2027-11-22" in listed) == (False, True)
    assert run(keys_commands.app, ["revoke", secret[:11], "--reason", "系统下线"]).exit_code == 0
    assert "已停用" in run(keys_commands.app, ["list"]).output
    assert {event.action for event in container.audit.events()} == {"api_key_created", "api_key_revoked"}


def test_the_command_line_names_the_scopes_there_are(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_commands, "open_container", lambda: container)
    refused = CliRunner().invoke(keys_commands.app, ["create", "门户", "--owner", "数据局", "--scope", "everything"])
    assert isinstance(refused.exception, CommandFailed)
    assert "answer（提问）" in str(refused.exception)
