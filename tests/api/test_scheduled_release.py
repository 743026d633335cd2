"""Pages and addresses know nothing of a policy before its day of release; administrators do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from fastapi.testclient import TestClient

from indexing.passage_splitter import split_edition
from knowledge_base.validity import editions
from tests.factories import a_revision
from tests.moving_clock import MovingClock

HIDDEN = a_revision("d-hidden", title="示范市养犬管理办法", release_on=date(2026, 12, 1), effective_on=date(2026, 11, 1))
REPEALED = a_revision("d-dogs", title="示范市养犬规定", repealed_on=date(2026, 11, 1), repealed_by="d-hidden")
ADDRESSES = ("/policies/d-hidden", "/api/v1/policies/d-hidden")
LISTS = (
    "/policies",
    "/policies?q=养犬管理",
    "/api/v1/policies",
    "/api/v1/policies?as_of=2027-01-01",
    "/policies/d-dogs",
    "/api/v1/policies/d-dogs",
)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(datetime(2026, 11, 30, 15, 59, tzinfo=UTC))


@pytest.fixture
def browser(client_with: Callable[..., TestClient], clock: MovingClock) -> TestClient:
    passages = split_edition(editions([HIDDEN])[0])
    return client_with(revisions=[HIDDEN, REPEALED], passages=passages, clock=clock)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_policy_can_be_opened_from_its_day_on(browser: TestClient, clock: MovingClock, address: str) -> None:
    assert browser.get(address).status_code == 404
    clock.forward(minutes=1)
    assert browser.get(address).status_code == 200


@pytest.mark.parametrize("address", LISTS)
def test_its_title_is_nowhere_before_and_there_after(browser: TestClient, clock: MovingClock, address: str) -> None:
    before = browser.get(address).text
    assert "示范市养犬管理办法" not in before
    assert "d-hidden" not in before
    clock.forward(minutes=1)
    assert "示范市养犬管理办法" in browser.get(address).text


def test_search_does_not_show_it_whatever_day_is_asked_about(browser: TestClient, clock: MovingClock) -> None:
    asked = {"q": "申领居住证应当提交什么", "as_of": "2027-01-01", "region": "990100"}
    assert browser.get("/api/v1/search", params=asked).json()["hits"] == []
    clock.forward(minutes=1)
    assert browser.get("/api/v1/search", params=asked).json()["hits"] != []


def test_a_text_from_a_scan_says_so_until_somebody_has_compared_it(client_with: Callable[..., TestClient]) -> None:
    scanned, read = a_revision("d-scan", read_by_machine=True), a_revision("d-read")
    browser = client_with(revisions=[scanned, read])
    note = "本文由扫描件识别，尚未人工核对"
    assert note in browser.get("/policies/d-scan").text
    assert note not in browser.get("/policies/d-read").text
