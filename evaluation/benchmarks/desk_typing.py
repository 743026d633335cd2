"""Plays an operator who types: prefixes of a question at typing pace, a card asked for after every pause, an older request given up."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

PAUSE_S = 0.25
"""What the page waits after a keystroke before it asks."""
_WORD_S = 0.5
_WORD = 2
"""Four characters a second, two at a time as an input method gives them."""
_BETWEEN_CALLS_S = 1.0


@dataclass
class Desk:
    """One operator's browser."""

    address: tuple[str, int]
    headers: dict[str, str]
    name: str
    questions: list[str]
    _asked: asyncio.Task[float] | None = field(default=None, init=False)

    async def work(self, calls: int) -> list[float]:
        """Milliseconds of the last card of each call."""
        await asyncio.sleep(random.Random(self.name).random() * _WORD_S)  # noqa: S311 - spreads the desks, hides nothing
        taken = []
        for number in range(calls):
            taken.append(await self._type(f"{self.name}c{number}", self.questions[number % len(self.questions)]))
            await asyncio.sleep(_BETWEEN_CALLS_S)
        return taken

    async def _type(self, call: str, question: str) -> float:
        for end in range(_WORD, len(question) + _WORD, _WORD):
            await asyncio.sleep(_WORD_S - PAUSE_S)
            if self._asked:
                self._asked.cancel()
            await asyncio.sleep(PAUSE_S)
            self._asked = asyncio.create_task(self._card(call, question[:end]))
        if self._asked is None:
            raise ValueError("an empty question is never typed")
        taken = await self._asked
        self._asked = None
        return taken

    async def _card(self, call: str, notes: str) -> float:
        body = urlencode({"call": call, "notes": notes, "region": "", "level": "plain"}).encode()
        lines = ["POST /desk/card HTTP/1.1", f"Host: {self.address[0]}", "Connection: close", f"Content-Length: {len(body)}"]
        lines += ["Content-Type: application/x-www-form-urlencoded", *(f"{name}: {value}" for name, value in self.headers.items())]
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection(*self.address)
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            answer = await reader.read()
        finally:
            writer.close()
        status = answer.split(b" ", 2)[1]
        if status != b"200" or b"card__head" not in answer:
            raise RuntimeError(f"没有得到答案卡（{status.decode()}）：{notes}")
        return (time.perf_counter() - started) * 1000
