"""Plays citizens who ask over HTTP, each the next question when the last is answered; reads the service's own counters."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass
from http.client import HTTPConnection

from evaluation.benchmarks.own_processes import Address

_COUNTER = re.compile(r'^(zhengwen_(?:second_readings|answer_cache)_total)\{outcome="(\w+)"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds until the whole answer was there, and how it ended."""

    taken_ms: float
    status: str


async def ask_all(address: Address, questions: list[str], clients: int) -> list[Asked]:
    """Each question once, in a conversation of its own, `clients` at a time."""
    waiting = iter(questions)

    async def client() -> list[Asked]:
        # The iterator is shared: whoever is free takes the next question.
        return [await _ask(address, question) for question in waiting]

    return [one for some in await asyncio.gather(*(client() for _ in range(clients))) for one in some]


async def greet_all(address: Address, times: int, clients: int) -> list[float]:
    """Milliseconds of the plainest address there is, for comparison."""
    waiting = iter(range(times))

    async def client() -> list[float]:
        taken = []
        for _ in waiting:
            started = time.perf_counter()
            await exchange(address, "GET", "/healthz", b"")
            taken.append((time.perf_counter() - started) * 1000)
        return taken

    return [one for some in await asyncio.gather(*(client() for _ in range(clients))) for one in some]


def counters(address: Address) -> dict[str, float]:
    """ "second_readings.done", "answer_cache.hit" and so on, since the service started."""
    connection = HTTPConnection(*address, timeout=60)
    try:
        connection.request("GET", "/metrics")
        page = connection.getresponse().read().decode()
    finally:
        connection.close()
    return {
        f"{name.removeprefix('zhengwen_').removesuffix('_total')}.{outcome}": float(count)
        for name, outcome, count in _COUNTER.findall(page)
    }


async def _ask(address: Address, question: str) -> Asked:
    started = time.perf_counter()
    answer = await exchange(address, "POST", "/api/v1/chat", json.dumps({"message": question}).encode())
    taken_ms = (time.perf_counter() - started) * 1000
    return Asked(taken_ms, str(json.loads(answer)["status"]))


async def exchange(address: Address, method: str, path: str, body: bytes) -> bytes:
    """The body of the answer. Raises RuntimeError for anything but 200, OSError or IndexError where the connection breaks off."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address[0]}", "Connection: close", f"Content-Length: {len(body)}"]
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write("\r\n".join([*lines, "Content-Type: application/json", "", ""]).encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    if head.split(b" ", 2)[1] != b"200":
        raise RuntimeError(f"{path} 没有答复：{answer[:300].decode(errors='replace')}")
    return content
