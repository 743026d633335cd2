"""The steps of a trial, one after the other: what is asked, what is done meanwhile, and what is counted of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import httpx

from evaluation.trials.citizens import Citizens, Patience
from evaluation.trials.crowd import arrivals, people
from evaluation.trials.errands import Errand
from evaluation.trials.faults import Journal, at, kill_one, restart_engine, restart_other, watch_readiness
from evaluation.trials.installation import Installation
from evaluation.trials.nginx_front import sent_again
from evaluation.trials.tally import OK, Request, broken_after, recovered_s, spread, tally

Outcome = dict[str, object]
Fault = Callable[[Citizens, Journal], Awaitable[None]]
Right = Mapping[str, frozenset[str]]
"""By step: the digests of answers that are right."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many people ask how many different things, and the seconds of each step.

    `share` of the capacity is the normal load, `times` the capacity the overload.
    """

    steps: Sequence[str]
    clients: int
    errands: int
    steady_s: float
    fault_s: float
    capacity_s: float
    overload_s: float
    share: float
    times: float


@dataclass(slots=True)
class Scenario:
    installation: Installation
    client: httpx.AsyncClient
    errands: Sequence[Errand]
    right: Right
    plan: Plan
    seconds: Callable[[], float]
    rate: float = 0.0

    async def capacity(self) -> Outcome:
        """Everybody asks again at once: as many requests a second as are answered then. Sets the normal rate."""
        citizens, begun = self._citizens(), self.seconds()
        await people(citizens, self.errands, self.plan.clients, 0.0, begun + self.plan.capacity_s)
        answered = [one for one in citizens.requests if one.answered and one.attempts[-1].ended_s < begun + self.plan.capacity_s]
        capacity = len(answered) / self.plan.capacity_s
        self.rate = capacity * self.plan.share
        return {"per_s": round(capacity, 2), "normal_per_s": round(self.rate, 2), **self._counted(citizens)}

    async def steady(self) -> Outcome:
        """A process is killed in the first half and the other one restarted in the second."""
        end = self.seconds() + self.plan.steady_s
        faults = (
            (0.3, lambda citizens, journal: kill_one(self.installation, citizens, journal)),
            (0.65, lambda _, journal: restart_other(self.installation, journal)),
        )
        citizens, journal, outcome = await self._under(end, self.plan.steady_s, faults)
        killed, told = journal["killed"], journal["told_to_stop"]
        before = [one for one in citizens.requests if one.begun_s < killed]
        during = [one for one in citizens.requests if told <= one.begun_s]
        return {
            **outcome,
            "undisturbed_ms": spread([one.took_ms for one in before if one.answered]),
            "broken_though_begun_after_kill": broken_after(citizens.requests, killed),
            "broken_by_graceful_restart": sum(attempt.broke for one in during for attempt in one.attempts),
        }

    async def engine(self, name: str) -> Outcome:
        """PostgreSQL or Valkey restarted under way."""
        engine = self.installation.postgres if name == "postgres" else self.installation.valkey
        end = self.seconds() + self.plan.fault_s
        citizens, journal, outcome = await self._under(
            end, self.plan.fault_s, ((0.3, lambda _, journal: restart_engine(engine, journal, name)),)
        )
        back, stopping = journal[f"{name}_back"], journal[f"{name}_stopping"]
        return {
            **outcome,
            "away_s": round(back - stopping, 2),
            "recovered_s": recovered_s(citizens.requests, stopping, end, back),
            "first_answer_after_s": _first_answer(citizens.requests, back),
        }

    async def overload(self) -> Outcome:
        """So many times the capacity arrive, whatever becomes of those before; nobody asks twice."""
        citizens, begun = self._citizens(Patience(gives_up_s=0.0)), self.seconds()
        known = len(self.installation.refusals_ms())
        per_s = self.rate / self.plan.share * self.plan.times
        single = [errand for errand in self.errands if len(errand.steps) == 1]
        late_ms = await arrivals(citizens, single, per_s, begun + self.plan.overload_s)
        served = spread(self.installation.refusals_ms()[known:])
        return {"per_s": round(per_s, 1), **self._counted(citizens), "refused_by_the_process_ms": served, "late_ms": spread(late_ms)}

    async def _under(self, end: float, length: float, faults: Sequence[tuple[float, Fault]]) -> tuple[Citizens, dict[str, float], Outcome]:
        """Normal load until `end`, with faults at these parts of its length."""
        citizens, journal, logged = self._citizens(), Journal(self.seconds), len(self.installation.front.log_lines())
        watching = asyncio.create_task(watch_readiness(self.installation, journal, end))
        begun = end - length
        await asyncio.gather(
            people(citizens, self.errands, self.plan.clients, self.plan.clients / self.rate, end),
            *(at(journal, begun + part * length, partial(fault, citizens, journal)) for part, fault in faults),
        )
        again = sent_again(self.installation.front.log_lines()[logged:])
        outcome = {
            "sent_again_by_nginx": again,
            "asked_per_s": round(len(citizens.requests) / length, 2),
            "moments_s": journal.moments,
            "readiness": await watching,
        }
        return citizens, journal.moments, {**self._counted(citizens), **outcome}

    def _citizens(self, patience: Patience | None = None) -> Citizens:
        return Citizens(self.client, self.seconds, patience or Patience())

    def _counted(self, citizens: Citizens) -> Outcome:
        given = [one.answer_id for one in citizens.requests if one.answer_id]
        kept = {"answers_without_record": len(self.installation.missing_answers(given))}
        wrong = sorted({one.errand for one in citizens.requests if one.answered and not self._is_right(one)})
        return {**tally(citizens.requests, self._is_right), **kept, "wrong_errands": wrong}

    def _is_right(self, request: Request) -> bool:
        return request.said in self.right[request.errand]


def _first_answer(requests: Sequence[Request], back_s: float) -> float | None:
    """Seconds until somebody was answered who had asked after it was back."""
    ended = [attempt.ended_s for one in requests for attempt in one.attempts if attempt.status == OK and attempt.begun_s >= back_s]
    return round(min(ended) - back_s, 2) if ended else None
