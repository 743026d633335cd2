"""From a call at the operator's desk to its card. Of one call only the newest request is worked on, so that typing never builds a queue."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import count

from anyio import CapacityLimiter, to_thread

from api.asking import find_region, usual_region
from api.container import Container
from assistant.hotline.desk_models import DeskCard
from assistant.models import FeedbackKind


@dataclass(frozen=True, slots=True)
class Call:
    """The form of the desk. `id` is the conversation that answers used in this call are kept in; `seen` the digest of the card shown."""

    id: str
    notes: str
    region: str
    plain: bool
    choice: str
    seen: str = ""


class AnswerMovedOn(Exception):
    """The policy base changed between what the operator saw and what would be kept."""


def card_of(container: Container, call: Call) -> DeskCard:
    """Blocks for the time of a search. Raises UnknownRegion."""
    region = find_region(container, call.region) if call.region.strip() else usual_region(container)
    return container.desk().card(
        call.notes,
        jurisdiction=region.code if region else None,
        as_of=container.today(),
        plain=call.plain,
        choice=call.choice,
        conversation_id=call.id,
    )


def keep_answer(container: Container, call: Call) -> str:
    """The id of the record of what was shown, "" where there was no answer. Raises UnknownRegion, AnswerMovedOn."""
    card = card_of(container, call)
    if call.seen and card.digest != call.seen:
        raise AnswerMovedOn
    return container.desk().keep(card) if card.record else ""


def mark_wrong(container: Container, answer_id: str, reason: str, comment: str) -> None:
    """`reason` is a key of the rules' wrong_reasons; kept in words, with the masked comment. Raises KeyError, UnknownAnswer."""
    words = container.desk_rules.wrong_reasons[reason]
    said = container.mask(comment.strip())
    container.conversations.add_feedback(answer_id, FeedbackKind.WRONG, f"{words}：{said}" if said else words, container.clock())
    container.metrics.feedback.labels(FeedbackKind.WRONG.value).inc()


def usable_cores() -> int:
    """Of the machine, or of the share of it this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class DeskRoom:
    """Lets `seats` cards be made at once. A request that a newer one of the same call has overtaken while it waited is dropped."""

    def __init__(self, container: Container, seats: int) -> None:
        self._container, self._limiter = container, CapacityLimiter(seats)
        self._numbers, self._newest = count(1), dict[str, int]()

    async def card(self, call: Call) -> DeskCard | None:
        """None where nobody waits for it any more. Raises UnknownRegion."""
        number = self._newest[call.id] = next(self._numbers)
        try:
            async with self._limiter:
                if self._newest.get(call.id) != number:
                    return None
                return await to_thread.run_sync(card_of, self._container, call)
        finally:
            if self._newest.get(call.id) == number:
                del self._newest[call.id]
