"""Two service processes of one installation, with PostgreSQL and Valkey between them: what one knows, the other knows."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.access.key_models import Scope
from api.access.models import Role
from api.app import create_app
from api.container import Container, build_container
from api.service import create
from api.settings import Settings
from assistant.answering import PolicyAssistant
from indexing.errors import NoSnapshot
from tests.contracts.test_rate_limits import TIGHT
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_client, a_staff_member

pytestmark = pytest.mark.postgres
Two = tuple[Container, Container]


@pytest.fixture
def two(tmp_path: Path, postgres_url: str, valkey_url: str) -> Two:
    """On two machines: each has a home of its own, and both have the same keys."""
    rates = tmp_path / "rates.toml"
    rates.write_text(TIGHT.replace('"2/day"', '"3/day"'), encoding="utf-8")

    def process(name: str) -> Container:
        shared = {"records_url": postgres_url, "valkey_url": valkey_url, "rate_limits": str(rates), "audit_key": "0a" * 32}
        return build_container(Settings(_env_file=None, home=tmp_path / name, jobs="off", **shared))  # type: ignore[arg-type]  # texts

    return process("one"), process("other")


def test_who_signed_in_at_one_is_signed_in_at_the_other_until_signing_out(two: Two) -> None:
    one, other = two
    client = a_staff_client(one, a_staff_member(one, Role.OPERATOR))
    elsewhere = TestClient(create_app(other), cookies=client.cookies, headers=client.headers, follow_redirects=False)
    assert elsewhere.get("/desk").status_code == 200
    client.post("/sign-out")
    assert elsewhere.get("/desk").status_code == 401


def test_staff_are_counted_together(two: Two) -> None:
    one, other = two
    client = a_staff_client(one, a_staff_member(one, Role.OPERATOR))
    elsewhere = TestClient(create_app(other), cookies=client.cookies, headers=client.headers, follow_redirects=False)
    assert [each.get("/desk").status_code for each in (client, elsewhere, client, elsewhere)] == [200, 200, 200, 429]


def test_visitors_are_counted_together(two: Two) -> None:
    clients = [TestClient(create_app(container)) for container in two]
    seen = [clients[number % 2].get("/api/v1/policies").status_code for number in range(4)]
    assert seen == [200, 200, 200, 429]


def test_a_key_revoked_at_one_is_refused_at_the_other(two: Two) -> None:
    one, other = two
    made = one.keys.create("门户", "数据局", {Scope.ANSWER}, by="admin")
    assert other.keys.admit(made.secret).id == made.key.id
    one.keys.revoke(made.key.id, by="admin", reason="下线")
    refused = TestClient(create_app(other)).get("/v1/models", headers={"Authorization": f"Bearer {made.secret}"})
    assert refused.status_code == 401


def test_work_submitted_at_one_waits_at_the_other(two: Two) -> None:
    one, other = two
    one.work.submit("refresh_index")
    other.work.submit("refresh_index")
    assert other.work.waiting() == 1


def test_a_process_beside_others_listens_when_what_it_answers_with_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[object] = []

    def assistant() -> PolicyAssistant:
        time.sleep(0.05)
        loaded.append(None)
        raise NoSnapshot

    container = replace(a_container(records_url="postgresql://nobody@127.0.0.1/none"), assistant=assistant)
    monkeypatch.setattr("api.service.Settings", lambda: container.settings)
    monkeypatch.setattr("api.service.build_container", lambda _: container)
    monkeypatch.setattr("api.service.configure_logs", lambda _: None)
    monkeypatch.setattr("api.service.note_restoration", lambda _: None)
    create()
    assert loaded
