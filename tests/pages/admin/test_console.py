"""The frame of the console: who may come in, and what an act leaves in the audit trail."""

from __future__ import annotations

import pytest

from api.access.models import Role
from api.pages.admin.sections import GROUPS
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_client, a_staff_member


@pytest.mark.parametrize(("role", "status"), [(Role.ADMINISTRATOR, 200), (Role.AUDITOR, 200), (Role.OPERATOR, 403), (Role.SUPERVISOR, 403)])
def test_the_console_opens_for_administrators_and_auditors(role: Role, status: int) -> None:
    container = a_container()
    client = a_staff_client(container, a_staff_member(container, role))
    assert client.get("/admin").status_code == status


def test_an_auditor_is_told_that_nothing_can_be_changed() -> None:
    container = a_container()
    client = a_staff_client(container, a_staff_member(container, Role.AUDITOR))
    assert "可以看，不能改" in client.get("/admin").text


def test_every_section_of_the_menu_stands_on_the_first_page() -> None:
    container = a_container()
    page = a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR)).get("/admin").text
    assert all(section.label in page and section.duty in page for group in GROUPS for section in group.sections)
