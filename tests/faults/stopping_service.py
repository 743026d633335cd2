"""A service in a process of its own, as `zhengwen serve` runs it, whose answers wait for a file: for tests of being told to stop.

python -m tests.faults.stopping_service PORT FILE
"""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import anyio
import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.app import create_app
from api.container import Container
from api.serving import server_config
from assistant.models import AnswerRecord, CitizenQuestion
from tests.fakes.containers import a_container


def begun_beside(file: Path) -> Path:
    return file.with_suffix(".begun")


class Waiting:
    """Answers when the file is there; beside it stands one line for each answer that has begun."""

    def __init__(self, container: Container, file: Path) -> None:
        self._own, self._file = container.assistant(), file

    def answer(self, question: CitizenQuestion) -> AnswerRecord:
        with begun_beside(self._file).open("a", encoding="utf-8") as begun:
            begun.write("begun\n")
        while not self._file.exists():
            time.sleep(0.02)
        return self._own.answer(question)


async def _for_ever() -> AsyncIterator[ServerSentEvent]:
    while True:
        yield ServerSentEvent("here")
        await anyio.sleep(0.1)


async def live() -> EventSourceResponse:
    """A stream without an end, as that of a hand-over."""
    return EventSourceResponse(_for_ever())


def main(port: int, file: Path) -> None:
    container = a_container()
    waiting = Waiting(container, file)
    app = create_app(replace(container, assistant=lambda: waiting))  # type: ignore[arg-type, return-value]  # all that a room asks of it
    app.add_api_route("/live", live, response_class=EventSourceResponse)
    uvicorn.Server(server_config("127.0.0.1", port, app)).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
