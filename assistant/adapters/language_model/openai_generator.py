"""An AnswerGenerator on the chat completions of any compatible address: bounded in time, bytes, connections and patience."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Thread

import structlog
from circuitbreaker import CircuitBreaker
from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAI, Stream, Timeout
from openai.types.chat import ChatCompletionChunk

from assistant.adapters.language_model.bounded_client import bounded_client
from assistant.errors import GenerationFailed
from assistant.generation.models import Outcome

_log = structlog.get_logger(__name__)
_BYTES_PER_CHARACTER = 600
"""Each token comes in an event of some hundred bytes of JSON."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`url` up to and with /v1. Seconds: `connect_s` and `first_s` (until the first piece, and between pieces) within `total_s`."""

    url: str
    model: str
    key: str = field(repr=False, default="")
    connect_s: float = 3.0
    first_s: float = 8.0
    total_s: float = 20.0
    retries: int = 2
    max_characters: int = 4000
    failures_to_rest: int = 5
    rest_s: int = 60


class OpenAIGenerator:
    """Retries what may pass (429, 5xx, no connection) before the first piece, with back-off, by the client's own means.

    After `failures_to_rest` failures in a row nothing is asked for `rest_s` seconds.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.model = endpoint.model
        self._endpoint = endpoint
        self._breaker = CircuitBreaker(endpoint.failures_to_rest, endpoint.rest_s, GenerationFailed, name="language_model")
        self._client = OpenAI(
            base_url=endpoint.url,
            # The client insists on one; servers without keys ignore it.
            api_key=endpoint.key or "none",
            max_retries=endpoint.retries,
            http_client=bounded_client(endpoint.max_characters * _BYTES_PER_CHARACTER),
        )

    def write(self, instructions: str, material: str) -> Iterator[str]:
        if self._breaker.opened:
            raise GenerationFailed(Outcome.RESTING)
        with self._breaker:
            yield from self._pieces(_Call(self._client, self._endpoint, instructions, material))

    def _pieces(self, call: _Call) -> Iterator[str]:
        started, characters, wait_s = time.monotonic(), 0, self._endpoint.first_s
        call.start()
        try:
            while characters < self._endpoint.max_characters:
                remaining_s = started + self._endpoint.total_s - time.monotonic()
                piece = call.next_piece(min(wait_s, remaining_s))
                if piece is None:
                    return
                characters += len(piece)
                yield piece[: self._endpoint.max_characters]
        finally:
            call.end()


class _Call:
    """One request in a thread of its own, so that whoever waits for it can stop waiting at any moment."""

    def __init__(self, client: OpenAI, endpoint: Endpoint, instructions: str, material: str) -> None:
        self._client, self._endpoint = client, endpoint
        self._messages = (instructions, material)
        self._pieces: SimpleQueue[str | GenerationFailed | None] = SimpleQueue()
        self._over = Event()
        self._stream: Stream[ChatCompletionChunk] | None = None

    def start(self) -> None:
        Thread(target=self._run, name="language-model", daemon=True).start()

    def next_piece(self, wait_s: float) -> str | None:
        """None at the end. Raises GenerationFailed."""
        try:
            piece = self._pieces.get(timeout=max(wait_s, 0.001))
        except Empty:
            raise GenerationFailed(Outcome.TIMED_OUT) from None
        if isinstance(piece, GenerationFailed):
            raise piece
        return piece

    def end(self) -> None:
        self._over.set()
        if self._stream is not None:
            with suppress(Exception):
                self._stream.close()

    def _run(self) -> None:
        try:
            self._read()
            self._pieces.put(None)
        except APITimeoutError:
            self._pieces.put(GenerationFailed(Outcome.TIMED_OUT))
        except APIStatusError as error:
            self._pieces.put(GenerationFailed(Outcome.UNAVAILABLE, f"HTTP {error.status_code}"))
        except APIConnectionError as error:
            self._pieces.put(GenerationFailed(Outcome.UNAVAILABLE, type(error.__cause__ or error).__name__))
        except Exception as error:  # whatever a broken stream makes the client raise
            self._pieces.put(GenerationFailed(Outcome.BROKEN_OFF, type(error).__name__))

    def _read(self) -> None:
        instructions, material = self._messages
        limits = self._endpoint
        stream = self._client.chat.completions.create(
            model=limits.model,
            messages=[{"role": "system", "content": instructions}, {"role": "user", "content": material}],
            stream=True,
            temperature=0,
            max_tokens=limits.max_characters,
            timeout=Timeout(limits.first_s, connect=limits.connect_s),
        )
        self._stream = stream
        finished = False
        for chunk in stream:
            if self._over.is_set():
                break
            choice = chunk.choices[0] if chunk.choices else None
            if choice is not None and choice.delta.content:
                self._pieces.put(choice.delta.content)
            finished = finished or bool(choice is not None and choice.finish_reason)
        stream.close()
        if not finished and not self._over.is_set():
            raise GenerationFailed(Outcome.BROKEN_OFF)
