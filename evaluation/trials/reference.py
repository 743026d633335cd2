"""What every question of a trial is answered with before anything happens: by the two processes, and by one that never reranks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx

from evaluation.trials.citizens import Citizens, Patience, open_client, stopwatch
from evaluation.trials.errands import Errand
from evaluation.trials.installation import Installation
from evaluation.trials.scenario import Right
from evaluation.trials.servers import TrialImpossible

_AT_ONCE = 4


async def right_answers(installation: Installation, client: httpx.AsyncClient, errands: Sequence[Errand]) -> Right:
    """Both kinds are right: a long line of people has the second reading left out, as it should. Raises TrialImpossible."""
    usual = await _asked_once(client, errands)
    with installation.another_service(ZHENGWEN_RERANKER="off", ZHENGWEN_ANSWER_CACHE="0", ZHENGWEN_JOBS="off") as plain:
        async with open_client(f"http://127.0.0.1:{plain.port}") as beside:
            without = await _asked_once(beside, errands)
    return {name: frozenset({said, without[name]}) for name, said in usual.items()}


async def _asked_once(client: httpx.AsyncClient, errands: Sequence[Errand]) -> dict[str, str]:
    """The digest of the answer to every step."""
    citizens, waiting = Citizens(client, stopwatch(), Patience()), iter(errands)

    async def person() -> None:
        # The iterator is shared: whoever is free takes the next errand.
        for errand in waiting:
            await citizens.run(errand)

    await asyncio.gather(*(person() for _ in range(_AT_ONCE)))
    unanswered = [request.errand for request in citizens.requests if not request.answered]
    if unanswered:
        raise TrialImpossible(f"试验之前就有问题没有得到答复：{'、'.join(unanswered[:5])}。请看服务的日志。")
    return {request.errand: request.said for request in citizens.requests}
