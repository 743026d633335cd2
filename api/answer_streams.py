"""An answer as a stream of events. When the service is told to stop, a stream that has begun is finished first."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent

from api.serving import STOP_WITHIN_S

_FINISH_WITHIN_S = STOP_WITHIN_S - 2


def answer_stream(events: AsyncIterator[ServerSentEvent]) -> EventSourceResponse:
    """Streams without an end, such as those of a hand-over, are no answers: they are cut off, and the browser comes back elsewhere."""
    return EventSourceResponse(events, shutdown_grace_period=_FINISH_WITHIN_S)
