"""A service that is told to stop finishes the answers it has begun, whole or streamed, and takes no new ones."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import httpx
import pytest
from fastapi import FastAPI

from api.serving import RestorationWatch, RestoringServer, server_config
from tests.faults.child_process import ROOT
from tests.faults.stopping_service import begun_beside
from tests.journeys.service import free_port

PATIENCE_S = 60
QUESTION = {"message": "居住证怎么办？"}


@dataclass
class Stopping:
    process: subprocess.Popen[bytes]
    address: str
    file: Path


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Stopping]:
    port, file = free_port(), tmp_path / "answer"
    command = [sys.executable, "-m", "tests.faults.stopping_service", str(port), str(file)]
    process = subprocess.Popen(command, cwd=ROOT)
    made = Stopping(process, f"http://127.0.0.1:{port}", file)
    give_up = time.monotonic() + PATIENCE_S
    while not _responds(made.address):
        assert process.poll() is None
        assert time.monotonic() < give_up, "the service did not start"
        time.sleep(0.05)
    yield made
    process.kill()
    process.wait()


def _responds(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def _wait_until_begun(file: Path, answers: int) -> None:
    begun, give_up = begun_beside(file), time.monotonic() + PATIENCE_S
    while not begun.exists() or len(begun.read_text(encoding="utf-8").splitlines()) < answers:
        assert time.monotonic() < give_up, "the answers did not begin"
        time.sleep(0.02)


def _wait_until_closed(address: str) -> None:
    # Streams are told by the signal itself, the port is closed at the server's next look, a tenth of a second later.
    give_up = time.monotonic() + PATIENCE_S / 4
    while _responds(address):
        assert time.monotonic() < give_up, "it goes on taking new requests"
        time.sleep(0.05)


@pytest.mark.parametrize(("restored", "turned_away"), [(False, True), (True, False)])
def test_nobody_is_let_in_while_it_stops_and_everybody_waits_while_it_starts_anew(
    tmp_path: Path, restored: bool, turned_away: bool
) -> None:
    refused: list[bool] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        with socket.socket() as caller:
            refused.append(caller.connect_ex(address) != 0)

    config = server_config("127.0.0.1", 0, FastAPI(lifespan=lifespan))
    listening = config.bind_socket()
    address = listening.getsockname()
    server = RestoringServer(config, RestorationWatch(tmp_path), listening)
    serving = Thread(target=server.run, args=([listening.dup()],))
    serving.start()
    while not server.started:
        time.sleep(0.01)
    server.outdated, server.should_exit = restored, True
    serving.join()
    listening.close()
    assert refused == [turned_away]


def test_answers_that_have_begun_are_finished_and_endless_streams_are_cut_off(service: Stopping) -> None:
    with httpx.Client(base_url=service.address, timeout=PATIENCE_S) as client, ThreadPoolExecutor(1) as pool:
        whole = pool.submit(httpx.post, f"{service.address}/api/v1/chat", json=QUESTION, timeout=PATIENCE_S)
        stream = client.stream("POST", "/api/v1/chat", json=QUESTION, headers={"Accept": "text/event-stream"})
        with stream as answer, client.stream("GET", "/live") as live:
            events, lines = answer.iter_lines(), live.iter_lines()
            assert next(events) == "event: status"
            assert next(lines) == "data: here"
            _wait_until_begun(service.file, 2)
            service.process.terminate()
            # It ends when the service has told its streams to stop: an answer that had no time given to it would be cut off by now.
            with suppress(httpx.TransportError):
                for _ in lines:
                    pass
            _wait_until_closed(service.address)
            service.file.touch()
            rest = list(events)
        assert "event: done" in rest
        assert "event: error" not in rest
        assert whole.result().status_code == 200
    assert service.process.wait(PATIENCE_S) is not None
