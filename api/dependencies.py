"""What route functions ask for: the container, and answering in a bounded number of threads."""

from __future__ import annotations

from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from api.asking import ask
from api.container import Container
from assistant.models import AnswerRecord, CitizenQuestion


# Asynchronous, because FastAPI would send a plain function to a thread, which costs more than what it does.
async def _container(request: Request) -> Container:
    container: Container = request.app.state.container
    return container


UsedContainer = Annotated[Container, Depends(_container)]


class AnsweringRoom:
    """Lets `seats` questions be answered at once; the rest wait for their turn."""

    def __init__(self, container: Container, seats: int) -> None:
        self._container, self._limiter = container, CapacityLimiter(seats)

    async def answer(self, question: CitizenQuestion) -> AnswerRecord:
        return await to_thread.run_sync(ask, self._container, question, limiter=self._limiter)


async def _room(request: Request) -> AnsweringRoom:
    room: AnsweringRoom = request.app.state.answering_room
    return room


UsedRoom = Annotated[AnsweringRoom, Depends(_room)]
