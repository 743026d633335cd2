"""The console's page of backups."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.access.models import Role
from api.backups.records_copy import SqliteRecords
from api.container import Container
from knowledge_base.adapters.sql import open_records
from tests.fakes.containers import a_container
from tests.fakes.work_queue import RecordingQueue
from tests.staff_clients import a_staff_client, a_staff_member


@pytest.fixture
def container(tmp_path: Path) -> Container:
    open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}").dispose()
    return a_container(home=tmp_path)


def test_a_backup_is_asked_for_with_one_button(container: Container) -> None:
    client = a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))
    assert client.post("/admin/backups").status_code == 303
    assert isinstance(container.work, RecordingQueue)
    assert ("backup", "zhang.san") in container.work.submitted
    assert container.audit.events()[0].action == "backup_requested"


def test_a_backup_is_listed_and_checked(container: Container) -> None:
    assert isinstance(container.backups.desk.records, SqliteRecords)
    made = container.backups.desk.make()
    client = a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))
    assert made.name in client.get("/admin/backups").text
    checked = client.post(f"/admin/backups/{made.name}/check")
    assert checked.status_code == 303
    made.path.write_bytes(made.path.read_bytes()[:100])
    refused = client.post(f"/admin/backups/{made.name}/check")
    assert refused.status_code == 409
    assert "不完整或被改动过" in refused.text


def test_restoring_needs_a_reason_and_a_tick(container: Container) -> None:
    made = container.backups.desk.make()
    client = a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))
    assert client.post(f"/admin/backups/{made.name}/restore", data={"reason": "误删"}).status_code == 422
    assert client.post(f"/admin/backups/{made.name}/restore", data={"reason": "误删", "sure": "yes"}).status_code == 303
    assert isinstance(container.work, RecordingQueue)
    assert container.work.submitted == [("restore_backup", f"{made.name} zhang.san")]
    assert client.post("/admin/backups/none.zip/restore", data={"reason": "误删", "sure": "yes"}).status_code == 404


def test_an_auditor_sees_backups_and_cannot_make_any(container: Container) -> None:
    made = container.backups.desk.make()
    client = a_staff_client(container, a_staff_member(container, Role.AUDITOR))
    page = client.get("/admin/backups")
    assert made.name in page.text
    assert "立即备份</button>" not in page.text
    assert client.post("/admin/backups").status_code == 403
