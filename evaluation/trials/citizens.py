"""One person over HTTP: asks, waits as told and asks again, and notes every attempt."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from evaluation.trials.errands import Errand, Step, said_in
from evaluation.trials.tally import NO_ANSWER, OK, Attempt, Request

_AGAIN_S = 0.5
"""After a connection that broke, where nobody said how long to wait."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Nobody asks again once `gives_up_s` have passed; 0: nobody asks twice."""

    gives_up_s: float = 120.0
    answer_within_s: float = 65.0


@dataclass(slots=True)
class Citizens:
    """All that is asked in a trial, at one address. `seconds` tells the time since it began."""

    client: httpx.AsyncClient
    seconds: Callable[[], float]
    patience: Patience = field(default_factory=Patience)
    requests: list[Request] = field(default_factory=list)
    under_way: int = 0

    async def run(self, errand: Errand) -> None:
        """To its end, or to the first step without an answer. Every step is noted in `requests`."""
        conversation = ""
        for step in errand.steps:
            request, answer = await self._asked(step, conversation)
            self.requests.append(request)
            if not request.answered:
                return
            conversation = str(answer.get("conversation_id", ""))

    async def _asked(self, step: Step, conversation: str) -> tuple[Request, Mapping[str, Any]]:
        attempts: list[Attempt] = []
        while True:
            attempt, answer = await self._attempted(step, conversation)
            attempts.append(attempt)
            wait_s = attempt.retry_after_s if attempt.retry_after_s is not None else _AGAIN_S
            out_of_time = attempt.ended_s + wait_s - attempts[0].begun_s > self.patience.gives_up_s
            if not attempt.may_be_repeated or out_of_time:
                said = said_in(answer) if attempt.status == OK else ""
                return Request(step.name, tuple(attempts), said, str(answer.get("answer_id", ""))), answer
            await asyncio.sleep(wait_s)

    async def _attempted(self, step: Step, conversation: str) -> tuple[Attempt, Mapping[str, Any]]:
        begun = self.seconds()
        self.under_way += 1
        try:
            response = await self._sent(step, conversation)
            answer = response.json() if response.status_code == OK else {}
        except (httpx.TransportError, ValueError):
            # A whole answer that cannot be read is none.
            return Attempt(begun, self.seconds(), NO_ANSWER), {}
        finally:
            self.under_way -= 1
        return Attempt(begun, self.seconds(), response.status_code, _retry_after_s(response)), answer

    async def _sent(self, step: Step, conversation: str) -> httpx.Response:
        within = self.patience.answer_within_s
        if step.method == "GET":
            return await self.client.get(step.path, params=dict(step.content), timeout=within)
        told = {"conversation_id": conversation} if conversation else {}
        return await self.client.post(step.path, json={**step.content, **told}, timeout=within)


def open_client(address: str, trust: ssl.SSLContext | bool = True) -> httpx.AsyncClient:
    """As many connections as are wanted; none is shared by two requests at once."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    return httpx.AsyncClient(base_url=address, limits=limits, verify=trust, trust_env=False)


def stopwatch() -> Callable[[], float]:
    begun = time.monotonic()
    return lambda: time.monotonic() - begun


def _retry_after_s(response: httpx.Response) -> float | None:
    """In seconds, as this service writes it; a date, which the header may hold as well, is none of it."""
    said = response.headers.get("retry-after", "")
    return float(said) if said.isdecimal() else None
