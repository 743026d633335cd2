"""What is beyond the capacity of a process is turned away while the others are still at work: nothing waits in order to be refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
from httpx import ASGITransport, AsyncClient
from starlette.types import Receive, Scope, Send

from api.access.key_models import Scope as KeyScope
from api.admission import Admission, CrowdGuard, ServiceBusy
from api.app import create_app
from api.container import Container
from tests.api.test_waiting_line import Held
from tests.fakes.containers import a_container

QUESTION = {"message": "居住证怎么办？"}


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    # In a thread of its own: a browser's journey may have left a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, scene()).result()


def held_container() -> tuple[Container, Held]:
    """One seat, one place to wait, and answers that come when they are let."""
    container = a_container(search_threads=1, max_waiting=1)
    held = Held(container)
    return replace(container, assistant=lambda: held), held  # type: ignore[arg-type, return-value]  # all that a room asks of it


async def full(client: AsyncClient, container: Container, held: Held) -> list[asyncio.Task[httpx.Response]]:
    """The seat and the place to wait are taken."""
    asked = [asyncio.create_task(client.post("/api/v1/chat", json=QUESTION)) for _ in range(2)]
    while not held.began.is_set() or len(container.metrics.line) != 1:
        await asyncio.sleep(0)
    return asked


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/v1/chat", {}),
        ("/api/v1/chat", {"Accept": "text/event-stream"}),
        ("/ask", {"Accept": "text/event-stream"}),
        ("/ask", {"Accept": "text/html"}),
    ],
)
def test_a_question_too_many_is_refused_while_the_others_are_answered(path: str, headers: dict[str, str]) -> None:
    container, held = held_container()

    async def scene() -> None:
        async with AsyncClient(transport=ASGITransport(create_app(container)), base_url="http://testserver") as client:
            asked = await full(client, container, held)
            body = {"data": QUESTION} if path == "/ask" else {"json": QUESTION}
            refused = await client.post(path, headers=headers, **body)  # type: ignore[arg-type]  # one of the two forms
            assert refused.status_code == 503
            assert refused.headers["Retry-After"] == "5"
            assert "请过 5 秒再试" in refused.text
            held.let.set()
            assert [(await each).status_code for each in asked] == [200, 200]
            assert (await client.post(path, headers=headers, **body)).status_code in {200, 303}  # type: ignore[arg-type]  # as above

    play(scene)


def test_other_systems_are_refused_as_their_protocol_says_it() -> None:
    container, held = held_container()
    secret = container.keys.create("门户", "数据局", {KeyScope.ANSWER}, by="admin").secret
    body = {"model": "zhengwen", "messages": [{"role": "user", "content": "居住证怎么办？"}]}

    async def scene() -> None:
        async with AsyncClient(transport=ASGITransport(create_app(container)), base_url="http://testserver") as client:
            asked = await full(client, container, held)
            for stream in (False, True):
                headers = {"Authorization": f"Bearer {secret}"}
                refused = await client.post("/v1/chat/completions", json=body | {"stream": stream}, headers=headers)
                assert (refused.status_code, refused.json()["error"]["type"]) == (503, "server_error")
                assert refused.headers["Retry-After"] == "5"
            held.let.set()
            await asyncio.gather(*asked)

    play(scene)


def test_a_search_takes_a_place_as_a_question_does() -> None:
    container, held = held_container()

    async def scene() -> None:
        async with AsyncClient(transport=ASGITransport(create_app(container)), base_url="http://testserver") as client:
            asked = await full(client, container, held)
            assert (await client.get("/api/v1/search?q=居住证")).status_code == 503
            assert (await client.get("/policies")).status_code == 200
            held.let.set()
            await asyncio.gather(*asked)
            assert (await client.get("/api/v1/search?q=居住证")).status_code == 200

    play(scene)


def test_those_who_may_wait_are_shared_out_among_the_processes() -> None:
    container = a_container(search_threads=1, max_waiting=5, workers=2)
    admission = create_app(container).state.answering_room.admission
    taken = [admission.place() for _ in range(5)]
    for place in taken[:4]:
        place.__enter__()
    with pytest.raises(ServiceBusy):
        taken[4].__enter__()


def test_whoever_fails_gives_the_place_back() -> None:
    admission = Admission(1)
    for _ in range(2):
        with pytest.raises(ValueError, match="out"), admission.place():
            raise ValueError("out")


class Slow:
    """An application that begins its reply when it is let, and ends it when it is let again."""

    def __init__(self) -> None:
        self.begin, self.end, self.inside = asyncio.Event(), asyncio.Event(), 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside += 1
        await self.begin.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.end.wait()


def test_a_crowd_is_turned_away_but_open_streams_are_none_of_it() -> None:
    async def scene() -> None:
        slow = Slow()
        guard = CrowdGuard(slow, most=1)

        async def call(path: str = "/policies") -> None:
            await guard({"type": "http", "path": path}, None, _nowhere)  # type: ignore[arg-type]  # nothing is received

        first = asyncio.create_task(call())
        while not slow.inside:
            await asyncio.sleep(0)
        with pytest.raises(ServiceBusy):
            await call()
        probe = asyncio.create_task(call("/readyz"))
        while slow.inside != 2:
            await asyncio.sleep(0)
        slow.begin.set()
        await asyncio.sleep(0)
        second = asyncio.create_task(call())
        while slow.inside != 3:
            await asyncio.sleep(0)
        slow.end.set()
        await asyncio.gather(first, probe, second)

    play(scene)


async def _nowhere(_message: object) -> None:
    return None


def test_a_crowd_is_told_in_the_form_of_every_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full_up(*_: object) -> None:
        raise ServiceBusy

    monkeypatch.setattr(CrowdGuard, "__call__", full_up)

    async def scene() -> None:
        async with AsyncClient(transport=ASGITransport(create_app(a_container())), base_url="http://testserver") as client:
            refused = await client.get("/api/v1/policies")
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
            assert "12345" in refused.json()["detail"]

    play(scene)
