"""A hand-over as a stream of events: new messages, the state, the end. Every process serves every page: the store is what they share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import anyio
import orjson
from anyio import to_thread
from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from assistant.handoff.models import ChatMessage, News

# Half a second of waiting is not felt in a written conversation, and asks little of the store.
POLL_S = 0.7
HEARTBEAT_S = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """How the parts look on this page: HTML for pages, JSON texts for programs."""

    message: Callable[[ChatMessage], str]
    status: Callable[[News], str]
    foot: Callable[[News], str]


def handoff_stream(
    request: Request, news: Callable[[int], News], shown: Shown, after: int, may_go_on: Callable[[], bool] = lambda: True
) -> EventSourceResponse:
    """Starts after message `after`, or after the one the browser saw last before its connection broke (Last-Event-ID).

    Ends without a word as soon as `may_go_on` says no: whoever signs out sees nothing more.
    """
    seen = request.headers.get("last-event-id", "")
    return EventSourceResponse(_events(news, shown, int(seen) if seen.isdecimal() else after, may_go_on), ping=HEARTBEAT_S)


async def _events(news: Callable[[int], News], shown: Shown, last: int, may_go_on: Callable[[], bool]) -> AsyncIterator[ServerSentEvent]:
    told = ""
    ended = False
    while await to_thread.run_sync(may_go_on):
        fresh = await to_thread.run_sync(news, last)
        for message in fresh.messages:
            yield ServerSentEvent(shown.message(message), event="message", id=str(message.ordinal))
            last = message.ordinal
        status = shown.status(fresh)
        if status != told:
            yield ServerSentEvent(status, event="status")
            told = status
        if ended:
            yield ServerSentEvent(shown.foot(fresh), event="over")
            return
        # The last words are stored a moment after the state: look once more before ending.
        ended = not fresh.handoff.is_open
        await anyio.sleep(POLL_S)


def html_event(html: str) -> str:
    return orjson.dumps({"html": html}).decode()
