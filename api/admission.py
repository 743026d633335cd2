"""How much this process takes on at once. What would have to wait too long is turned away at once, so that nothing piles up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.errors import AccessError

UNANSWERED = 400
"""Requests of every kind that may be without an answer in one process. Beyond, waiting for a thread takes longer than asking again."""
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class ServiceBusy(AccessError):
    """More is asked than can be answered soon."""

    retry_after_s = 5

    def __init__(self) -> None:
        super().__init__(f"现在咨询的人很多，暂时排不上。请过 {self.retry_after_s} 秒再试；急需办理请拨打 12345。")


class Admission:
    """Lets `most` pieces of work be inside, at work or waiting. For the event loop alone: no operation is interrupted there."""

    def __init__(self, most: int) -> None:
        self._most, self._inside = most, 0

    def check(self) -> None:
        """Before something is begun that cannot be refused any more, such as a stream. Raises ServiceBusy."""
        if self._inside >= self._most:
            raise ServiceBusy

    @contextmanager
    def place(self) -> Iterator[None]:
        """Raises ServiceBusy."""
        self.check()
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1


class CrowdGuard:
    """Turns away what comes while `most` requests are without an answer. A stream counts until its first byte; probes never."""

    def __init__(self, app: ASGIApp, *, most: int = UNANSWERED) -> None:
        self.app, self._admission = app, Admission(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ServiceBusy."""
        if scope["type"] != "http" or scope["path"] in _PROBES:
            await self.app(scope, receive, send)
            return
        with ExitStack() as place:
            place.enter_context(self._admission.place())

            async def send_watched(message: Message) -> None:
                # Closing it twice does nothing.
                place.close()
                await send(message)

            await self.app(scope, receive, send_watched)
