"""What route functions ask for: the container, and answering in a bounded number of threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Annotated, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from api.admission import Admission
from api.asking import ask
from api.container import Container
from api.desk_calls import usable_cores
from api.settings import Settings
from assistant.models import AnswerRecord, CitizenQuestion
from assistant.told_conversation import Exchange

_Found = TypeVar("_Found")
MOST_WAITING = 48
"""Where nothing else is said: all of fifty people who ask at once are answered."""


# Asynchronous, because FastAPI would send a plain function to a thread, which costs more than what it does.
async def _container(request: Request) -> Container:
    container: Container = request.app.state.container
    return container


UsedContainer = Annotated[Container, Depends(_container)]


def seats_of(settings: Settings) -> int:
    """How much one process does at once. What computes gains nothing by more than a process's share of the cores: with 40 searches at
    once on two cores, 87 a second were done, and 133 with three at once. What waits for other machines does.
    """
    if settings.search_threads:
        return settings.search_threads
    share = ceil(usable_cores() / settings.workers)
    return 4 * share if settings.index_url or settings.embedder_url else share + 1


class AnsweringRoom:
    """Lets `seats` questions be answered at once, and as many searches; `waiting` more of either wait for their turn, and the rest are
    turned away at once. Pages have threads of their own and wait for none of them.

    `admission` counts those at work and those who wait.
    """

    def __init__(self, container: Container, seats: int, waiting: int = MOST_WAITING) -> None:
        self._container, self._limiter, self._searches = container, CapacityLimiter(seats), CapacityLimiter(seats)
        self.admission = Admission(seats + waiting)

    async def answer(self, question: CitizenQuestion, told: Sequence[Exchange] = ()) -> AnswerRecord:
        """Raises ServiceBusy beside what answering raises."""
        with self.admission.place():
            return await self._seated(question, told)

    async def search(self, work: Callable[[], _Found]) -> _Found:
        """What `work` returns or raises, done in a thread of its own. Raises ServiceBusy."""
        with self.admission.place():
            return await to_thread.run_sync(work, limiter=self._searches)

    async def _seated(self, question: CitizenQuestion, told: Sequence[Exchange]) -> AnswerRecord:
        line = self._container.metrics.line
        place = line.enter()

        def seated() -> AnswerRecord:
            line.leave(place)
            return ask(self._container, question, told)

        try:
            return await to_thread.run_sync(seated, limiter=self._limiter)
        finally:
            # Whoever gives up while waiting leaves, too.
            line.leave(place)


async def _room(request: Request) -> AnsweringRoom:
    room: AnsweringRoom = request.app.state.answering_room
    return room


UsedRoom = Annotated[AnsweringRoom, Depends(_room)]
