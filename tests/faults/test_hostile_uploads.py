"""Hostile files handed in at the console: each is refused in Chinese, and the service answers all the while."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from knowledge_base.intake.models import UploadState
from tests.demonstration import Home
from tests.faults.served import ENOUGH_S, administrator, started, until
from tests.journeys.service import Service
from tests.knowledge_base import hostile_files as hostile
from tests.knowledge_base.test_hostile_files import ARCHIVES, REFUSED

WITHIN_ARCHIVES = ("64 MB of one letter", "a name that climbs out", "a link")
ALONE = ("docx that reads a file", "10,000-page PDF", "gzip bomb", "PDF and zip at once", "script in SVG", "program called PDF")
MB = 1 << 20


@pytest.fixture(scope="module")
def service(demonstration: Home) -> Iterator[Service]:
    served = started(demonstration)
    yield served
    served.stop()


@pytest.fixture
def answering(service: Service) -> Iterator[list[str]]:
    """Asks for the health of the service all the time; on leaving, nothing may have failed."""
    stop, failures = threading.Event(), list[str]()

    def ask() -> None:
        with httpx.Client(base_url=service.address, timeout=ENOUGH_S) as client:
            while not stop.is_set():
                for path in ("/healthz", "/api/v1/search?q=居住证"):
                    found = client.get(path)
                    if found.status_code != 200:
                        failures.append(f"{path} {found.status_code}")

    asking = threading.Thread(target=ask)
    asking.start()
    yield failures
    stop.set()
    asking.join()
    assert failures == []


def test_each_is_refused_with_a_reason_while_the_service_answers(service: Service, answering: list[str]) -> None:
    files = [REFUSED[attack][:2] for attack in ALONE] + [(f"{number}.zip", ARCHIVES[a][0]) for number, a in enumerate(WITHIN_ARCHIVES)]
    files.append(("办法.docx", lambda: hostile.docx_with("<w:t>" + "甲" * 50 * MB)))
    with closing(administrator(service)) as client, ThreadPoolExecutor(4) as room:
        contents = [(name, make()) for name, make in files]
        taken = list(room.map(lambda file: client.post("/admin/uploads/file", params={"name": file[0]}, content=file[1]), contents))
        assert {answer.status_code for answer in taken} <= {201, 422}
        ids = [answer.json()["id"] for answer in taken if answer.status_code == 201]
        until(lambda: all(service.container.intake.upload(each).state is UploadState.FAILED for each in ids), "not all were refused")
        page = client.get("/admin/uploads", params={"state": "failed"}).text
    for each in ids:
        reason = service.container.intake.upload(each).reason
        assert reason.endswith("。"), reason
        assert "请" in reason or "可以" in reason, reason
    assert "<svg" not in page.split("</header>", 1)[1]


def test_three_hundred_megabytes_are_refused_without_being_held(service: Service, answering: list[str]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with closing(administrator(service)) as client:
        client.headers["Accept"] = "application/json"
        block = b"0" * MB
        try:
            answer = client.post("/admin/uploads/file", params={"name": "大.pdf"}, content=(block for _ in range(300)))
        except httpx.WriteError:
            # The service has answered and hung up before the rest was sent.
            answer = client.post("/admin/uploads/file", params={"name": "大.pdf"}, headers={"Content-Length": str(300 * MB)}, content=block)
    assert answer.status_code == 413
    assert "200 MB 的上限" in answer.json()["detail"]
    assert not [upload for upload in service.container.intake.uploads() if upload.name == "大.pdf"]
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mb < 150, "a stream is no reason to hold it"
