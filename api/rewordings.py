"""Answers with text of a language model above the quotes: as it grows, or when it is done. Without a model nothing happens here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import structlog
from anyio import CancelScope, to_thread

from api.container import Container
from api.logs import where
from assistant.models import AnswerRecord

log = structlog.get_logger()


async def will_reword(container: Container, record: AnswerRecord) -> bool:
    rewording = await to_thread.run_sync(container.rewording)
    return rewording is not None and rewording.applies_to(record)


async def growing(container: Container, record: AnswerRecord) -> AsyncIterator[AnswerRecord]:
    """The record each time a checked sentence joined it, and at last as it is kept; whoever goes away ends the writing.

    Ends without a word where something fails: the answer is complete without it.
    """
    # In a thread, as the first use loads the client.
    rewording = await to_thread.run_sync(container.rewording)
    if rewording is None:
        return
    turns = rewording.reword(record)
    try:
        while (reworded := await to_thread.run_sync(_next, turns)) is not None:
            count(container, reworded)
            yield reworded
    except Exception as error:
        log.error("rewording_failed", error=where(error))
    finally:
        # What was sent so far is still kept.
        with CancelScope(shield=True):
            await to_thread.run_sync(turns.close)


async def done(container: Container, record: AnswerRecord) -> AnswerRecord:
    """The record as it is kept in the end; takes as long as the model may take."""
    async for reworded in growing(container, record):
        record = reworded
    return record


def done_now(container: Container, record: AnswerRecord) -> AnswerRecord:
    """The same, for the command line."""
    rewording = container.rewording()
    return rewording.reworded(record) if rewording else record


def count(container: Container, record: AnswerRecord) -> None:
    if record.generation is not None:
        container.metrics.count_rewording(record.generation)


def _next(turns: Iterator[AnswerRecord]) -> AnswerRecord | None:
    return next(turns, None)
