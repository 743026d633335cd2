"""How many come, and when: so many people who ask again and again, or arrivals that wait for nobody."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from evaluation.trials.citizens import Citizens
from evaluation.trials.errands import Errand


async def people(citizens: Citizens, errands: Sequence[Errand], count: int, each_s: float, until_s: float) -> None:
    """`count` people until `until_s`: each comes back every `each_s` seconds on average (0: at once), but never before the last answer.

    Whoever has begun an errand ends it.
    """

    async def person(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 - when people come, guards nothing
        # Not all at the first moment.
        due = citizens.seconds() + chance.uniform(0, each_s)
        while (due := max(due, citizens.seconds())) < until_s:
            await asyncio.sleep(due - citizens.seconds())
            errand = chance.choice(errands)
            await citizens.run(errand)
            due += len(errand.steps) * chance.expovariate(1 / each_s) if each_s else 0.0

    await asyncio.gather(*(person(number) for number in range(count)))


async def arrivals(citizens: Citizens, errands: Sequence[Errand], per_s: float, until_s: float) -> list[float]:
    """`per_s` a second at random moments, whatever becomes of those before.

    By how many milliseconds each came later than it should: where that is much, this machine cannot bring so many about, and what was
    measured is the asking.
    """
    chance = random.Random(per_s)  # noqa: S311 - as above
    due, late_ms = citizens.seconds(), []
    async with asyncio.TaskGroup() as group:
        while (due := due + chance.expovariate(per_s)) < until_s:
            await asyncio.sleep(max(0.0, due - citizens.seconds()))
            late_ms.append((citizens.seconds() - due) * 1000)
            group.create_task(citizens.run(chance.choice(errands)))
    return late_ms
