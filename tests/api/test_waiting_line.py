"""Who waits for a seat is counted, and who is seated or gives up is not."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from api.asking import build_question
from api.container import Container
from api.dependencies import AnsweringRoom
from assistant.models import AnswerRecord, CitizenQuestion
from tests.fakes.containers import a_container


class Held:
    """An assistant that answers when it is let."""

    def __init__(self, container: Container) -> None:
        self._own, self.let, self.began = container.assistant(), threading.Event(), threading.Event()

    def answer(self, question: CitizenQuestion) -> AnswerRecord:
        self.began.set()
        self.let.wait(10)
        return self._own.answer(question)


async def _until(count: int, container: Container) -> None:
    while len(container.metrics.line) != count:
        await asyncio.sleep(0)


def test_only_those_who_wait_are_in_the_line() -> None:
    container = a_container()
    held = Held(container)
    container = replace(container, assistant=lambda: held)  # type: ignore[arg-type, return-value]  # all that a room asks of it

    async def play() -> None:
        room = AnsweringRoom(container, seats=1)
        asked = [asyncio.create_task(room.answer(build_question(container, "居住证怎么办？"))) for _ in range(3)]
        await _until(2, container)
        assert held.began.wait(10)
        assert b"zhengwen_questions_waiting 2.0" in container.metrics.page()
        asked[2].cancel()
        await _until(1, container)
        held.let.set()
        await asyncio.gather(*asked, return_exceptions=True)
        assert len(container.metrics.line) == 0

    # In a thread of its own: a browser's journey may have left a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, play()).result()
