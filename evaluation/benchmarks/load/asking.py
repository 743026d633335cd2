"""Clients that ask over HTTP for some seconds, without a pause or at a pace, each request on a connection of its own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from evaluation.benchmarks.answer_asking import exchange
from evaluation.benchmarks.load.figures import figures_of
from evaluation.benchmarks.own_processes import Address

Ask = Callable[[], Awaitable[None]]
_PATIENCE_S = 120.0


@dataclass
class Load:
    """What the clients met. A request that was turned away or broke off is a failure and has no duration."""

    taken_ms: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def figures(self) -> dict[str, object]:
        told: dict[str, object] = {**figures_of(self.taken_ms, self.seconds, len(self.failures))}
        return told | ({"failures": sorted(set(self.failures))[:5]} if self.failures else {})


async def keep_asking(ask: Ask, clients: int, seconds: float, *, every_s: float = 0.0, go_on: Callable[[], bool] = lambda: False) -> Load:
    """Each client asks again as soon as it has an answer, or every `every_s` seconds: then what is late counts from when it was due.

    Each asks once at least; `go_on` may lengthen it beyond `seconds`. What has been begun is waited for.
    """
    load, began = Load(), time.perf_counter()

    def over() -> bool:
        return time.perf_counter() > began + seconds and not go_on()

    async def client(number: int) -> None:
        due = began + every_s * number / clients
        while True:
            if every_s:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await _ask_once(ask, load, due if every_s else time.perf_counter())
            due += every_s
            if over():
                return

    await asyncio.gather(*(client(number) for number in range(clients)))
    load.seconds = time.perf_counter() - began
    return load


async def _ask_once(ask: Ask, load: Load, due: float) -> None:
    try:
        await asyncio.wait_for(ask(), _PATIENCE_S)
    except (RuntimeError, OSError, TimeoutError, IndexError) as error:
        # IndexError: the connection was closed without a word.
        load.failures.append(str(error)[:120] or type(error).__name__)
    else:
        load.taken_ms.append((time.perf_counter() - due) * 1000)


def greeting(address: Address) -> Ask:
    async def ask() -> None:
        await exchange(address, "GET", "/", b"")

    return ask


def searching(address: Address, questions: Iterator[str], seen: Callable[[str], None] = lambda _: None) -> Ask:
    """`seen` hears which snapshot answered."""

    async def ask() -> None:
        found = await exchange(address, "GET", f"/api/v1/search?q={quote(next(questions))}", b"")
        seen(json.loads(found)["snapshot_id"])

    return ask


def answering(address: Address, questions: Iterator[str], ended: Callable[[str], None] = lambda _: None) -> Ask:
    """`ended` hears how each answer ended. Every question is in a conversation of its own."""

    async def ask() -> None:
        answer = await exchange(address, "POST", "/api/v1/chat", json.dumps({"message": next(questions)}).encode())
        ended(str(json.loads(answer)["status"]))

    return ask
