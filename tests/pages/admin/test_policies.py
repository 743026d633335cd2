"""The list of policies in the console: every state, filters in the address, order, pages, a CSV file."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from fastapi.testclient import TestClient

from api.access.models import Role
from api.container import Container
from knowledge_base.models import ChangeKind, DocumentRevision
from tests.factories import DEMO_CITY, DEMO_DISTRICT, DEMO_PROVINCE, a_revision
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_client, a_staff_member

TODAY = date(2026, 11, 22)


def documents() -> tuple[DocumentRevision, ...]:
    amended = {"number": 2, "edition": 2, "text": "第一条 新的。\n", "kind": ChangeKind.AMEND, "at": datetime(2026, 11, 20, tzinfo=UTC)}
    return (
        a_revision("d-1", title="居住证办法", effective_on=date(2024, 1, 1), issuing_authorities=("示范市公安局",), topics=("户籍",)),
        a_revision("d-2", title="旧居住证办法", effective_on=date(2010, 1, 1), repealed_on=date(2024, 1, 1)),
        a_revision("d-3", title="助餐办法", effective_on=date(2027, 1, 1), jurisdiction=DEMO_DISTRICT),
        a_revision("d-4", title="补贴通知", effective_on=date(2025, 1, 1), expires_on=date(2026, 12, 10)),
        a_revision("d-5", title="奖励通知", effective_on=date(2025, 1, 1), expires_on=date(2027, 2, 10)),
        a_revision("d-6", title="扫描的公告", effective_on=date(2025, 6, 1), effective_on_inferred=True, read_by_machine=True),
        a_revision("d-7", title="明天公开的办法", effective_on=date(2025, 7, 1), release_on=date(2026, 11, 23)),
        a_revision("d-8", title="省里的办法", effective_on=date(2020, 1, 1), jurisdiction=DEMO_PROVINCE),
        a_revision("d-9", 1, title="=HYPERLINK()", effective_on=date(2012, 1, 1)),
        a_revision("d-9", title="改过的办法", effective_on=date(2013, 1, 1), **amended),
    )


@pytest.fixture(scope="module")
def container() -> Container:
    return a_container(revisions=documents(), page_size=100)


@pytest.fixture(scope="module")
def client(container: Container) -> TestClient:
    return a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))


def listed(client: TestClient, query: str) -> list[str]:
    """The titles of the list, in order, from the CSV file, which shows what the page shows."""
    page, rows = client.get(f"/admin/policies?{query}"), client.get(f"/admin/policies/export.csv?{query}")
    assert page.status_code == rows.status_code == 200
    titles = [line.split(",")[1].lstrip("'") for line in rows.content.decode("utf-8-sig").splitlines()[1:]]
    assert all(title in page.text for title in titles)
    assert f"共 {len(titles)} 件" in page.text
    return titles


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("status=repealed", ["旧居住证办法"]),
        ("status=not_yet_effective", ["助餐办法"]),
        ("status=amended", ["改过的办法"]),
        ("region=明德区", ["助餐办法"]),
        ("authority=公安局", ["居住证办法"]),
        ("topic=户籍", ["居住证办法"]),
        ("words=居住证 旧", ["旧居住证办法"]),
        ("expiring=30", ["补贴通知"]),
        ("expiring=90&sort=ends", ["补贴通知", "奖励通知"]),
        ("note=undated", ["扫描的公告"]),
        ("note=machine", ["扫描的公告"]),
        ("note=scheduled", ["明天公开的办法"]),
        ("region=无此地", []),
    ],
)
def test_the_address_says_which_policies_are_listed(client: TestClient, query: str, titles: list[str]) -> None:
    assert listed(client, query) == titles


def test_a_region_is_listed_with_those_below_it(client: TestClient) -> None:
    assert "助餐办法" in listed(client, f"region={DEMO_CITY}")
    assert "省里的办法" not in listed(client, f"region={DEMO_CITY}")


def test_a_column_can_be_sorted_both_ways_and_what_lacks_the_value_stays_last(client: TestClient) -> None:
    assert listed(client, "sort=ends")[:3] == ["旧居住证办法", "补贴通知", "奖励通知"]
    assert listed(client, "sort=-ends")[:3] == ["奖励通知", "补贴通知", "旧居住证办法"]
    assert listed(client, "sort=-changed")[0] == "改过的办法"


def test_long_lists_have_pages_that_keep_the_filters(container: Container) -> None:
    small = a_container(revisions=documents(), page_size=2)
    client = a_staff_client(small, a_staff_member(small, Role.AUDITOR))
    page = client.get("/admin/policies?status=in_force&sort=title").text
    assert "status=in_force&amp;sort=title&amp;page=2" in page
    assert "第 1 页，共 4 页" in page


def test_a_title_that_looks_like_a_formula_is_harmless_in_the_file() -> None:
    container = a_container(revisions=[a_revision(title="=1+1")])
    client = a_staff_client(container, a_staff_member(container, Role.ADMINISTRATOR))
    assert ",'=1+1," in client.get("/admin/policies/export.csv").content.decode("utf-8-sig")


def test_taking_the_list_away_is_noted(container: Container, client: TestClient) -> None:
    client.get("/admin/policies/export.csv?status=repealed")
    event = container.audit.events(action="policies_exported", limit=1)[0]
    assert (event.actor, event.reason) == ("zhang.san", "共1件")
