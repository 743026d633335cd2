"""What became of the requests of a trial: answered, tried again, turned away, lost, differing. Pure counting; knows no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil

OK = 200
NO_ANSWER = 0
"""As a status: the connection broke, or nothing came in time."""
_BY_THE_PROXY = frozenset({502, 504})
_TOLD_TO_WAIT = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One exchange over HTTP. Seconds since the trial began; `retry_after_s` as the service said."""

    begun_s: float
    ended_s: float
    status: int
    retry_after_s: float | None = None

    @property
    def took_ms(self) -> float:
        return (self.ended_s - self.begun_s) * 1000

    @property
    def broke(self) -> bool:
        """Nobody knows whether it was dealt with: the connection ended, or the proxy says that the process behind it did."""
        return self.status == NO_ANSWER or self.status in _BY_THE_PROXY

    @property
    def told_to_wait(self) -> bool:
        return self.status in _TOLD_TO_WAIT

    @property
    def may_be_repeated(self) -> bool:
        """What HTTP lets a client ask again: a connection that broke, or a refusal that says when to come back (RFC 9110, 10.2.3).

        A question that was dealt with twice changes nothing but its own conversation.
        """
        return self.broke or (self.told_to_wait and self.retry_after_s is not None)


@dataclass(frozen=True, slots=True)
class Request:
    """What one person wanted, with every attempt at it. `said`: digest of the answer; `answer_id` of an answer that is kept."""

    errand: str
    attempts: tuple[Attempt, ...]
    said: str = ""
    answer_id: str = ""

    @property
    def begun_s(self) -> float:
        return self.attempts[0].begun_s

    @property
    def answered(self) -> bool:
        return self.attempts[-1].status == OK

    @property
    def took_ms(self) -> float:
        """As the person felt it, waiting between attempts included."""
        return (self.attempts[-1].ended_s - self.begun_s) * 1000


def within(requests: Iterable[Request], from_s: float, to_s: float) -> list[Request]:
    """Those begun in this time."""
    return [request for request in requests if from_s <= request.begun_s < to_s]


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that `share` of all do not exceed (nearest rank); None of no values."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else None


def spread(values: Sequence[float]) -> dict[str, float | None]:
    """Milliseconds, rounded."""
    found = {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "max": max(values, default=None)}
    return {name: None if value is None else round(value, 1) for name, value in found.items()}


def tally(requests: Sequence[Request], is_right: Callable[[Request], bool]) -> dict[str, object]:
    """Counts for people and for machines. `is_right`: whether an answered request got what it got before the trial."""
    attempts = list(chain.from_iterable(request.attempts for request in requests))
    answered = [request for request in requests if request.answered]
    refused = [attempt for attempt in attempts if attempt.told_to_wait]
    return {
        "asked": len(requests),
        "answered": len(answered),
        "lost": len(requests) - len(answered),
        "tried_again": sum(len(request.attempts) > 1 for request in requests),
        "wrong": sum(not is_right(request) for request in answered),
        "attempts": {str(status or "broken"): count for status, count in sorted(Counter(one.status for one in attempts).items())},
        "refused_without_retry_after": sum(attempt.retry_after_s is None for attempt in refused),
        "answered_ms": spread([request.took_ms for request in answered]),
        "admitted_ms": spread([attempt.took_ms for attempt in attempts if attempt.status == OK]),
        "refused_ms": spread([attempt.took_ms for attempt in refused]),
    }


def broken_after(requests: Iterable[Request], moment_s: float) -> int:
    """Attempts that broke although they began when the process was dead already: nobody should have been sent there."""
    return sum(attempt.broke and attempt.begun_s > moment_s for request in requests for attempt in request.attempts)


def recovered_s(requests: Iterable[Request], from_s: float, to_s: float, back_s: float) -> float:
    """Seconds after `back_s` until the last attempt ended without an answer, of those that ended in this time; 0 where none did."""
    ended = [attempt.ended_s for request in requests for attempt in request.attempts if attempt.status != OK]
    return round(max([0.0, *(moment - back_s for moment in ended if from_s <= moment < to_s)]), 2)
