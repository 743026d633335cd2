"""The console's page of the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.access.models import Role
from api.container import Container
from tests.fakes.account_store import MemoryAuditTrail
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_client, a_staff_member


@pytest.fixture
def container() -> Container:
    return a_container()


@pytest.fixture
def as_role(container: Container) -> Callable[[Role], TestClient]:
    return lambda role: a_staff_client(container, a_staff_member(container, role, name=role.value))


def test_who_did_what_and_why_stands_in_the_list(container: Container, as_role: Callable[[Role], TestClient]) -> None:
    client = as_role(Role.AUDITOR)
    container.audit.record("li.si", "roles_changed", "wang.wu", "轮岗 13800138000", "203.0.113.7", "坐席", "班长")
    page = client.get("/admin/audit").text
    for words in ("li.si", "改变角色", "wang.wu", "轮岗 【手机号】", "坐席", "班长"):
        assert words in page
    assert "203.0.113.7" not in page


def test_filters_stand_in_the_address(container: Container, as_role: Callable[[Role], TestClient]) -> None:
    client = as_role(Role.ADMINISTRATOR)
    container.audit.record("li.si", "contact_opened", "GD20261122-00001", "回访", "203.0.113.7")
    container.audit.record("wang.wu", "orders_exported", "csv")
    for query, found in (
        ("actor=li.si", True),
        ("action=contact_opened", True),
        ("subject=GD20261122-00001", True),
        ("address=203.0.113.7", True),
        ("since=2026-11-22&until=2026-11-22", True),
        ("actor=wang.wu", False),
        ("address=203.0.113.8", False),
        ("until=2026-11-21", False),
        ("since=2026-11-23", False),
        ("since=not-a-day", True),
    ):
        assert (">GD20261122-00001</td>" in client.get(f"/admin/audit?{query}").text) is found, query


def test_the_list_has_pages(container: Container, as_role: Callable[[Role], TestClient]) -> None:
    client = as_role(Role.AUDITOR)
    for number in range(60):
        container.audit.record("li.si", "signed_in", f"nr-{number}-")
    first, second = (client.get(f"/admin/audit?actor=li.si&page={page}").text for page in (1, 2))
    assert ("nr-59-" in first, "nr-9-" in first) == (True, False)
    assert ("nr-9-" in second, "nr-59-" in second) == (True, False)
    assert "actor=li.si&amp;page=2" in first


def test_one_button_checks_the_trail_and_the_result_is_kept(container: Container, as_role: Callable[[Role], TestClient]) -> None:
    client = as_role(Role.AUDITOR)
    assert "还没有核对过" in client.get("/admin/audit").text
    assert client.post("/admin/audit/verify").status_code == 303
    page = client.get("/admin/audit").text
    assert "操作记录完整：共" in page
    assert container.audit.events()[0].actor == "auditor"


def test_a_changed_row_is_shown_as_such(container: Container, as_role: Callable[[Role], TestClient]) -> None:
    client = as_role(Role.ADMINISTRATOR)
    trail = container.audit
    assert isinstance(trail, MemoryAuditTrail)
    trail.forge(1, b"another reason")
    client.post("/admin/audit/verify")
    page = client.get("/admin/audit").text
    assert "有问题" in page
    assert "第 1 条被改动过" in page


def test_the_list_is_taken_away_as_csv_and_that_is_recorded(container: Container, as_role: Callable[[Role], TestClient]) -> None:
    client = as_role(Role.AUDITOR)
    container.audit.record("li.si", "contact_opened", "GD20261122-00001", "=SUM(A1)")
    answer = client.get("/admin/audit/export.csv?actor=li.si")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "查看联系方式" in lines[1]
    assert "'=SUM(A1)" in lines[1]
    assert container.audit.events()[0].action == "audit_exported"


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR])
def test_operators_do_not_read_it(as_role: Callable[[Role], TestClient], role: Role) -> None:
    client = as_role(role)
    assert client.get("/admin/audit").status_code == 403
    assert client.get("/admin/audit/export.csv").status_code == 403
    assert client.post("/admin/audit/verify").status_code == 403


def test_the_daily_check_keeps_its_result_and_says_when_something_is_wrong(container: Container) -> None:
    container.audit.record("li.si", "signed_in", "li.si")
    assert container.access.checks.daily() == 1
    last = container.access.checks.last()
    assert last is not None
    assert last.actor == "定时任务"
    assert datetime(2026, 1, 1, tzinfo=UTC) < last.at
