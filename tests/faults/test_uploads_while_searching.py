"""Six files are handed in at once while sixteen people search: no query fails, no document and no audit row is lost or doubled."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from knowledge_base.intake.models import DraftFilter, DraftState
from tests.demonstration import Home
from tests.faults.served import ADMINISTRATOR, ENOUGH_S, administrator, started, until
from tests.journeys.service import Service

CLIENTS, FILES = 16, 6


@pytest.fixture
def service(own_demonstration: Home) -> Iterator[Service]:
    served = started(own_demonstration)
    yield served
    served.stop()


def content(number: int) -> bytes:
    body = "".join(f"第{article}条 奇峰{number}号登山步道第{article}段的养护由园林部门负责。\n" for article in range(1, 30))
    return f"示范市奇峰{number}号登山步道管理办法\n示政发〔2025〕{number + 70}号\n{body}第三十条 本办法自2025年1月1日起施行。\n".encode()


@pytest.mark.model
def test_no_query_fails_and_nothing_is_lost_or_doubled(service: Service) -> None:
    container, stop = service.container, threading.Event()
    failures, searched = list[str](), [0] * CLIENTS

    def search(seat: int) -> None:
        with httpx.Client(base_url=service.address, timeout=ENOUGH_S) as client:
            while not stop.is_set():
                try:
                    found = client.get("/api/v1/search", params={"q": "居住证要带什么材料", "region": "990100"})
                    if found.status_code != 200 or not found.json()["hits"]:
                        failures.append(found.text)
                except Exception as error:  # any failure of a query is what the test is about
                    failures.append(repr(error))
                searched[seat] += 1

    before, rows = container.documents.count(), len(container.audit.events(limit=10_000))
    readers = [threading.Thread(target=search, args=(seat,)) for seat in range(CLIENTS)]
    for reader in readers:
        reader.start()
    try:
        client = administrator(service)

        def hand_in(number: int) -> int:
            return client.post("/admin/uploads/file", params={"name": f"步道{number}.txt"}, content=content(number)).status_code

        with ThreadPoolExecutor(FILES) as room:
            assert list(room.map(hand_in, range(FILES))) == [201] * FILES
        until(lambda: container.intake.count_drafts(DraftFilter(state=DraftState.WAITING)) == FILES, "not all files were read")
        for draft in container.intake.drafts(DraftFilter(state=DraftState.WAITING)):
            container.intake.publish(draft.id, draft.version, ADMINISTRATOR, "核对无误")
        container.work.submit("refresh_index")
        question = {"q": "奇峰5号登山步道由谁养护", "region": "990100"}
        until(lambda: "奇峰5号" in client.get("/api/v1/search", params=question).text, "what was published is not found")
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert failures == []
    assert min(searched) > 10
    assert container.documents.count() == before + FILES
    uploaded = [event for event in container.audit.events(limit=10_000) if event.action == "file_uploaded"]
    assert sorted(event.subject for event in uploaded) == [f"步道{number}.txt" for number in range(FILES)]
    assert len(container.audit.events(limit=10_000)) >= rows + FILES
    assert container.access.checks.run("test", noted=False).is_whole
